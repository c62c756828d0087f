// Printing and writing that can be interrupted.
//
// A terminal takes a long text slowly, or not at all while it is stopped. Text goes out in pieces, with a look between them at
// whether to stop.
#include "support.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { piece = 1 << 14 };

static int output_error;

int avips_output_error(void) { return output_error; }

// Writes all of a text; false with errno set where that fails.
static bool write_all(lua_State *L, luaL_Stream *stream, const char *text, size_t length) {
    avips_pace pace = {0};
    FILE *file = stream->f;
    while (length > 0) {
        size_t part = length < piece ? length : piece;
        size_t written = fwrite(text, 1, part, file);
        text += written;
        length -= written;
        if (written < part) {
            if (errno != EINTR) {
                if (file == stdout && output_error == 0) output_error = errno;
                return false;
            }
            clearerr(file);
            avips_stop_command_if_asked(L, stream);
        }
        avips_tick(L, &pace, part / 4);
    }
    return true;
}

// The flush is what meets a slow reader.
static void flush(lua_State *L) {
    avips_pace pace = {0};
    while (fflush(stdout) != 0) {
        if (errno != EINTR) {
            if (output_error == 0) output_error = errno;
            return;
        }
        clearerr(stdout);
        avips_pause(L, &pace);
    }
}

// The text of a value, which is left on the stack. What is no number has no sign, though C prints one.
static const char *text_of(lua_State *L, int index, size_t *length) {
    if (lua_type(L, index) != LUA_TNUMBER || !isnan(lua_tonumber(L, index))) return luaL_tolstring(L, index, length);
    *length = 3;
    return lua_pushliteral(L, "nan");
}

static int to_text(lua_State *L) {
    size_t length;
    luaL_checkany(L, 1);
    text_of(L, 1, &length);
    return 1;
}

static int print(lua_State *L) {
    int count = lua_gettop(L);
    luaL_Stream output = {.f = stdout};
    for (int index = 1; index <= count; index++) {
        size_t length;
        const char *text = text_of(L, index, &length);
        if (index > 1) write_all(L, &output, "\t", 1);
        write_all(L, &output, text, length);
        lua_pop(L, 1);
    }
    write_all(L, &output, "\n", 1);
    flush(L);
    return 0;
}

// Writes the arguments from `first` on; the file, which is on top of the stack, is the result.
static int write_arguments(lua_State *L, luaL_Stream *stream, int first) {
    int last = lua_gettop(L) - 1;
    bool succeeded = true;
    for (int index = first; index <= last; index++) {
        size_t length;
        char number[64];
        const char *text = number;
        if (lua_type(L, index) != LUA_TNUMBER) text = luaL_checklstring(L, index, &length);
        else if (lua_isinteger(L, index)) length = (size_t)snprintf(number, sizeof number, LUA_INTEGER_FMT, (LUAI_UACINT)lua_tointeger(L, index));
        else if (isnan(lua_tonumber(L, index))) length = (size_t)snprintf(number, sizeof number, "nan");
        else length = (size_t)snprintf(number, sizeof number, LUA_NUMBER_FMT, (LUAI_UACNUMBER)lua_tonumber(L, index));
        succeeded = succeeded && write_all(L, stream, text, length);
    }
    return succeeded ? 1 : luaL_fileresult(L, 0, NULL);
}

static int write_to_default(lua_State *L) {
    lua_getfield(L, LUA_REGISTRYINDEX, "_IO_output");
    luaL_Stream *stream = luaL_testudata(L, -1, LUA_FILEHANDLE);
    if (stream == NULL || stream->closef == NULL) return luaL_error(L, "default output file is closed");
    return write_arguments(L, stream, 1);
}

static int write_to_file(lua_State *L) {
    luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
    if (stream->closef == NULL) return luaL_error(L, "attempt to use a closed file");
    lua_pushvalue(L, 1);
    return write_arguments(L, stream, 2);
}

void avips_replace_output(lua_State *L) {
    static const luaL_Reg printing[] = {{"print", print}, {"tostring", to_text}, {NULL, NULL}}, writing[] = {{"write", write_to_default}, {NULL, NULL}};
    avips_replace_functions(L, LUA_GNAME, printing);
    if (luaL_getmetatable(L, LUA_FILEHANDLE) == LUA_TTABLE) {
        avips_replace_functions(L, LUA_IOLIBNAME, writing);
        lua_getfield(L, -1, "__index");
        lua_pushcfunction(L, write_to_file);
        lua_setfield(L, -2, "write");
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}
