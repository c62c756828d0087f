// Finalizers that heed the interrupt.
//
// Lua switches hooks off while it runs a `__gc`, so one that loops could never be stopped. `setmetatable` therefore puts a function
// in its place that runs it in a thread of its own, where hooks are on.
#include "support.h"

// Upvalue 1 is the script's finalizer.
static int run_finalizer(lua_State *L) {
    lua_settop(L, 1);
    lua_State *thread = lua_newthread(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 1);
    lua_xmove(L, thread, 2);
    int count;
    int status = lua_resume(thread, L, 1, &count);
    if (status == LUA_OK) return 0;
    if (status == LUA_YIELD) return luaL_error(L, "attempt to yield from a finalizer");
    lua_xmove(thread, L, 1);
    return lua_error(L);
}

void avips_close(lua_State *L) {
    enum { farewell = 200000000 };
    avips_host *host = avips_host_of(L);
    avips_disregard(L);
    host->instructions_used = 0;
    if (host->instruction_limit == 0 || host->instruction_limit > farewell) host->instruction_limit = farewell;
    lua_close(L);
}

void avips_guard_finalizer(lua_State *L, int metatable) {
    if (lua_type(L, metatable) != LUA_TTABLE) return;
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, metatable) == LUA_TFUNCTION && lua_tocfunction(L, -1) != run_finalizer) {
        lua_pushliteral(L, "__gc");
        lua_insert(L, -2);
        lua_pushcclosure(L, run_finalizer, 1);
        lua_rawset(L, metatable);
    } else {
        lua_pop(L, 1);
    }
}

// As the base library's.
int avips_set_metatable(lua_State *L) {
    int kind = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, kind == LUA_TNIL || kind == LUA_TTABLE, 2, "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
    lua_settop(L, 2);
    avips_guard_finalizer(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}
