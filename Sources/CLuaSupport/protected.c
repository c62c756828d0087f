// Calls that may raise, made under lua_pcall so that Swift sees a status instead of a jump.
#include "support.h"

static int add_traceback(lua_State *L) {
    if (lua_type(L, 1) != LUA_TSTRING) {
        if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING) {
            lua_replace(L, 1);
        } else {
            const char *kind = luaL_typename(L, 1);
            lua_settop(L, 1);
            lua_pushfstring(L, "(error object is a %s value)", kind);
            lua_replace(L, 1);
        }
        lua_settop(L, 1);
    }
    avips_host *host = avips_host_of(L);
    if (host->meet_error) {
        bool was_native = host->is_native;
        host->is_native = true;
        host->meet_error(L, host->context, lua_tostring(L, 1));
        host->is_native = was_native;
    }
    luaL_traceback(L, L, lua_tostring(L, 1), 1);
    return 1;
}

static int call(lua_State *L, int arguments, int results, int handler) {
    avips_host *host = avips_host_of(L);
    bool was_native = host->is_native;
    host->is_native = false;
    int status = lua_pcall(L, arguments, results, handler);
    host->is_native = was_native;
    return status;
}

int avips_traced_call(lua_State *L, int arguments, int results) {
    int base = lua_gettop(L) - arguments;
    lua_pushcfunction(L, add_traceback);
    lua_insert(L, base);
    int status = call(L, arguments, results, base);
    lua_remove(L, base);
    return status;
}

int avips_call(lua_State *L, int arguments, int results) { return call(L, arguments, results, 0); }

static int to_string(lua_State *L) {
    luaL_tolstring(L, 1, NULL);
    return 1;
}

int avips_to_string(lua_State *L, int index) {
    index = lua_absindex(L, index);
    lua_pushcfunction(L, to_string);
    lua_pushvalue(L, index);
    return call(L, 1, 1, 0);
}

static int get_field(lua_State *L) {
    lua_gettable(L, 1);
    return 1;
}

int avips_get_field(lua_State *L, int index, const char *key) {
    index = lua_absindex(L, index);
    lua_pushcfunction(L, get_field);
    lua_pushvalue(L, index);
    lua_pushstring(L, key);
    return call(L, 2, 1, 0);
}

int avips_get_element(lua_State *L, int index, lua_Integer position) {
    index = lua_absindex(L, index);
    lua_pushcfunction(L, get_field);
    lua_pushvalue(L, index);
    lua_pushinteger(L, position);
    return call(L, 2, 1, 0);
}

static int next(lua_State *L) {
    if (lua_next(L, 1)) return 2;
    lua_settop(L, 0);
    lua_pushnil(L);
    lua_pushnil(L);
    return 2;
}

int avips_next(lua_State *L, int index) {
    index = lua_absindex(L, index);
    lua_pushcfunction(L, next);
    lua_insert(L, -2);
    lua_pushvalue(L, index);
    lua_insert(L, -2);
    if (call(L, 2, 2, 0) != LUA_OK) return -1;
    if (lua_type(L, -2) != LUA_TNIL) return 1;
    lua_settop(L, -3);
    return 0;
}

const char *avips_calling_line(lua_State *L, int *line, bool *is_main) {
    lua_Debug record;
    for (int level = 0; level < 2; level++) {
        if (!lua_getstack(L, level, &record) || !lua_getinfo(L, "Sl", &record)) return NULL;
        if (record.currentline > 0) {
            *line = record.currentline;
            *is_main = record.what[0] == 'm';
            return record.source;
        }
    }
    return NULL;
}
