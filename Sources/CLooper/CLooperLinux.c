#if defined(__linux__)
#define _GNU_SOURCE
#include "CLooper.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

// Numbers are the same on every architecture; the headers of Debian 11 lack some of the names.
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum { close_range_cloexec = 4, parent_check_ms = 500 };

static int signal_descriptor = -1;
static int parent_descriptor = -1;
static int32_t watched_parent;

int clooper_set_child_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) ? -errno : 0; }

int clooper_close_on_exec_above_stderr(void) {
  if (syscall(SYS_close_range, 3, ~0U, close_range_cloexec) == 0) return 0;
  // Before Linux 5.11: one by one.
  long count = sysconf(_SC_OPEN_MAX);
  for (int descriptor = 3; descriptor < (count > 0 ? count : 1024); descriptor++)
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  return 0;
}

int clooper_pidfd_open(int32_t pid) {
  int descriptor = (int)syscall(SYS_pidfd_open, pid, 0);
  return descriptor < 0 ? -errno : descriptor;
}

int clooper_watch_open(int32_t parent) {
  sigset_t watched;
  sigemptyset(&watched);
  sigaddset(&watched, SIGTERM);
  sigaddset(&watched, SIGINT);
  sigaddset(&watched, SIGHUP);
  sigaddset(&watched, SIGQUIT);
  sigaddset(&watched, SIGCHLD);
  if (sigprocmask(SIG_SETMASK, &watched, 0)) return -errno;
  signal_descriptor = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signal_descriptor < 0) return -errno;
  watched_parent = parent;
  // Without pidfd (Linux before 5.3) the parent's end shows by our having another parent.
  parent_descriptor = clooper_pidfd_open(parent);
  return 0;
}

static int read_signals(void) {
  struct signalfd_siginfo info;
  int bits = 0;
  while (read(signal_descriptor, &info, sizeof info) == (ssize_t)sizeof info)
    bits |= info.ssi_signo == SIGCHLD ? CLOOPER_CHILD_CHANGED : CLOOPER_END_REQUESTED;
  return bits;
}

int clooper_watch_wait(int timeout_ms) {
  struct pollfd watched[2] = {{signal_descriptor, POLLIN, 0}, {parent_descriptor, POLLIN, 0}};
  int has_parent = parent_descriptor >= 0;
  if (getppid() != watched_parent) {
    // Said once, by the caller's state; from then on only signals count.
    if (has_parent) close(parent_descriptor);
    parent_descriptor = -1;
    watched_parent = getppid();
    return read_signals() | CLOOPER_PARENT_DIED;
  }
  if (!has_parent && (timeout_ms < 0 || timeout_ms > parent_check_ms)) timeout_ms = parent_check_ms;
  int count = poll(watched, has_parent ? 2 : 1, timeout_ms);
  if (count < 0) return errno == EINTR ? 0 : -errno;
  return watched[0].revents ? read_signals() : 0;
}

int clooper_process_read(int32_t pid, struct clooper_process *out) {
  char path[48], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return -ESRCH;
  ssize_t length = read(descriptor, text, sizeof text - 1);
  close(descriptor);
  if (length <= 0) return -ESRCH;
  text[length] = 0;
  // The command's name may hold blanks and brackets: fields count from the last closing one.
  char *fields = strrchr(text, ')');
  char state = 0;
  int parent = 0;
  unsigned long long user = 0, kernel = 0, start = 0;
  long long waited_user = 0, waited_kernel = 0;
  if (!fields || sscanf(fields + 1,
                        " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld %*d %*d %*d %*d %llu",
                        &state, &parent, &user, &kernel, &waited_user, &waited_kernel, &start) != 7)
    return -EIO;
  uint64_t tick = 1000000000ULL / (uint64_t)sysconf(_SC_CLK_TCK);
  out->pid = pid;
  out->parent = parent;
  out->start = start;
  out->cpu_nanoseconds = (user + kernel + (uint64_t)waited_user + (uint64_t)waited_kernel) * tick;
  out->is_zombie = state == 'Z' || state == 'X';
  return 0;
}

int clooper_process_list(int32_t *pids, int capacity) {
  DIR *directory = opendir("/proc");
  if (!directory) return -errno;
  int count = 0;
  struct dirent *entry;
  while (count < capacity && (entry = readdir(directory)))
    if (isdigit((unsigned char)entry->d_name[0])) pids[count++] = atoi(entry->d_name);
  closedir(directory);
  return count;
}

int clooper_signal(int32_t pid, uint64_t start, int number) {
  struct clooper_process process;
  int descriptor = clooper_pidfd_open(pid);
  if (descriptor < 0 && descriptor != -ENOSYS) return descriptor;
  // The descriptor holds the process, so what is read now is about the one that will get the signal.
  int result = clooper_process_read(pid, &process);
  if (result == 0 && (process.start != start || process.is_zombie)) result = -ESRCH;
  if (result == 0 && descriptor >= 0 && syscall(SYS_pidfd_send_signal, descriptor, number, 0, 0))
    result = -errno;
  if (result == 0 && descriptor < 0 && kill(pid, number)) result = -errno;
  if (descriptor >= 0) close(descriptor);
  return result;
}

int clooper_boot_id(char *buffer, int capacity) {
  int descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return -errno;
  ssize_t length = read(descriptor, buffer, (size_t)capacity - 1);
  close(descriptor);
  if (length <= 0) return -EIO;
  buffer[length] = 0;
  buffer[strcspn(buffer, "\n")] = 0;
  return 0;
}
#endif
