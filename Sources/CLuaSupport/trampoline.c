// The way from Lua into Swift, and the objects that Lua holds for Swift.
//
// A Swift function is a C closure over an index, so that no tampering with upvalues can make it a wrong pointer. An object
// is a userdata of a mark and one strong reference; the mark tells it from any other userdata, whatever its metatable.
#include "support.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t object_mark = 0x5ae1f00dc0ffee17u;

typedef struct {
    uint64_t mark;
    void *reference;
} object_block;

static void *allocate(void *data, void *block, size_t old_size, size_t new_size) {
    avips_host *host = data;
    size_t held = block ? old_size : 0;
    if (new_size == 0) {
        free(block);
        host->memory_used -= held;
        return NULL;
    }
    bool is_over = host->memory_limit && host->memory_used - held + new_size > host->memory_limit;
    if (is_over && new_size > held && !host->is_native) return NULL;
    void *result = realloc(block, new_size);
    if (result) host->memory_used += new_size - held;
    return result;
}

lua_State *avips_open(avips_host *host) {
    host->is_native = true;
    lua_State *L = lua_newstate(allocate, host);
    if (L == NULL) return NULL;
    *(avips_host **)lua_getextraspace(L) = host;
    avips_install_hook(L);
    return L;
}

// Raises only here, when the Swift frame is gone.
static int enter(lua_State *L, int index) {
    avips_host *host = avips_host_of(L);
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

void avips_push_object(lua_State *L, void *object) {
    object_block *block = lua_newuserdatauv(L, sizeof *block, 0);
    block->mark = object_mark;
    block->reference = object;
}

static object_block *block_at(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) != sizeof(object_block)) return NULL;
    object_block *block = lua_touserdata(L, index);
    return block->mark == object_mark ? block : NULL;
}

void *avips_object_at(lua_State *L, int index, bool *released) {
    object_block *block = block_at(L, index);
    *released = block && block->reference == NULL;
    return block ? block->reference : NULL;
}

int avips_release_object(lua_State *L) {
    object_block *block = block_at(L, 1);
    if (block == NULL || block->reference == NULL) return 0;
    void *reference = block->reference;
    block->reference = NULL;
    avips_host *host = avips_host_of(L);
    host->memory_used -= host->release(reference);
    return 0;
}
