// Functions of the debug library that could make C code follow a wrong pointer, kept to what is safe.
//
// The libraries in C trust their upvalues, the metatables of userdata, and the strings on their stack: a file's metatable on another
// userdata, or a replaced upvalue of `coroutine.wrap`, would end the process. What belongs to Lua code may be changed as ever.
#include "support.h"

#include <string.h>

static int set_metatable(lua_State *L) {
    int kind = lua_type(L, 2);
    luaL_argexpected(L, kind == LUA_TNIL || kind == LUA_TTABLE, 2, "nil or table");
    luaL_argcheck(L, !lua_isuserdata(L, 1), 1, "the metatable of an object or a file cannot be changed");
    lua_settop(L, 2);
    avips_guard_finalizer(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

static int set_upvalue(lua_State *L) {
    luaL_checkany(L, 3);
    int position = (int)luaL_checkinteger(L, 2);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    luaL_argcheck(L, !lua_iscfunction(L, 1), 1, "only the upvalues of functions in Lua can be set");
    lua_settop(L, 3);
    const char *name = lua_setupvalue(L, 1, position);
    if (name == NULL) return 0;
    lua_pushstring(L, name);
    return 1;
}

static int set_local(lua_State *L) {
    int first = lua_isthread(L, 1) ? 2 : 1;
    lua_State *thread = first == 2 ? lua_tothread(L, 1) : L;
    int level = (int)luaL_checkinteger(L, first);
    int position = (int)luaL_checkinteger(L, first + 1);
    luaL_checkany(L, first + 2);
    lua_Debug record;
    if (!lua_getstack(thread, level, &record)) return luaL_argerror(L, first, "level out of range");
    lua_getinfo(thread, "S", &record);
    luaL_argcheck(L, strcmp(record.what, "C") != 0, first, "only the locals of functions in Lua can be set");
    lua_settop(L, first + 2);
    if (L != thread && !lua_checkstack(thread, 1)) return luaL_error(L, "stack overflow");
    lua_xmove(L, thread, 1);
    const char *name = lua_setlocal(thread, &record, position);
    if (name == NULL) lua_pop(thread, 1);
    lua_pushstring(L, name);
    return 1;
}

void avips_restrict_debugging(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"setmetatable", set_metatable}, {"setupvalue", set_upvalue}, {"setlocal", set_local}, {NULL, NULL},
    };
    lua_getglobal(L, LUA_DBLIBNAME);
    luaL_setfuncs(L, functions, 0);
    // The first would take the interrupt hook out; the second reaches what the host keeps.
    static const char *const removed[] = {"sethook", "getregistry"};
    for (size_t i = 0; i < sizeof removed / sizeof *removed; i++) {
        lua_pushnil(L);
        lua_setfield(L, -2, removed[i]);
    }
    lua_pop(L, 1);
}
