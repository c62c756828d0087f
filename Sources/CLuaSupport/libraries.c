// The standard libraries, without the ways to load bytecode or C code.
//
// Bytecode can crash the interpreter, so every loader takes text only.
#include "support.h"

#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

static void remove_field(lua_State *L, const char *field) {
    lua_pushnil(L);
    lua_setfield(L, -2, field);
}

// MARK: Loaders of text

static const char *read_piece(lua_State *L, void *data, size_t *size) {
    (void)data;
    luaL_checkstack(L, 2, "too many nested functions");
    lua_pushvalue(L, 1);
    lua_call(L, 0, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        *size = 0;
        return NULL;
    }
    if (!lua_isstring(L, -1)) luaL_error(L, "reader function must return a string");
    lua_replace(L, 5);
    return lua_tolstring(L, 5, size);
}

// Tells the host of text that was compiled.
static void note_text(lua_State *L, const char *name, const char *text, size_t length) {
    avips_host *host = avips_host_of(L);
    bool was_native = host->is_native;
    host->is_native = true;
    host->compiled(L, host->context, name, text, length);
    host->is_native = was_native;
}

static void note_file(lua_State *L, const char *path) { if (path) note_text(L, path, NULL, 0); }

static int finish_load(lua_State *L, int status, int environment) {
    if (status == LUA_OK) {
        if (environment) {
            lua_pushvalue(L, environment);
            if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
        }
        return 1;
    }
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
}

// A text in pieces, between which an interruption is heeded.
typedef struct {
    const char *rest;
    size_t length;
    avips_pace pace;
} text_pieces;

static const char *next_piece(lua_State *L, void *data, size_t *size) {
    text_pieces *text = data;
    const char *piece = text->rest;
    *size = text->length < 1 << 16 ? text->length : 1 << 16;
    text->rest += *size;
    text->length -= *size;
    avips_tick(L, &text->pace, *size);
    return *size ? piece : NULL;
}

static int load_text(lua_State *L) {
    int environment = lua_isnone(L, 4) ? 0 : 4;
    size_t length;
    const char *text = lua_tolstring(L, 1, &length);
    int status;
    if (text) {
        const char *name = luaL_optstring(L, 2, text);
        text_pieces pieces = {.rest = text, .length = length};
        status = lua_load(L, next_piece, &pieces, name, "t");
        if (status == LUA_OK) note_text(L, name, text, length);
    } else {
        const char *name = luaL_optstring(L, 2, "=(load)");
        luaL_checktype(L, 1, LUA_TFUNCTION);
        lua_settop(L, 5);
        status = lua_load(L, read_piece, NULL, name, "t");
    }
    return finish_load(L, status, environment);
}

// What interrupted the system's call is an interruption, not a fault of the file.
static int load_text_of_file(lua_State *L, const char *path) {
    int status = luaL_loadfilex(L, path, "t");
    if (status == LUA_ERRFILE) avips_stop_if_asked(L);
    return status;
}

static int load_file(lua_State *L) {
    const char *path = luaL_optstring(L, 1, NULL);
    int environment = lua_isnone(L, 3) ? 0 : 3;
    int status = load_text_of_file(L, path);
    if (status == LUA_OK) note_file(L, path);
    return finish_load(L, status, environment);
}

static int continue_file(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    return lua_gettop(L) - 1;
}

static int do_file(lua_State *L) {
    const char *path = luaL_optstring(L, 1, NULL);
    lua_settop(L, 1);
    if (load_text_of_file(L, path) != LUA_OK) return lua_error(L);
    note_file(L, path);
    lua_callk(L, 0, LUA_MULTRET, 0, continue_file);
    return continue_file(L, 0, 0);
}

// The searcher for modules written in Lua; upvalue 1 is the package table.
static int search_text(lua_State *L) {
    const char *name = luaL_checkstring(L, 1);
    lua_getfield(L, lua_upvalueindex(1), "searchpath");
    lua_pushvalue(L, 1);
    if (lua_getfield(L, lua_upvalueindex(1), "path") != LUA_TSTRING) return luaL_error(L, "'package.path' must be a string");
    lua_call(L, 2, 2);
    avips_stop_if_asked(L);
    if (lua_isnil(L, -2)) return 1;
    lua_pop(L, 1);
    const char *path = lua_tostring(L, -1);
    if (load_text_of_file(L, path) != LUA_OK)
        return luaL_error(L, "error loading module '%s' from file '%s':\n\t%s", name, path, lua_tostring(L, -1));
    note_file(L, path);
    lua_pushvalue(L, -2);
    return 2;
}

static void restrict_package(lua_State *L) {
    lua_getglobal(L, "package");
    remove_field(L, "loadlib");
    lua_pushliteral(L, "");
    lua_setfield(L, -2, "cpath");
    lua_createtable(L, 2, 0);
    lua_getfield(L, -2, "searchers");
    lua_rawgeti(L, -1, 1);
    lua_rawseti(L, -3, 1);
    lua_pop(L, 1);
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, search_text, 1);
    lua_rawseti(L, -2, 2);
    // `require` reads the searchers from its own upvalue, the package table.
    lua_setfield(L, -2, "searchers");
    lua_pop(L, 1);
}

// MARK: Exit

// The exit status of a process whose code was stopped.
static int stopped_status(const avips_host *host) {
    if (avips_limit_is_reached(host)) return EXIT_FAILURE;
    return 128 + (avips_ending_signal() != 0 ? avips_ending_signal() : SIGINT);
}

static int exit_process(lua_State *L) {
    int status = EXIT_SUCCESS;
    if (lua_isboolean(L, 1))
        status = lua_toboolean(L, 1) ? EXIT_SUCCESS : EXIT_FAILURE;
    else
        status = (int)luaL_optinteger(L, 1, EXIT_SUCCESS);
    avips_host *host = avips_host_of(L);
    if (host->will_exit) host->will_exit(host->context);
    // Output that was lost is no success.
    bool is_lost = fflush(stdout) != 0 || ferror(stdout) != 0;
    fflush(NULL);
    avips_close(L);
    if (status == EXIT_SUCCESS && is_lost) status = EXIT_FAILURE;
    // Finalizers are code as any other.
    if (status == EXIT_SUCCESS && avips_interrupt_is_raised(host->interrupt)) status = stopped_status(host);
    exit(status);
}

// MARK: Opening

static void open_one(lua_State *L, const char *name, lua_CFunction open) {
    luaL_requiref(L, name, open, 1);
    lua_pop(L, 1);
}

static void replace_function(lua_State *L, const char *table, const char *field, lua_CFunction function) {
    lua_getglobal(L, table);
    lua_pushcfunction(L, function);
    lua_setfield(L, -2, field);
    lua_pop(L, 1);
}

void avips_replace_functions(lua_State *L, const char *table, const luaL_Reg *functions) {
    lua_getglobal(L, table);
    for (; functions->name; functions++) {
        lua_getfield(L, -1, functions->name);
        lua_pushcclosure(L, functions->func, 1);
        lua_setfield(L, -2, functions->name);
    }
    lua_pop(L, 1);
}

// Called with no frame of its own. It has no upvalues, and none of the replacing function's can be changed.
int avips_do_replaced(lua_State *L) { return lua_tocfunction(L, lua_upvalueindex(1))(L); }

static int open_all(lua_State *L) {
    bool harmless = lua_toboolean(L, 1);
    avips_measure_objects(L);
    open_one(L, LUA_GNAME, luaopen_base);
    open_one(L, LUA_COLIBNAME, luaopen_coroutine);
    open_one(L, LUA_TABLIBNAME, luaopen_table);
    open_one(L, LUA_STRLIBNAME, luaopen_string);
    open_one(L, LUA_MATHLIBNAME, luaopen_math);
    open_one(L, LUA_UTF8LIBNAME, luaopen_utf8);
    replace_function(L, LUA_GNAME, "load", load_text);
    replace_function(L, LUA_GNAME, "setmetatable", avips_set_metatable);
    avips_replace_functions(L, LUA_GNAME, avips_call_functions);
    avips_replace_functions(L, LUA_COLIBNAME, avips_coroutine_functions);
    avips_replace_functions(L, LUA_STRLIBNAME, avips_pattern_functions);
    avips_replace_functions(L, LUA_STRLIBNAME, avips_string_functions);
    avips_replace_functions(L, LUA_TABLIBNAME, avips_table_functions);
    avips_replace_functions(L, LUA_UTF8LIBNAME, avips_unicode_functions);
    lua_getglobal(L, LUA_STRLIBNAME);
    remove_field(L, "dump");
    lua_pop(L, 1);
    open_one(L, LUA_OSLIBNAME, luaopen_os);
    if (harmless) {
        lua_getglobal(L, LUA_GNAME);
        remove_field(L, "loadfile");
        remove_field(L, "dofile");
        remove_field(L, "collectgarbage");
        avips_replace_output(L);
        lua_getfield(L, -1, LUA_OSLIBNAME);
        static const char *const outside[] = {"execute", "exit", "getenv", "remove", "rename", "setlocale", "tmpname"};
        for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) remove_field(L, outside[i]);
        lua_pop(L, 2);
        return 0;
    }
    replace_function(L, LUA_GNAME, "loadfile", load_file);
    replace_function(L, LUA_GNAME, "dofile", do_file);
    open_one(L, LUA_LOADLIBNAME, luaopen_package);
    restrict_package(L);
    open_one(L, LUA_IOLIBNAME, luaopen_io);
    avips_replace_output(L);
    avips_replace_input(L);
    avips_replace_functions(L, LUA_OSLIBNAME, avips_os_functions);
    avips_replace_functions(L, LUA_IOLIBNAME, avips_io_functions);
    replace_function(L, LUA_OSLIBNAME, "exit", exit_process);
    lua_getglobal(L, LUA_OSLIBNAME);
    remove_field(L, "setlocale");
    lua_pop(L, 1);
    open_one(L, LUA_DBLIBNAME, luaopen_debug);
    avips_restrict_debugging(L);
    return 0;
}

int avips_open_libraries(lua_State *L, bool harmless) {
    lua_pushcfunction(L, open_all);
    lua_pushboolean(L, harmless);
    return avips_call(L, 1, 0);
}
