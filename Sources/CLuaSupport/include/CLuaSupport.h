// What Swift cannot say to Lua itself: macros, calls that raise, the interrupt hook, restricted libraries.
//
// The invariant of this target: no longjmp ever crosses a Swift frame. Swift functions are entered through
// `avips_enter`, which raises only after the Swift frame has returned; calls that may raise are made here, under lua_pcall.
#pragma once

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// MARK: Interrupts

/// A flag that asks running code to stop; set from a signal handler or another thread.
typedef struct avips_interrupt avips_interrupt;

/// A new flag that no signal sets; freed by `avips_interrupt_free`.
avips_interrupt *avips_interrupt_new(void);
void avips_interrupt_free(avips_interrupt *flag);
/// The process's own flag, which SIGINT sets once `avips_install_signal_handlers` was called.
avips_interrupt *avips_process_interrupt(void);
void avips_interrupt_raise(avips_interrupt *flag);
void avips_interrupt_clear(avips_interrupt *flag);
bool avips_interrupt_is_raised(const avips_interrupt *flag);

/// Whether the user asked the process to stop what it does: what long computations poll.
bool avips_interrupt_requested(void);
/// Makes SIGINT set the process's flag, and the signals that ask a process to end as well.
///
/// SIGTERM, SIGHUP and SIGUSR1 (a scheduler's announcement that time is nearly up) raise the flag for good: what runs stops at its
/// next whole step, and `avips_ending_signal` tells the top level to leave; repeated after two seconds, they end the process. Those
/// that were ignored when the process began, as under nohup, stay ignored. SIGQUIT ends it at once, without a dump.
/// SIGXFSZ becomes an error of the write that met the limit.
///
/// Presses in quick succession count as one. Where the flag is still up after two seconds, a further press warns, and one
/// after that ends the process with 130: a hasty second Ctrl-C never costs what a computation is about to save.
void avips_install_signal_handlers(void);
/// Lets the kernel send SIGTERM to this process when the one that started it ends; at once where it has ended already.
void avips_end_with(int parent);
/// The signal that asked the process to end; 0 where none did.
int avips_ending_signal(void);
/// Allows the process that many further seconds of processor time. Then its flag goes up; code that does not heed it within
/// three more seconds ends with the process, exit code 1. Each call begins a new allowance.
void avips_limit_processor_time(unsigned seconds);

// MARK: Host

/// What a Lua state knows of the Swift object that owns it; reachable from every coroutine.
typedef struct avips_host {
    /// The Swift object, unretained.
    void *context;
    /// Calls a function of the Swift side by its index. Returns the number of results pushed; AVIPS_RAISE or
    /// AVIPS_RAISE_AS_IS with the error on top of the stack.
    int (*dispatch)(lua_State *L, void *context, int index);
    /// Drops the strong reference that a userdata held; returns the bytes outside Lua that it counted for.
    size_t (*release)(void *object);
    /// Told of each line of Lua code that is reached while `traces` is set.
    void (*reach_line)(lua_State *L, void *context, int line);
    /// Told of an error that nobody has caught, while the calls that led to it still stand: that of level 1 has raised it.
    void (*_Nullable meet_error)(lua_State *L, void *context, const char *message);
    /// Told of Lua text that was compiled, under its name; a null text stands for the file of that name.
    void (*compiled)(lua_State *L, void *context, const char *name, const char *_Nullable text, size_t length);
    /// Whether each line of Lua code is looked at: see avips_trace.
    bool traces;
    /// Told just before `os.exit` ends the process.
    void (*will_exit)(void *context);
    avips_interrupt *interrupt;
    /// Bytes that Lua and its objects may hold, and hold; a limit of 0 means none.
    size_t memory_limit, memory_used;
    /// Instructions that may be run until the top level counts anew, and were run, to the nearest thousand; 0 means no limit.
    unsigned long long instruction_limit, instructions_used;
    /// Set while Swift code runs: the memory limit then waits, since its error would jump over Swift frames.
    bool is_native;
    /// The size of the block that holds an object; 0 until it was measured.
    size_t object_size;
    /// The newest userdata, as long as that is being measured.
    void *_Nullable last_userdata;
    size_t last_size;
} avips_host;

/// Whether the time or the instructions that the state may use are spent.
bool avips_limit_is_reached(const avips_host *host);

enum { AVIPS_RAISE = -1, AVIPS_RAISE_AS_IS = -2 };

/// A new state bound to a host, which must outlive it; null without memory. The interrupt hook is in place.
lua_State *_Nullable avips_open(avips_host *host);

/// Closes a state. Its finalizers share two hundred million instructions, a second or two, so that none can hold up the end.
void avips_close(lua_State *L);

/// Pushes a function whose body is the Swift function with that index.
void avips_push_function(lua_State *L, int index);
/// Whether the function that called the running one at `level` is the main part of a chunk or C code, rather than a Lua function.
bool avips_is_main_chunk(lua_State *L, int level);
/// The index of the Swift function that the value at a stack index is; 0 where it is none.
int avips_function_index(lua_State *L, int index);
/// Pushes an `__index` function over the table of members on top of the stack, which it replaces. A member is a function, or
/// the index of a Swift getter; other keys go to the Swift function `fallback`.
void avips_push_index_function(lua_State *L, int fallback);

// MARK: Debugging

/// Lets `reach_line` be told of the lines that a thread and the main one run from now on, and the coroutines that they make; or of none.
void avips_trace(lua_State *L, bool traces);

/// A Lua value's address to tell threads apart by.
static inline const void *avips_thread_identity(lua_State *L) { return L; }

// MARK: Objects

/// Pushes a userdata that owns one reference to a Swift object, without a metatable. The reference is let go when Lua frees it.
void avips_push_object(lua_State *L, void *object);
/// The Swift object of the value at an index; null where it is none of ours. `released` is set where it was given back.
void *_Nullable avips_object_at(lua_State *L, int index, bool *released);
/// The function for `__close`: lets go of the object at once.
int avips_release_object(lua_State *_Nullable L);

// MARK: Protected calls

/// lua_pcall with a handler that adds the traceback to the message.
int avips_traced_call(lua_State *L, int arguments, int results);
/// lua_pcall without a traceback, for calls that Swift functions make themselves.
int avips_call(lua_State *L, int arguments, int results);
/// Pushes `tostring` of the value at an index; on failure the error. Returns a status.
int avips_to_string(lua_State *L, int index);
/// Pushes the field of the value at an index, metamethods included; on failure the error. Returns a status.
int avips_get_field(lua_State *L, int index, const char *key);
/// The same for an element with a number.
int avips_get_element(lua_State *L, int index, lua_Integer position);
/// lua_next: 1 with key and value pushed, 0 at the end, -1 with the error pushed.
int avips_next(lua_State *L, int index);

/// The line of Lua code that runs, or that called the function which runs, the name of its source, and whether it belongs to no function of it; NULL where
/// there is none.
const char *_Nullable avips_calling_line(lua_State *L, int *line, bool *is_main);

// MARK: Commands

/// Runs a command of the shell, which has the terminal meanwhile. Its status, as `waitpid` gives it; -1 where it could not be started, with
/// `errno`, which is 0 otherwise.
///
/// Ctrl-C is the command's: one that catches it and lives on has made something of its own of it, and one that ignores it is ended by further
/// presses. An interruption of this process alone is passed on.
int avips_run_command(lua_State *L, const char *command);

// MARK: Libraries

/// The error number of the first text of `print` or `io.write` that standard output did not take; 0 where it took all.
int avips_output_error(void);

/// Opens the standard libraries without the loading of bytecode and C code; only those that reach nothing outside where `harmless`.
int avips_open_libraries(lua_State *L, bool harmless);

// MARK: Macros

static inline void avips_pop(lua_State *L, int count) { lua_settop(L, -count - 1); }
static inline int avips_registry_index(void) { return LUA_REGISTRYINDEX; }
static inline void avips_push_globals(lua_State *L) { lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS); }
static inline lua_Integer avips_to_integer(lua_State *L, int index) { return lua_tointegerx(L, index, NULL); }
static inline double avips_to_number(lua_State *L, int index) { return lua_tonumberx(L, index, NULL); }
static inline size_t avips_memory_in_use(lua_State *L) {
    return (size_t)lua_gc(L, LUA_GCCOUNT) * 1024 + (size_t)lua_gc(L, LUA_GCCOUNTB);
}
/// Tells the collector of bytes held outside Lua, by an object just made.
static inline void avips_count_outside(lua_State *L, size_t bytes) { lua_gc(L, LUA_GCSTEP, (int)(bytes / 1024)); }
static inline void avips_collect(lua_State *L) { lua_gc(L, LUA_GCCOLLECT); }

#pragma clang assume_nonnull end
