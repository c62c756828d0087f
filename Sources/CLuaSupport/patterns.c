// Pattern matching that can be interrupted.
//
// A pattern such as '.-.-.-b' takes time without bound, in C code that no hook reaches. The functions here do what the string
// library's do (Lua 5.4 manual, §6.4.1), and ask every few thousand comparisons whether to stop; what they do counts as instructions.
// Classes are those of ASCII, whatever the locale.
#include "matching.h"

#include <string.h>

static matching begin(lua_State *L, const char *subject, size_t length, const char *pattern, size_t pattern_length) {
    return (matching){.L = L, .subject = subject, .end = subject + length, .pattern_end = pattern + pattern_length};
}

// MARK: Results

// Pushes a capture; without any, the first is the whole match from s to end.
static void push_capture(matching *m, int index, const char *s, const char *end) {
    if (index >= m->count) {
        if (index != 0) luaL_error(m->L, "invalid capture index %%%d", index + 1);
        lua_pushlstring(m->L, s, (size_t)(end - s));
        return;
    }
    const capture *found = &m->captures[index];
    if (found->length == open_capture) luaL_error(m->L, "unfinished capture");
    if (found->length == position_capture) lua_pushinteger(m->L, found->start - m->subject + 1);
    else lua_pushlstring(m->L, found->start, (size_t)found->length);
}

static int push_captures(matching *m, const char *s, const char *end) {
    int count = m->count == 0 && s ? 1 : m->count;
    luaL_checkstack(m->L, count, "too many captures");
    for (int index = 0; index < count; index++) push_capture(m, index, s, end);
    return count;
}

// The place, from 0, that an optional argument counted from 1 or from the end names.
static size_t start_at(lua_State *L, int argument, size_t length) {
    lua_Integer position = luaL_optinteger(L, argument, 1);
    if (position > 0) return (size_t)position - 1;
    if (position == 0 || position < -(lua_Integer)length) return 0;
    return length + (size_t)position;
}

// MARK: find and match

static const char *find_plain(lua_State *L, const char *s, size_t length, const char *part, size_t part_length) {
    enum { window = 1 << 16 };
    if (part_length == 0) return s;
    avips_pace pace = {0};
    while (length >= part_length) {
        size_t candidates = length - part_length + 1;
        size_t searched = candidates < window ? candidates : window;
        const char *found = memchr(s, *part, searched);
        size_t passed = found ? (size_t)(found - s) : searched;
        avips_tick(L, &pace, 1 + passed / 16 + (found ? part_length / 16 : 0));
        if (found && memcmp(found, part, part_length) == 0) return found;
        if (found) passed++;
        s += passed;
        length -= passed;
    }
    return NULL;
}

static bool has_specials(const char *pattern, size_t length) {
    for (size_t index = 0; index < length; index++)
        if (pattern[index] && strchr("^$*+?.([%-", pattern[index])) return true;
    return false;
}

static int search(lua_State *L, bool finds) {
    size_t length, pattern_length;
    const char *s = luaL_checklstring(L, 1, &length), *p = luaL_checklstring(L, 2, &pattern_length);
    size_t start = start_at(L, 3, length);
    if (start > length) {
        luaL_pushfail(L);
        return 1;
    }
    bool is_plain = finds && (lua_toboolean(L, 4) || !has_specials(p, pattern_length));
    if (is_plain) {
        const char *found = find_plain(L, s + start, length - start, p, pattern_length);
        if (found) {
            lua_pushinteger(L, found - s + 1);
            lua_pushinteger(L, found - s + (lua_Integer)pattern_length);
            return 2;
        }
        luaL_pushfail(L);
        return 1;
    }
    bool is_anchored = pattern_length > 0 && *p == '^';
    matching m = begin(L, s, length, p, pattern_length);
    if (is_anchored) p++;
    for (const char *here = s + start; here <= m.end; here++) {
        const char *end = avips_match_at(&m, here, p);
        if (end && finds) {
            lua_pushinteger(L, here - s + 1);
            lua_pushinteger(L, end - s);
            return push_captures(&m, NULL, NULL) + 2;
        }
        if (end) return push_captures(&m, here, end);
        if (is_anchored) break;
    }
    luaL_pushfail(L);
    return 1;
}

static int find(lua_State *L) { return search(L, true); }
static int match_string(lua_State *L) { return search(L, false); }

// MARK: gmatch

// Upvalues: subject, pattern, where the next search begins, where the last match ended (-1 before the first).
static int next_match(lua_State *L) {
    size_t length, pattern_length;
    const char *s = lua_tolstring(L, lua_upvalueindex(1), &length), *p = lua_tolstring(L, lua_upvalueindex(2), &pattern_length);
    lua_Integer start = lua_tointeger(L, lua_upvalueindex(3)), last = lua_tointeger(L, lua_upvalueindex(4));
    matching m = begin(L, s, length, p, pattern_length);
    for (; start <= (lua_Integer)length; start++) {
        const char *end = avips_match_at(&m, s + start, p);
        if (end == NULL || end - s == last) continue;
        lua_pushinteger(L, end - s);
        lua_copy(L, -1, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return push_captures(&m, s + start, end);
    }
    return 0;
}

static int gmatch(lua_State *L) {
    size_t length;
    luaL_checklstring(L, 1, &length);
    luaL_checkstring(L, 2);
    size_t start = start_at(L, 3, length);
    lua_settop(L, 2);
    lua_pushinteger(L, start > length ? (lua_Integer)length + 1 : (lua_Integer)start);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, next_match, 4);
    return 1;
}

// MARK: gsub

static void add_template(matching *m, luaL_Buffer *result, const char *s, const char *end) {
    size_t length;
    const char *text = lua_tolstring(m->L, 3, &length), *text_end = text + length;
    while (text < text_end) {
        const char *sign = memchr(text, '%', (size_t)(text_end - text));
        if (sign == NULL) sign = text_end;
        luaL_addlstring(result, text, (size_t)(sign - text));
        if (sign == text_end) return;
        char key = sign + 1 < text_end ? sign[1] : '\0';
        if (key == '%') {
            luaL_addchar(result, key);
        } else if (key == '0') {
            luaL_addlstring(result, s, (size_t)(end - s));
        } else if (key >= '0' && key <= '9') {
            push_capture(m, key - '1', s, end);
            luaL_addvalue(result);
        } else {
            luaL_error(m->L, "invalid use of '%c' in replacement string", '%');
        }
        text = sign + 2;
    }
}

// Adds what takes the place of a match; whether that is another text.
static bool add_replacement(matching *m, luaL_Buffer *result, const char *s, const char *end, int kind) {
    lua_State *L = m->L;
    if (kind == LUA_TFUNCTION) {
        lua_pushvalue(L, 3);
        lua_call(L, push_captures(m, s, end), 1);
    } else if (kind == LUA_TTABLE) {
        push_capture(m, 0, s, end);
        lua_gettable(L, 3);
    } else {
        add_template(m, result, s, end);
        return true;
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(result, s, (size_t)(end - s));
        return false;
    }
    if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    luaL_addvalue(result);
    return true;
}

static int gsub(lua_State *L) {
    size_t length, pattern_length;
    const char *s = luaL_checklstring(L, 1, &length), *p = luaL_checklstring(L, 2, &pattern_length);
    const char *start = s, *last = NULL;
    int kind = lua_type(L, 3);
    luaL_argexpected(L, kind == LUA_TNUMBER || kind == LUA_TSTRING || kind == LUA_TFUNCTION || kind == LUA_TTABLE, 3, "string/function/table");
    lua_Integer limit = luaL_optinteger(L, 4, (lua_Integer)length + 1), count = 0;
    bool is_anchored = pattern_length > 0 && *p == '^', is_changed = false;
    matching m = begin(L, s, length, p, pattern_length);
    if (is_anchored) p++;
    luaL_Buffer result;
    luaL_buffinit(L, &result);
    while (count < limit) {
        const char *end = avips_match_at(&m, s, p);
        if (end && end != last) {
            count++;
            is_changed = add_replacement(&m, &result, s, end, kind) || is_changed;
            s = last = end;
        } else if (s < m.end) {
            luaL_addchar(&result, *s);
            s++;
        } else {
            break;
        }
        if (is_anchored) break;
    }
    if (is_changed) {
        luaL_addlstring(&result, s, (size_t)(m.end - s));
        luaL_pushresult(&result);
    } else {
        luaL_pushresult(&result);
        lua_pop(L, 1);
        lua_pushlstring(L, start, length);
    }
    lua_pushinteger(L, count);
    return 2;
}

const luaL_Reg avips_pattern_functions[] = {{"find", find}, {"match", match_string}, {"gmatch", gmatch}, {"gsub", gsub}, {NULL, NULL}};
