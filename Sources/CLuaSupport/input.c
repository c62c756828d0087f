// Reading of files that can be interrupted.
//
// The library reads a whole file, a long block or a long line in one go. Here such formats are read in pieces, with a look between them at
// whether to stop; all others are the library's own.
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
        // Raised here, where the caller is a function in Lua whose line is known.
        luaL_argcheck(L, *name == 'n', format, "invalid format");
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
static int read_formats(lua_State *L, luaL_Stream *stream, int file_index, int first, int last) {
    FILE *file = stream->f;
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
    avips_stop_command_if_asked(L, stream);
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
    return read_formats(L, stream, 1, 2, lua_gettop(L));
}

static int read_from_default(lua_State *L) {
    int last = lua_gettop(L);
    lua_getfield(L, LUA_REGISTRYINDEX, "_IO_input");
    luaL_Stream *stream = luaL_testudata(L, -1, LUA_FILEHANDLE);
    if (stream == NULL || stream->closef == NULL) return luaL_error(L, "default input file is closed");
    return read_formats(L, stream, 0, 1, last);
}

// MARK: lines

enum { most_formats = 250 };

// The iterator. Its upvalues are the library's own `file:read`, the file, whether the file is closed at its end, and the formats.
static int next_line(lua_State *L) {
    lua_settop(L, 0);
    lua_pushvalue(L, lua_upvalueindex(2));
    luaL_Stream *stream = luaL_testudata(L, 1, LUA_FILEHANDLE);
    if (stream == NULL || stream->closef == NULL) return luaL_error(L, "file is already closed");
    luaL_checkstack(L, most_formats, "too many arguments");
    int formats = 0;
    while (!lua_isnone(L, lua_upvalueindex(4 + formats))) lua_pushvalue(L, lua_upvalueindex(4 + formats++));
    int count = read_formats(L, stream, 1, 2, 1 + formats);
    if (lua_toboolean(L, -count)) return count;
    if (count > 1) return luaL_error(L, "%s", lua_tostring(L, -count + 1));
    if (lua_toboolean(L, lua_upvalueindex(3))) {
        lua_getfield(L, 1, "close");
        lua_pushvalue(L, 1);
        lua_call(L, 1, 0);
    }
    return 0;
}

// Pushes the iterator over the file on top of the stack, whose formats follow the argument `before`.
//
// - Parameter read: where the library's own `file:read` is.
static void push_iterator(lua_State *L, int read, int before, int last, bool closes) {
    int formats = last - before, file = lua_gettop(L);
    luaL_argcheck(L, formats <= most_formats, most_formats + 2, "too many arguments");
    luaL_checkstack(L, formats + LUA_MINSTACK, "too many arguments");
    lua_pushvalue(L, read);
    lua_pushvalue(L, file);
    lua_pushboolean(L, closes);
    for (int format = before + 1; format <= last; format++) lua_pushvalue(L, format);
    lua_pushcclosure(L, next_line, 3 + formats);
}

static int lines_of_file(lua_State *L) {
    luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
    if (stream->closef == NULL) return luaL_error(L, "attempt to use a closed file");
    int last = lua_gettop(L);
    lua_pushvalue(L, 1);
    push_iterator(L, lua_upvalueindex(1), 1, last, false);
    return 1;
}

// Opens the file of a name by the library's own `io.open`, the second upvalue; errors are raised here, where the caller's line is known.
static void open_file(lua_State *L, const char *name) {
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_pushstring(L, name);
    lua_call(L, 1, 3);
    if (lua_isnil(L, -3)) luaL_error(L, "cannot open file '%s' (%s)", name, strerror((int)lua_tointeger(L, -1)));
    lua_pop(L, 2);
}

static int lines(lua_State *L) {
    if (lua_isnone(L, 1)) lua_pushnil(L);
    int last = lua_gettop(L);
    bool closes = !lua_isnil(L, 1);
    if (closes) {
        open_file(L, luaL_checkstring(L, 1));
    } else {
        lua_getfield(L, LUA_REGISTRYINDEX, "_IO_input");
        luaL_Stream *stream = luaL_testudata(L, -1, LUA_FILEHANDLE);
        if (stream == NULL || stream->closef == NULL) return luaL_error(L, "attempt to use a closed file");
    }
    int file = lua_gettop(L);
    push_iterator(L, lua_upvalueindex(1), 1, last, closes);
    if (!closes) return 1;
    lua_pushnil(L);
    lua_pushnil(L);
    lua_pushvalue(L, file);
    return 4;
}

void avips_replace_input(lua_State *L) {
    static const luaL_Reg reading[] = {{"read", read_from_default}, {NULL, NULL}};
    avips_replace_functions(L, LUA_IOLIBNAME, reading);
    if (luaL_getmetatable(L, LUA_FILEHANDLE) == LUA_TTABLE) {
        lua_getfield(L, -1, "__index");
        lua_getfield(L, -1, "read");
        lua_pushvalue(L, -1);
        lua_pushcclosure(L, read_from_file, 1);
        lua_setfield(L, -3, "read");
        lua_pushvalue(L, -1);
        lua_pushcclosure(L, lines_of_file, 1);
        lua_setfield(L, -3, "lines");
        lua_getglobal(L, LUA_IOLIBNAME);
        lua_insert(L, -2);
        lua_getfield(L, -2, "open");
        lua_pushcclosure(L, lines, 2);
        lua_setfield(L, -2, "lines");
        lua_pop(L, 2);
    }
    lua_pop(L, 1);
}
