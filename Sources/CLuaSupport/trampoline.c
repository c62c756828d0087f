// The way from Lua into Swift.
//
// A Swift function is a C closure over an index, so that no tampering with upvalues can make it a wrong pointer.
#include "support.h"

#include <string.h>

// Raises only here, when the Swift frame is gone.
static int enter(lua_State *L, int index) {
    avips_host *host = avips_host_of(L);
    avips_stop_if_asked(L);
    bool was_native = host->is_native;
    host->is_native = true;
    int results = host->dispatch(L, host->context, index);
    host->is_native = was_native;
    if (results >= 0) return results;
    if (results == AVIPS_RAISE) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int call_function(lua_State *L) { return enter(L, (int)lua_tointegerx(L, lua_upvalueindex(1), NULL)); }

static int index_object(lua_State *L) {
    lua_settop(L, 2);
    if (lua_type(L, 2) == LUA_TSTRING && lua_type(L, lua_upvalueindex(1)) == LUA_TTABLE) {
        lua_pushvalue(L, 2);
        switch (lua_rawget(L, lua_upvalueindex(1))) {
        case LUA_TFUNCTION:
            return 1;
        case LUA_TNUMBER: {
            int getter = (int)lua_tointegerx(L, 3, NULL);
            lua_settop(L, 1);
            return enter(L, getter);
        }
        default:
            lua_settop(L, 2);
        }
    }
    return enter(L, (int)lua_tointegerx(L, lua_upvalueindex(2), NULL));
}

void avips_push_function(lua_State *L, int index) {
    lua_pushinteger(L, index);
    lua_pushcclosure(L, call_function, 1);
}

int avips_function_index(lua_State *L, int index) {
    if (lua_tocfunction(L, index) != call_function || !lua_getupvalue(L, index, 1)) return 0;
    int result = (int)lua_tointegerx(L, -1, NULL);
    lua_pop(L, 1);
    return result;
}

bool avips_is_main_chunk(lua_State *L, int level) {
    lua_Debug record;
    if (!lua_getstack(L, level, &record) || !lua_getinfo(L, "S", &record)) return true;
    return strcmp(record.what, "Lua") != 0;
}

void avips_push_index_function(lua_State *L, int fallback) {
    lua_pushinteger(L, fallback);
    lua_pushcclosure(L, index_object, 2);
}
