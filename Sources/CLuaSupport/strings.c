// Functions on long strings that can be interrupted: what they make, they make in blocks.
#include "support.h"

#include <string.h>

enum { block = 1 << 20 };

// Copies in blocks.
static void copy(lua_State *L, avips_pace *pace, char *to, const char *from, size_t length) {
    for (size_t done = 0; done < length; done += block) {
        size_t part = length - done < block ? length - done : block;
        memcpy(to + done, from + done, part);
        avips_tick(L, pace, part / 16);
    }
}

static int repeat(lua_State *L) {
    size_t length, separator_length;
    const char *s = luaL_checklstring(L, 1, &length);
    lua_Integer count = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &separator_length);
    if (count <= 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    size_t unit = length + separator_length, greatest = (size_t)LUA_MAXINTEGER / (size_t)count;
    if (unit < length || unit >= greatest) return luaL_error(L, "resulting string too large");
    size_t total = unit * (size_t)count - separator_length;
    avips_pace pace = {0};
    luaL_Buffer result;
    char *bytes = luaL_buffinitsize(L, &result, total);
    copy(L, &pace, bytes, s, length);
    if (count > 1) copy(L, &pace, bytes + length, separator, separator_length);
    // What is there is doubled until all is there.
    for (size_t done = unit; done < total;) {
        size_t part = total - done < done ? total - done : done;
        copy(L, &pace, bytes + done, bytes, part);
        done += part;
    }
    luaL_pushresultsize(&result, total);
    return 1;
}

typedef char (*letter_change)(char);

static char to_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static char to_upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 32) : c; }

static int change_letters(lua_State *L, letter_change change) {
    size_t length;
    const char *s = luaL_checklstring(L, 1, &length);
    avips_pace pace = {0};
    luaL_Buffer result;
    char *bytes = luaL_buffinitsize(L, &result, length);
    for (size_t index = 0; index < length; index++) {
        bytes[index] = change(s[index]);
        if (index % 1024 == 0) avips_tick(L, &pace, 256);
    }
    luaL_pushresultsize(&result, length);
    return 1;
}

static int lower(lua_State *L) { return change_letters(L, to_lower); }
static int upper(lua_State *L) { return change_letters(L, to_upper); }

static int reverse(lua_State *L) {
    size_t length;
    const char *s = luaL_checklstring(L, 1, &length);
    avips_pace pace = {0};
    luaL_Buffer result;
    char *bytes = luaL_buffinitsize(L, &result, length);
    for (size_t index = 0; index < length; index++) {
        bytes[index] = s[length - 1 - index];
        if (index % 1024 == 0) avips_tick(L, &pace, 256);
    }
    luaL_pushresultsize(&result, length);
    return 1;
}

const luaL_Reg avips_string_functions[] = {{"rep", repeat}, {"lower", lower}, {"upper", upper}, {"reverse", reverse}, {NULL, NULL}};
