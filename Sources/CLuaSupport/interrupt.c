// The interrupt flag and the hook that reads it.
//
// Every Lua thread carries a count hook, inherited by its coroutines. It fires each `patience` instructions; once the
// flag is up it fires at every instruction, so that code which catches the error is stopped again at once. The flag stays up
// until the top level clears it; then a hook that finds it down becomes patient again.
#include "support.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
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
void avips_interrupt_clear(avips_interrupt *flag) { atomic_store(&flag->raised, 0); }

bool avips_interrupt_is_raised(const avips_interrupt *flag) {
    return atomic_load_explicit(&((avips_interrupt *)flag)->raised, memory_order_relaxed) != 0;
}

bool avips_interrupt_requested(void) { return avips_interrupt_is_raised(&process_interrupt); }

// Only calls that are safe in a signal handler: lock-free atomics, clock_gettime, _exit.
static void on_interrupt(int signal) {
    static atomic_llong previous;
    (void)signal;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long long milliseconds = (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    long long before = atomic_exchange(&previous, milliseconds);
    if (avips_interrupt_requested() && milliseconds - before < 1000) _exit(130);
    avips_interrupt_raise(&process_interrupt);
}

void avips_install_interrupt_handler(void) {
    struct sigaction action = {0};
    action.sa_handler = on_interrupt;
    sigemptyset(&action.sa_mask);
    action.sa_flags = 0;
    sigaction(SIGINT, &action, NULL);
    // A parent may have started the process with the signal blocked.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

static void watch(lua_State *L, lua_Debug *record) {
    (void)record;
    bool raised = avips_interrupt_is_raised(avips_host_of(L)->interrupt);
    int count = raised ? 1 : patience;
    if (lua_gethookcount(L) != count) lua_sethook(L, watch, LUA_MASKCOUNT, count);
    if (!raised) return;
    luaL_where(L, 0);
    lua_pushliteral(L, "interrupted");
    lua_concat(L, 2);
    lua_error(L);
}

void avips_install_hook(lua_State *L) { lua_sethook(L, watch, LUA_MASKCOUNT, patience); }
