// What the files of this target share.
#pragma once

#include "include/CLuaSupport.h"

/// The host of a state; the same for all its coroutines, since Lua copies the extra space.
static inline avips_host *avips_host_of(lua_State *L) { return *(avips_host **)lua_getextraspace(L); }

void avips_install_hook(lua_State *L);
/// Learns how Lua lays out objects in memory; raises where that is not as expected.
void avips_measure_objects(lua_State *L);
/// Whether running code is to stop: interrupted, or a limit is reached.
bool avips_must_stop(const avips_host *host);
/// Raises where running code is to stop.
void avips_stop_if_asked(lua_State *L);
/// `setmetatable`, with finalizers that can be interrupted.
int avips_set_metatable(lua_State *L);
/// Lets the finalizer of the metatable at an index be interrupted, where it has one.
void avips_guard_finalizer(lua_State *L, int metatable);
/// Takes from the debug library what could end the process.
void avips_restrict_debugging(lua_State *L);
