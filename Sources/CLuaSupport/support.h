// What the files of this target share.
#pragma once

#include "include/CLuaSupport.h"

/// The host of a state; the same for all its coroutines, since Lua copies the extra space.
static inline avips_host *avips_host_of(lua_State *L) { return *(avips_host **)lua_getextraspace(L); }

void avips_install_hook(lua_State *L);
/// Makes this the state that an interruption of the process stops at once, where it heeds those; it is run by the calling thread.
void avips_attend(lua_State *L);
/// Forgets the state, before it is closed.
void avips_disregard(lua_State *L);
/// Learns how Lua lays out objects in memory; raises where that is not as expected.
void avips_measure_objects(lua_State *L);
/// Whether running code is to stop: interrupted, or a limit is reached.
bool avips_must_stop(const avips_host *host);
/// Why running code is to stop; NULL where it is not.
const char *avips_reason_to_stop(const avips_host *host);
/// Raises where running code is to stop.
void avips_stop_if_asked(lua_State *L);
/// Raises where running code is to stop; the command at a stream's other end, where there is one, is asked to end with it.
void avips_stop_command_if_asked(lua_State *L, luaL_Stream *stream);
/// Who answers the keys that interrupt: this process; this process and a command that it waits for, where whoever waits counts the presses; the
/// command alone.
typedef enum { avips_keys_own, avips_keys_shared, avips_keys_of_command } avips_keys;
void avips_give_keys(avips_keys keys);
/// How often Ctrl-C was pressed or SIGINT was sent so far, whoever answers it; presses that follow one another quickly are one.
int avips_presses(void);
/// Writes to standard error, in a signal handler too.
void avips_say(const char *text);
/// The work of a C function since it last looked whether to stop.
typedef struct {
    size_t spent;
} avips_pace;
/// Counts the work as instructions, and raises where running code is to stop.
void avips_pause(lua_State *L, avips_pace *pace);
/// Counts work in small units, a comparison or a copied word; looks every few thousand whether to stop.
static inline void avips_tick(lua_State *L, avips_pace *pace, size_t cost) {
    if ((pace->spent += cost) >= 16384) avips_pause(L, pace);
}
/// `setmetatable`, with finalizers that can be interrupted.
int avips_set_metatable(lua_State *L);
/// Lets the finalizer of the metatable at an index be interrupted, where it has one.
void avips_guard_finalizer(lua_State *L, int metatable);
/// Replaces functions of the table of a global name; each has the one that it replaces as its upvalue.
void avips_replace_functions(lua_State *L, const char *table, const luaL_Reg *functions);
/// Does what the replaced function would do, in the place of the one that is called: with its arguments, and under its name and with its caller's
/// line in errors. Returns how many results are on top of the stack.
int avips_do_replaced(lua_State *L);
/// What stands in for functions of the libraries that no interruption reaches, or that catch one.
extern const luaL_Reg avips_pattern_functions[], avips_string_functions[], avips_table_functions[], avips_call_functions[],
    avips_coroutine_functions[], avips_unicode_functions[], avips_os_functions[], avips_io_functions[];
/// Lets `print`, `io.write` and `file:write` be interrupted; the io library may be missing.
void avips_replace_output(lua_State *L);
/// Lets `io.read`, `io.lines`, `file:read` and `file:lines` be interrupted.
void avips_replace_input(lua_State *L);
/// Takes from the debug library what could end the process.
void avips_restrict_debugging(lua_State *L);
