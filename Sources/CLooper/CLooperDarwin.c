#if defined(__APPLE__)
#include "CLooper.h"
#include <errno.h>
#include <fcntl.h>
#include <libproc.h>
#include <signal.h>
#include <string.h>
#include <sys/event.h>
#include <sys/sysctl.h>
#include <unistd.h>

static int queue = -1;

// macOS has no subreaper: a descendant that leaves the session is found by its environment tag only.
int clooper_set_child_subreaper(void) { return 0; }

int clooper_close_on_exec_above_stderr(void) {
  for (int descriptor = 3; descriptor < getdtablesize(); descriptor++)
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  return 0;
}

int clooper_pidfd_open(int32_t pid) {
  (void)pid;
  return -ENOSYS;
}

int clooper_watch_open(int32_t parent) {
  static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD};
  struct kevent change;
  sigset_t watched;
  queue = kqueue();
  if (queue < 0) return -errno;
  sigemptyset(&watched);
  for (unsigned index = 0; index < sizeof numbers / sizeof *numbers; index++) {
    sigaddset(&watched, numbers[index]);
    EV_SET(&change, numbers[index], EVFILT_SIGNAL, EV_ADD, 0, 0, 0);
    if (kevent(queue, &change, 1, 0, 0, 0)) return -errno;
  }
  if (sigprocmask(SIG_SETMASK, &watched, 0)) return -errno;
  EV_SET(&change, parent, EVFILT_PROC, EV_ADD | EV_ONESHOT, NOTE_EXIT, 0, 0);
  kevent(queue, &change, 1, 0, 0, 0);
  return 0;
}

int clooper_watch_wait(int timeout_ms) {
  struct kevent events[8];
  struct timespec time = {timeout_ms / 1000, (timeout_ms % 1000) * 1000000L};
  int count = kevent(queue, 0, 0, events, 8, timeout_ms < 0 ? 0 : &time), bits = 0;
  if (count < 0) return errno == EINTR ? 0 : -errno;
  for (int index = 0; index < count; index++) {
    if (events[index].filter == EVFILT_PROC) bits |= CLOOPER_PARENT_DIED;
    else if (events[index].ident == SIGCHLD) bits |= CLOOPER_CHILD_CHANGED;
    else bits |= CLOOPER_END_REQUESTED;
  }
  return bits;
}

int clooper_process_read(int32_t pid, struct clooper_process *out) {
  struct proc_taskallinfo all;
  if (proc_pidinfo(pid, PROC_PIDTASKALLINFO, 0, &all, sizeof all) != (int)sizeof all) return -ESRCH;
  out->pid = pid;
  out->parent = (int32_t)all.pbsd.pbi_ppid;
  out->start = all.pbsd.pbi_start_tvsec * 1000000ULL + all.pbsd.pbi_start_tvusec;
  out->cpu_nanoseconds = all.ptinfo.pti_total_user + all.ptinfo.pti_total_system;
  out->is_zombie = all.pbsd.pbi_status == 5;
  return 0;
}

int clooper_process_list(int32_t *pids, int capacity) {
  int count = proc_listallpids(pids, capacity * (int)sizeof *pids);
  return count < 0 ? -errno : count;
}

int clooper_signal(int32_t pid, uint64_t start, int number) {
  struct clooper_process process;
  int result = clooper_process_read(pid, &process);
  if (result) return result;
  if (process.start != start || process.is_zombie) return -ESRCH;
  return kill(pid, number) ? -errno : 0;
}

int clooper_boot_id(char *buffer, int capacity) {
  size_t length = (size_t)capacity;
  return sysctlbyname("kern.bootsessionuuid", buffer, &length, 0, 0) ? -errno : 0;
}
#endif
