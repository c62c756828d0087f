// Reading of files, and waiting for commands, that can be interrupted.
//
// The library reads a whole file, a long block or a long line in one go. Here such formats are read in pieces, with a look between them at
// whether to stop; all others are the library's own.
#include "support.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { piece = 1 << 16 };

// MARK: Formats

// Everything up to the end, or so many bytes.
static int read_bytes(lua_State *L, FILE *file, size_t limit) {
    avips_pace pace = {0};
    luaL_Buffer result;
    luaL_buffinit(L, &result);
    size_t count = 0;
    while (count < limit) {
        size_t part = limit - count < piece ? limit - count : piece;
        size_t got = fread(luaL_prepbuffsize(&result, part), 1, part, file);
        luaL_addsize(&result, got);
        count += got;
        avips_tick(L, &pace, got / 4);
        if (got < part) break;
    }
    luaL_pushresultsize(&result, 0);
    return count > 0;
}

// A line, with its end where that is asked for; false at the end of the file.
static int read_line(lua_State *L, FILE *file, bool keeps_end) {
    avips_pace pace = {0};
    luaL_Buffer result;
    luaL_buffinit(L, &result);
    int c = 0;
    size_t count = 0;
    while (c != '\n' && c != EOF) {
        char *bytes = luaL_prepbuffer(&result);
        size_t length = 0;
        flockfile(file);
        while (length < LUAL_BUFFERSIZE && (c = getc_unlocked(file)) != EOF && c != '\n') bytes[length++] = (char)c;
        funlockfile(file);
        luaL_addsize(&result, length);
        count += length;
        avips_tick(L, &pace, length / 4);
    }
    if (keeps_end && c == '\n') luaL_addchar(&result, '\n');
    luaL_pushresult(&result);
    return c == '\n' || count > 0;
}

// One format, whose place on the stack is given. Leaves the result; false where there is nothing more, or that failed.
static bool read_format(lua_State *L, FILE *file, int file_index, int format) {
    if (lua_type(L, format) == LUA_TNUMBER) {
        lua_Integer wanted = luaL_checkinteger(L, format);
        if (wanted > piece) return read_bytes(L, file, (size_t)wanted);
    } else {
        const char *name = luaL_checkstring(L, format);
        if (*name == '*') name++;
        if (*name == 'a') {
            read_bytes(L, file, SIZE_MAX);
            return true;
        }
        if (*name == 'l' || *name == 'L') return read_line(L, file, *name == 'L');
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    int arguments = 1;
    if (file_index) {
        lua_pushvalue(L, file_index);
        arguments++;
    }
    lua_pushvalue(L, format);
    lua_call(L, arguments, 1);
    return !lua_isnil(L, -1);
}

// MARK: read

// Reads by the formats from `first` to `last`; the results are on top of the stack.
static int read_formats(lua_State *L, FILE *file, int file_index, int first, int last) {
    clearerr(file);
    int count = 0;
    bool succeeded = true;
    if (last < first) {
        succeeded = read_line(L, file, false);
        count = 1;
    }
    luaL_checkstack(L, last - first + 1 + LUA_MINSTACK, "too many arguments");
    for (int format = first; format <= last && succeeded; format++, count++) succeeded = read_format(L, file, file_index, format);
    // What interrupted the system's call is an interruption, not a fault of the file.
    avips_stop_if_asked(L);
    if (ferror(file)) return luaL_fileresult(L, 0, NULL);
    if (!succeeded) {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
    return count;
}

static int read_from_file(lua_State *L) {
    luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
    if (stream->closef == NULL) return luaL_error(L, "attempt to use a closed file");
    return read_formats(L, stream->f, 1, 2, lua_gettop(L));
}

static int read_from_default(lua_State *L) {
    int last = lua_gettop(L);
    lua_getfield(L, LUA_REGISTRYINDEX, "_IO_input");
    luaL_Stream *stream = luaL_testudata(L, -1, LUA_FILEHANDLE);
    if (stream == NULL || stream->closef == NULL) return luaL_error(L, "default input file is closed");
    return read_formats(L, stream->f, 0, 1, last);
}

void avips_replace_input(lua_State *L) {
    static const luaL_Reg reading[] = {{"read", read_from_default}, {NULL, NULL}}, method[] = {{"read", read_from_file}, {NULL, NULL}};
    avips_replace_functions(L, LUA_IOLIBNAME, reading);
    if (luaL_getmetatable(L, LUA_FILEHANDLE) == LUA_TTABLE) {
        lua_getfield(L, -1, "__index");
        for (const luaL_Reg *function = method; function->name; function++) {
            lua_getfield(L, -1, function->name);
            lua_pushcclosure(L, function->func, 1);
            lua_setfield(L, -2, function->name);
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

// MARK: Commands

// While a command runs, Ctrl-C is the command's. One that ends by it takes the script along, as a shell does; one that lives on has made
// something of its own of it.
static int execute(lua_State *L) {
    const char *command = luaL_optstring(L, 1, NULL);
    errno = 0;
    int status = system(command);
    if (command == NULL) {
        lua_pushboolean(L, status);
        return 1;
    }
    if (status != -1 && ((WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) || (WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGINT)))
        avips_interrupt_raise(avips_host_of(L)->interrupt);
    avips_stop_if_asked(L);
    return luaL_execresult(L, status);
}

const luaL_Reg avips_os_functions[] = {{"execute", execute}, {NULL, NULL}};
