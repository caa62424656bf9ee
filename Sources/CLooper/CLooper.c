// What Linux and macOS have in common; the rest is in CLooperLinux.c and CLooperDarwin.c.
#define _GNU_SOURCE
#include "CLooper.h"
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/file.h>

extern char **environ;

void clooper_reset_signals(void) {
  sigset_t none;
  // Errors are those of SIGKILL, SIGSTOP and the numbers the C library keeps: they need no reset.
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
}

int clooper_spawn_session(const char *path, char *const argv[], char *const envp[], int32_t *pid) {
  posix_spawnattr_t attributes;
  sigset_t none, all;
  pid_t child = 0;
  int error = posix_spawnattr_init(&attributes);
  if (error) return -error;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  error = posix_spawn(&child, path, 0, &attributes, argv, envp ? envp : environ);
  posix_spawnattr_destroy(&attributes);
  *pid = child;
  return -error;
}

int clooper_lock(int descriptor) { return flock(descriptor, LOCK_EX | LOCK_NB) ? -errno : 0; }

int clooper_unlock(int descriptor) { return flock(descriptor, LOCK_UN) ? -errno : 0; }
