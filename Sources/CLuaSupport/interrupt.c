// The flags that ask running code to stop, and the hook that reads them.
//
// Every Lua thread carries a count hook, inherited by its coroutines. It fires each `patience` instructions; once the code is to
// stop it fires at every instruction, so that code which catches the error is stopped again at once. A flag stays up
// until the top level clears it; then a hook that finds it down becomes patient again. Calls into Swift look at the flag, too: a loop
// of a few instructions that each take a second would come to the hook after many minutes only.
#include "support.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { patience = 1000 };

struct avips_interrupt {
    atomic_int raised;
};

static avips_interrupt process_interrupt;

avips_interrupt *avips_interrupt_new(void) {
    avips_interrupt *flag = calloc(1, sizeof *flag);
    if (flag == NULL) abort();
    return flag;
}

void avips_interrupt_free(avips_interrupt *flag) { free(flag); }
avips_interrupt *avips_process_interrupt(void) { return &process_interrupt; }
void avips_interrupt_raise(avips_interrupt *flag) { atomic_store(&flag->raised, 1); }

static atomic_int ending_signal;

int avips_ending_signal(void) { return atomic_load(&ending_signal); }

// Whoever was asked to end does not begin anything new.
void avips_interrupt_clear(avips_interrupt *flag) {
    if (flag != &process_interrupt || avips_ending_signal() == 0) atomic_store(&flag->raised, 0);
}

bool avips_interrupt_is_raised(const avips_interrupt *flag) {
    return atomic_load_explicit(&((avips_interrupt *)flag)->raised, memory_order_relaxed) != 0;
}

bool avips_interrupt_requested(void) { return avips_interrupt_is_raised(&process_interrupt); }

// MARK: Attention

// The state whose code an interruption of the process is to stop, and the thread that runs it.
static _Atomic(lua_State *) attended;
static pthread_t attended_thread;

static void watch(lua_State *L, lua_Debug *record);

void avips_attend(lua_State *L) {
    if (avips_host_of(L)->interrupt != &process_interrupt) return;
    attended_thread = pthread_self();
    atomic_store(&attended, L);
}

void avips_disregard(lua_State *L) {
    lua_State *present = L;
    atomic_compare_exchange_strong(&attended, &present, NULL);
}

// Has the hook come at the next instruction. A loop of few instructions that each take a second, such as one that joins long texts, would come to
// it after many minutes only. lua_sethook may be called from a signal handler of the thread that runs the state.
static void hurry(void) {
    lua_State *L = atomic_load(&attended);
    if (L && pthread_equal(pthread_self(), attended_thread)) lua_sethook(L, watch, LUA_MASKCOUNT | (lua_gethookmask(L) & LUA_MASKLINE), 1);
}

// MARK: Ctrl-C

// In milliseconds. People press twice when they mean once: presses that follow one another quickly are one request. Only who
// waits, sees that nothing happens, presses again, reads the warning and presses once more ends the process.
enum { haste = 500, endurance = 2000, resolve = 10000 };

static long long milliseconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Only calls that are safe in a signal handler: lock-free atomics, clock_gettime, write, _exit.
void avips_say(const char *text) {
    ssize_t written = write(STDERR_FILENO, text, strlen(text));
    (void)written;
}

static atomic_int keys_holder = avips_keys_own, presses;

void avips_give_keys(avips_keys keys) { atomic_store(&keys_holder, keys); }
int avips_presses(void) { return atomic_load(&presses); }

// The terminal's signals come from the kernel, those of other processes do not.
static bool is_for_command(const siginfo_t *origin) { return origin->si_code > 0 && atomic_load(&keys_holder) == avips_keys_of_command; }

static void on_interrupt(int signal, siginfo_t *origin, void *context) {
    static atomic_llong asked, pressed, warned;
    (void)signal;
    (void)context;
    int saved = errno;
    long long now = milliseconds_now();
    bool is_hasty = now - atomic_exchange(&pressed, now) < haste;
    if (!is_hasty) atomic_fetch_add(&presses, 1);
    if (is_for_command(origin)) {
        errno = saved;
        return;
    }
    if (!avips_interrupt_requested()) {
        atomic_store(&asked, now);
        atomic_store(&warned, 0);
        avips_interrupt_raise(&process_interrupt);
        hurry();
    } else if (!is_hasty && atomic_load(&keys_holder) == avips_keys_own && now - atomic_load(&asked) >= endurance) {
        long long warning = atomic_load(&warned);
        if (warning != 0 && now - warning < resolve) _exit(130);
        atomic_store(&warned, now);
        avips_say("\nstill stopping; what was reached is kept once this step ends. Ctrl-C once more ends avips at once.\n");
    }
    errno = saved;
}

// A request to end. What runs stops as for Ctrl-C, keeps what it can keep, and the process ends; a request that is repeated when
// nothing has happened for a while ends it at once.
static void on_ending(int number) {
    static atomic_llong asked;
    int saved = errno, none = 0;
    long long now = milliseconds_now();
    if (atomic_compare_exchange_strong(&ending_signal, &none, number)) {
        atomic_store(&asked, now);
        avips_interrupt_raise(&process_interrupt);
        hurry();
    } else if (now - atomic_load(&asked) >= endurance) {
        _exit(128 + number);
    }
    errno = saved;
}

static void end_at_once(int number, siginfo_t *origin, void *context) {
    (void)context;
    if (!is_for_command(origin)) _exit(128 + number);
}

// A file that grows beyond its limit is an error of the write then. An ignored signal would stay ignored in child processes.
static void leave_to_the_write(int number) { (void)number; }

static void catch_by(int number, struct sigaction action) {
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
    // A parent may have started the process with the signal blocked.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, number);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

static void catch_signal(int number, void (*handler)(int)) { catch_by(number, (struct sigaction){.sa_handler = handler}); }

// A handler that asks where the signal comes from.
static void catch_with_origin(int number, void (*handler)(int, siginfo_t *, void *)) {
    catch_by(number, (struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO});
}

// What nohup or a parent has switched off stays off.
static bool is_ignored(int number) {
    struct sigaction present;
    return sigaction(number, NULL, &present) == 0 && present.sa_handler == SIG_IGN;
}

static void catch_unless_ignored(int number, void (*handler)(int)) {
    if (!is_ignored(number)) catch_signal(number, handler);
}

void avips_install_signal_handlers(void) {
    catch_with_origin(SIGINT, on_interrupt);
    catch_unless_ignored(SIGTERM, on_ending);
    catch_unless_ignored(SIGHUP, on_ending);
    catch_unless_ignored(SIGUSR1, on_ending);
    if (!is_ignored(SIGQUIT)) catch_with_origin(SIGQUIT, end_at_once);
    catch_unless_ignored(SIGXFSZ, leave_to_the_write);
}

void avips_end_with(int parent) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) raise(SIGTERM);
}

// MARK: Limits

static atomic_int time_is_spent, seconds_overdue;

// The kernel sends the signal each second once the time is spent. Code in C that does not heed it, which no hook interrupts, ends
// with the process.
static void on_time_spent(int signal) {
    (void)signal;
    int saved = errno;
    atomic_store(&time_is_spent, 1);
    avips_interrupt_raise(&process_interrupt);
    if (atomic_fetch_add(&seconds_overdue, 1) >= 3) {
        avips_say("avips: stopped: the processor time that a safe session allows is spent\n");
        _exit(1);
    }
    errno = saved;
}

void avips_limit_processor_time(unsigned seconds) {
    struct rusage used;
    struct rlimit limit;
    if (getrusage(RUSAGE_SELF, &used) != 0 || getrlimit(RLIMIT_CPU, &limit) != 0) return;
    atomic_store(&time_is_spent, 0);
    atomic_store(&seconds_overdue, 0);
    catch_signal(SIGXCPU, on_time_spent);
    rlim_t end = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 1 + seconds;
    limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || end < limit.rlim_max ? end : limit.rlim_max;
    setrlimit(RLIMIT_CPU, &limit);
}

static bool instructions_are_spent(const avips_host *host) {
    return host->instruction_limit != 0 && host->instructions_used > host->instruction_limit;
}

bool avips_limit_is_reached(const avips_host *host) {
    return instructions_are_spent(host) || (host->interrupt == &process_interrupt && atomic_load(&time_is_spent));
}

const char *avips_reason_to_stop(const avips_host *host) {
    if (instructions_are_spent(host)) return "stopped: the instructions that a safe session allows are spent";
    if (!avips_interrupt_is_raised(host->interrupt)) return NULL;
    return avips_limit_is_reached(host) ? "stopped: the processor time that a safe session allows is spent" : "interrupted";
}

bool avips_must_stop(const avips_host *host) { return avips_reason_to_stop(host) != NULL; }

// MARK: Hook

static void stop(lua_State *L, int level, const char *reason) {
    luaL_where(L, level);
    lua_pushstring(L, reason);
    lua_concat(L, 2);
    lua_error(L);
}

void avips_stop_if_asked(lua_State *L) {
    const char *reason = avips_reason_to_stop(avips_host_of(L));
    if (reason) stop(L, 1, reason);
}

void avips_pause(lua_State *L, avips_pace *pace) {
    avips_host_of(L)->instructions_used += pace->spent / 4;
    pace->spent = 0;
    avips_stop_if_asked(L);
}

static int hook_mask(const avips_host *host) { return LUA_MASKCOUNT | (host->traces ? LUA_MASKLINE : 0); }

// A line of Lua code is reached; what the host runs meanwhile is native.
static void reach_line(lua_State *L, avips_host *host, int line) {
    bool was_native = host->is_native;
    host->is_native = true;
    host->reach_line(L, host->context, line);
    host->is_native = was_native;
}

static void watch(lua_State *L, lua_Debug *record) {
    avips_host *host = avips_host_of(L);
    bool is_line = record->event == LUA_HOOKLINE;
    if (is_line && host->traces && !host->is_native) reach_line(L, host, record->currentline);
    if (!is_line) host->instructions_used += (unsigned long long)lua_gethookcount(L);
    const char *reason = avips_reason_to_stop(host);
    int count = reason ? 1 : patience;
    // A thread that was asleep when the tracing began or ended learns of it here.
    if (lua_gethookcount(L) != count || lua_gethookmask(L) != hook_mask(host)) lua_sethook(L, watch, hook_mask(host), count);
    if (reason) stop(L, 0, reason);
}

void avips_install_hook(lua_State *L) { lua_sethook(L, watch, LUA_MASKCOUNT, patience); }

void avips_trace(lua_State *L, bool traces) {
    avips_host *host = avips_host_of(L);
    host->traces = traces;
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    lua_State *main = lua_tothread(L, -1);
    lua_pop(L, 1);
    lua_sethook(L, watch, hook_mask(host), patience);
    if (main) lua_sethook(main, watch, hook_mask(host), patience);
}
