// Functions on long strings that can be interrupted: what they make, they make in blocks.
#include "support.h"

#include <ctype.h>
#include <stdio.h>
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

// MARK: format

enum { long_text = 1 << 14, many_values = 64, longest_conversion = 64 };

// Whether formatting may take long: few values, none of them a long text, are the library's.
static bool takes_long(lua_State *L) {
    int count = lua_gettop(L);
    if (count > many_values) return true;
    for (int index = 1; index <= count; index++)
        if (lua_type(L, index) == LUA_TSTRING && lua_rawlen(L, index) >= long_text) return true;
    return false;
}

static void add_bytes(lua_State *L, avips_pace *pace, luaL_Buffer *result, const char *bytes, size_t length) {
    copy(L, pace, luaL_prepbuffsize(result, length), bytes, length);
    luaL_addsize(result, length);
}

// A byte as it stands between quotes in Lua code, written to `to`; where it ends.
static char *quote(char *to, const char *byte, const char *end) {
    unsigned char value = (unsigned char)*byte;
    if (value == '"' || value == '\\' || value == '\n') {
        *to++ = '\\';
    } else if (iscntrl(value)) {
        bool is_before_digit = byte + 1 < end && isdigit((unsigned char)byte[1]);
        return to + sprintf(to, is_before_digit ? "\\%03d" : "\\%d", value);
    }
    *to++ = (char)value;
    return to;
}

static void add_quoted(lua_State *L, avips_pace *pace, luaL_Buffer *result, const char *text, size_t length) {
    enum { part = 1 << 12, greatest = 4 };
    luaL_addchar(result, '"');
    for (const char *end = text + length; text < end;) {
        char *start = luaL_prepbuffsize(result, part * greatest + 1), *to = start;
        const char *stop = end - text < part ? end : text + part;
        for (; text < stop; text++) to = quote(to, text, end);
        luaL_addsize(result, (size_t)(to - start));
        avips_tick(L, pace, part / 4);
    }
    luaL_addchar(result, '"');
}

static bool has_literal_form(lua_State *L, int index) { return lua_type(L, index) <= LUA_TSTRING && !lua_islightuserdata(L, index); }

static bool holds_zeros(lua_State *L, int index) {
    return lua_type(L, index) == LUA_TSTRING && memchr(lua_tostring(L, index), '\0', lua_rawlen(L, index)) != NULL;
}

// What the library's function makes of one conversion with the value at `argument`. What it would refuse is refused here, under that number.
static void add_conversion(lua_State *L, luaL_Buffer *result, const char *conversion, size_t length, int argument) {
    char letter = conversion[length - 1];
    if (letter && strchr("cdiouxX", letter)) luaL_checkinteger(L, argument);
    else if (letter && strchr("aAeEfFgG", letter)) luaL_checknumber(L, argument);
    else if (letter == 'q' && length == 2) luaL_argcheck(L, has_literal_form(L, argument), argument, "value has no literal form");
    else if (letter == 's' && length > 2) luaL_argcheck(L, !holds_zeros(L, argument), argument, "string contains zeros");
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushlstring(L, conversion, length);
    lua_pushvalue(L, argument);
    if (letter == 's') {
        // Which may run a script's code, whose errors name their own line.
        lua_call(L, 2, 1);
    } else if (lua_pcall(L, 2, 1, 0) != LUA_OK) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
        lua_error(L);
    }
    luaL_addvalue(result);
}

static int format(lua_State *L) {
    if (!takes_long(L)) return avips_do_replaced(L);
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length), *end = text + length;
    int count = lua_gettop(L), argument = 1;
    avips_pace pace = {0};
    luaL_Buffer result;
    luaL_buffinit(L, &result);
    while (text < end) {
        const char *sign = memchr(text, '%', (size_t)(end - text));
        if (sign == NULL) sign = end;
        add_bytes(L, &pace, &result, text, (size_t)(sign - text));
        text = sign;
        if (text == end) break;
        if (text[1] == '%') {
            luaL_addchar(&result, '%');
            text += 2;
            continue;
        }
        if (++argument > count) return luaL_argerror(L, argument, "no value");
        size_t size = 1 + strspn(text + 1, "-+ #0123456789.");
        if (size > longest_conversion) size = longest_conversion;  // which the library refuses
        if (text + size < end) size++;
        bool is_plain = size == 2, is_string = lua_type(L, argument) == LUA_TSTRING;
        size_t bytes_length = 0;
        const char *bytes = is_string ? lua_tolstring(L, argument, &bytes_length) : NULL;
        if (is_plain && is_string && text[1] == 's') add_bytes(L, &pace, &result, bytes, bytes_length);
        else if (is_plain && is_string && text[1] == 'q') add_quoted(L, &pace, &result, bytes, bytes_length);
        else add_conversion(L, &result, text, size, argument);
        text += size;
        avips_tick(L, &pace, 64);
    }
    luaL_pushresult(&result);
    return 1;
}

const luaL_Reg avips_string_functions[] = {
    {"rep", repeat}, {"lower", lower}, {"upper", upper}, {"reverse", reverse}, {"format", format}, {NULL, NULL},
};
