// Cores and threads, by the calls of Linux that the C library's headers show to GNU programs alone.

#ifndef AVIPS_THREADS_H
#define AVIPS_THREADS_H

#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

int sched_getcpu(void);
long syscall(long number, ...);

/// Cores that a set can name.
enum { AVIPS_CORES = 4096 };

typedef struct { unsigned char bits[AVIPS_CORES / 8]; } avips_core_set;

/// The core that this thread runs on; negative where the system does not tell.
static inline int avips_current_core(void) { return sched_getcpu(); }

/// The system's number of this thread.
static inline pid_t avips_thread(void) { return (pid_t)syscall(SYS_gettid); }

/// Reads the cores that a thread may run on, 0 for this one; false where the system does not tell.
static inline int avips_get_cores(pid_t thread, avips_core_set *set) {
    *set = (avips_core_set){{0}};
    return syscall(SYS_sched_getaffinity, thread, sizeof *set, set) > 0;
}

/// Holds a thread to some cores; false where the system refuses.
static inline int avips_set_cores(pid_t thread, const avips_core_set *set) {
    return syscall(SYS_sched_setaffinity, thread, sizeof *set, set) == 0;
}

/// Nanoseconds of a clock.
static inline long long avips_nanoseconds(clockid_t clock) {
    struct timespec time;
    return clock_gettime(clock, &time) == 0 ? time.tv_sec * 1000000000LL + time.tv_nsec : 0;
}

/// What a loop that waits does in every turn, for the other thread of its core.
static inline void avips_relax(void) {
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
}

#endif
