#pragma once
#include <stdint.h>
#include <sys/types.h>

/// The few system calls that Swift's overlays cannot express: variadic, too new, or different between Linux
/// and macOS. Every function answers 0 or a positive number on success and a negative errno on failure.

/// One process as the kernel's table shows it.
struct clooper_process {
  int32_t pid;
  int32_t parent;
  /// Start time in a unit of the kernel's: clock ticks since boot on Linux, microseconds since 1970 on macOS.
  uint64_t start;
  /// User plus system time of the process and of the children it has waited for, in nanoseconds.
  uint64_t cpu_nanoseconds;
  /// 1 when it has exited and only waits to be reaped.
  int32_t is_zombie;
};

/// Makes orphaned descendants children of this process. Does nothing on macOS.
int clooper_set_child_subreaper(void);

/// Marks every descriptor above 2 close-on-exec.
int clooper_close_on_exec_above_stderr(void);

/// Gives every signal its default disposition and empties the signal mask.
void clooper_reset_signals(void);

/// Starts `path` as leader of a session of its own, signals reset, descriptors inherited.
int clooper_spawn_session(const char *path, char *const argv[], char *const envp[], int32_t *pid);

/// What clooper_watch_wait saw, as bits.
enum { CLOOPER_CHILD_CHANGED = 1, CLOOPER_END_REQUESTED = 2, CLOOPER_PARENT_DIED = 4 };

/// Blocks SIGTERM, SIGINT, SIGHUP, SIGQUIT and SIGCHLD and watches them and `parent` from now on.
int clooper_watch_open(int32_t parent);

/// Waits for news, at most `timeout_ms` (negative: for ever). Answers bits, 0 after the time.
int clooper_watch_wait(int timeout_ms);

/// Reads one process; -ESRCH when there is none.
int clooper_process_read(int32_t pid, struct clooper_process *out);

/// Fills `pids` with at most `capacity` live process ids; answers how many.
int clooper_process_list(int32_t *pids, int capacity);

/// Sends `signal` to the process `pid` that started at `start`, and to no other that got its number since.
/// `signal` 0 only asks. -ESRCH when that process is gone.
int clooper_signal(int32_t pid, uint64_t start, int signal);

/// A descriptor that becomes readable when the process ends (Linux), -ENOSYS elsewhere.
int clooper_pidfd_open(int32_t pid);

/// Writes the name of this boot, NUL-terminated, into `buffer`.
int clooper_boot_id(char *buffer, int capacity);

/// Takes the exclusive lock of an open file without waiting; -EWOULDBLOCK when somebody has it.
int clooper_lock(int descriptor);

/// Gives the lock back, whoever else has a copy of the descriptor.
int clooper_unlock(int descriptor);
