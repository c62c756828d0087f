// Calls that catch errors, but no interruption.
//
// A script that catches errors, as one does that tries many runs and counts those that failed, must not take an interruption for a
// failure. Once running code is to stop, the functions here let every error pass: it ends at the prompt, or with the script.
#include "support.h"

#include <string.h>

// MARK: pcall and xpcall

// Where running code is to stop: what a protected call caught, on top of the stack, goes on if it is the interruption. An error that came
// before it was noticed gives way to it.
static void let_interruptions_pass(lua_State *L) {
    const char *reason = avips_reason_to_stop(avips_host_of(L));
    if (!reason) return;
    const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    if (strstr(message, reason)) lua_error(L);
    avips_stop_if_asked(L);
}

// What a protected call returns; extra values lie below its results.
static int finish_call(lua_State *L, int status, lua_KContext extra) {
    if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - (int)extra;
    let_interruptions_pass(L);
    lua_pushboolean(L, 0);
    lua_pushvalue(L, -2);
    return 2;
}

static int guarded_pcall(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_call);
    return finish_call(L, status, 0);
}

// Lua switches hooks off while a hook's own error is handled: a handler that loops then could never be interrupted. So an
// interruption goes past the handlers of scripts.
static int handle_unless_interrupted(lua_State *L) {
    lua_settop(L, 1);
    if (avips_must_stop(avips_host_of(L))) return 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

static int guarded_xpcall(lua_State *L) {
    int count = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, handle_unless_interrupted, 1);
    lua_replace(L, 2);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    int status = lua_pcallk(L, count - 2, LUA_MULTRET, 2, 2, finish_call);
    return finish_call(L, status, 2);
}

const luaL_Reg avips_call_functions[] = {{"pcall", guarded_pcall}, {"xpcall", guarded_xpcall}, {NULL, NULL}};

// MARK: Coroutines

static int guarded_resume(lua_State *L) {
    lua_State *thread = lua_tothread(L, 1);
    luaL_argexpected(L, thread, 1, "coroutine");
    int count = lua_gettop(L) - 1, status = LUA_ERRRUN;
    if (!lua_checkstack(thread, count)) {
        lua_pushliteral(L, "too many arguments to resume");
    } else {
        lua_xmove(L, thread, count);
        status = lua_resume(thread, L, count, &count);
        bool has_run = status == LUA_OK || status == LUA_YIELD;
        if (has_run && lua_checkstack(L, count + 1)) {
            lua_pushboolean(L, 1);
            lua_xmove(thread, L, count);
            return count + 1;
        }
        if (has_run) {
            lua_pop(thread, count);
            lua_pushliteral(L, "too many results to resume");
        } else {
            lua_xmove(thread, L, 1);
        }
    }
    let_interruptions_pass(L);
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int guarded_close(lua_State *L) {
    int count = avips_do_replaced(L);
    if (!lua_toboolean(L, -count)) let_interruptions_pass(L);
    return count;
}

const luaL_Reg avips_coroutine_functions[] = {{"resume", guarded_resume}, {"close", guarded_close}, {NULL, NULL}};
