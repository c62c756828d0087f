// Functions on long lists that can be interrupted.
//
// They serve tables without a metatable, whose elements C code would go through with no hook; for others, and for short ones, the
// library's own function does its work: metamethods in Lua have hooks.
#include "support.h"

enum { short_length = 4096 };

static bool is_plain(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TTABLE) return false;
    if (!lua_getmetatable(L, index)) return true;
    lua_pop(L, 1);
    return false;
}

static bool is_long_and_plain(lua_State *L, int index) { return is_plain(L, index) && lua_rawlen(L, index) > short_length; }

// MARK: concat

static int concat(lua_State *L) {
    // A short list may be one of long texts.
    if (!is_plain(L, 1)) return avips_do_replaced(L);
    size_t separator_length;
    const char *separator = luaL_optlstring(L, 2, "", &separator_length);
    lua_Integer first = luaL_optinteger(L, 3, 1), last = luaL_optinteger(L, 4, (lua_Integer)lua_rawlen(L, 1));
    avips_pace pace = {0};
    luaL_Buffer result;
    luaL_buffinit(L, &result);
    for (lua_Integer index = first; index <= last; index++) {
        lua_rawgeti(L, 1, index);
        if (!lua_isstring(L, -1))
            return luaL_error(L, "invalid value (at index %I) in table for 'concat'", (LUAI_UACINT)index);
        avips_tick(L, &pace, 4 + lua_rawlen(L, -1) / 16);
        luaL_addvalue(&result);
        if (index == last) break;
        luaL_addlstring(&result, separator, separator_length);
    }
    luaL_pushresult(&result);
    return 1;
}

// MARK: move, insert and remove

static void shift(lua_State *L, int from, lua_Integer first, lua_Integer last, int to, lua_Integer place) {
    avips_pace pace = {0};
    bool is_forward = place <= first || place > last || from != to;
    lua_Integer count = last - first + 1;
    for (lua_Integer index = 0; index < count; index++) {
        lua_Integer offset = is_forward ? index : count - 1 - index;
        lua_rawgeti(L, from, first + offset);
        lua_rawseti(L, to, place + offset);
        avips_tick(L, &pace, 4);
    }
}

static int move(lua_State *L) {
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    if (!is_plain(L, 1) || !is_plain(L, target)) return avips_do_replaced(L);
    lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3), place = luaL_checkinteger(L, 4);
    if (last >= first) {
        luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3, "too many elements to move");
        luaL_argcheck(L, place <= LUA_MAXINTEGER - (last - first + 1) + 1, 4, "destination wrap around");
        bool is_same = target == 1 || lua_rawequal(L, 1, target);
        shift(L, 1, first, last, is_same ? 1 : target, place);
    }
    lua_pushvalue(L, target);
    return 1;
}

static int insert(lua_State *L) {
    if (lua_gettop(L) != 3 || !is_long_and_plain(L, 1)) return avips_do_replaced(L);
    lua_Integer length = (lua_Integer)lua_rawlen(L, 1), place = luaL_checkinteger(L, 2);
    luaL_argcheck(L, place >= 1 && place <= length + 1, 2, "position out of bounds");
    shift(L, 1, place, length, 1, place + 1);
    lua_rawseti(L, 1, place);
    return 0;
}

static int take_out(lua_State *L) {
    if (lua_gettop(L) != 2 || !is_long_and_plain(L, 1)) return avips_do_replaced(L);
    lua_Integer length = (lua_Integer)lua_rawlen(L, 1), place = luaL_checkinteger(L, 2);
    luaL_argcheck(L, place >= 1 && place <= length + 1, 2, "position out of bounds");
    lua_rawgeti(L, 1, place);
    if (place <= length) {
        shift(L, 1, place + 1, length, 1, place);
        lua_pushnil(L);
        lua_rawseti(L, 1, length);
    }
    return 1;
}

// MARK: sort

// Whether the element at one place comes before that at another.
static bool is_before(lua_State *L, lua_Integer a, lua_Integer b) {
    lua_rawgeti(L, 1, a);
    lua_rawgeti(L, 1, b);
    bool result = lua_compare(L, -2, -1, LUA_OPLT);
    lua_pop(L, 2);
    return result;
}

static void swap(lua_State *L, lua_Integer a, lua_Integer b) {
    lua_rawgeti(L, 1, a);
    lua_rawgeti(L, 1, b);
    lua_rawseti(L, 1, a);
    lua_rawseti(L, 1, b);
}

// Lets the element at a place of a heap that begins at `first` sink to where it belongs.
static void sink(lua_State *L, avips_pace *pace, lua_Integer first, lua_Integer place, lua_Integer count) {
    for (lua_Integer child; (child = 2 * place + 1) < count; place = child) {
        avips_tick(L, pace, 16);
        if (child + 1 < count && is_before(L, first + child, first + child + 1)) child++;
        if (!is_before(L, first + place, first + child)) return;
        swap(L, first + place, first + child);
    }
}

static void sort_by_heap(lua_State *L, avips_pace *pace, lua_Integer first, lua_Integer last) {
    lua_Integer count = last - first + 1;
    for (lua_Integer place = count / 2; place-- > 0;) sink(L, pace, first, place, count);
    for (lua_Integer end = count - 1; end > 0; end--) {
        swap(L, first, first + end);
        sink(L, pace, first, 0, end);
    }
}

static void sort_by_insertion(lua_State *L, avips_pace *pace, lua_Integer first, lua_Integer last) {
    for (lua_Integer index = first + 1; index <= last; index++) {
        lua_rawgeti(L, 1, index);
        lua_Integer place = index;
        for (; place > first; place--) {
            avips_tick(L, pace, 8);
            lua_rawgeti(L, 1, place - 1);
            if (!lua_compare(L, -2, -1, LUA_OPLT)) {
                lua_pop(L, 1);
                break;
            }
            lua_rawseti(L, 1, place);
        }
        lua_rawseti(L, 1, place);
    }
}

// Moves what is before the median of three to the left of it; returns where the right part begins. The pivot lies on the stack.
static lua_Integer divide(lua_State *L, avips_pace *pace, lua_Integer first, lua_Integer last) {
    lua_Integer middle = first + (last - first) / 2;
    if (is_before(L, middle, first)) swap(L, middle, first);
    if (is_before(L, last, middle)) {
        swap(L, last, middle);
        if (is_before(L, middle, first)) swap(L, middle, first);
    }
    lua_rawgeti(L, 1, middle);
    lua_Integer left = first, right = last;
    while (left <= right) {
        for (; left <= last; left++) {
            avips_tick(L, pace, 8);
            lua_rawgeti(L, 1, left);
            bool stays = lua_compare(L, -1, -2, LUA_OPLT);
            lua_pop(L, 1);
            if (!stays) break;
        }
        for (; right >= first; right--) {
            avips_tick(L, pace, 8);
            lua_rawgeti(L, 1, right);
            bool stays = lua_compare(L, -2, -1, LUA_OPLT);
            lua_pop(L, 1);
            if (!stays) break;
        }
        if (left > right) break;
        swap(L, left++, right--);
    }
    lua_pop(L, 1);
    return left;
}

// Quicksort, the heap's turn where that goes badly: never more than n log n comparisons.
static void sort_part(lua_State *L, avips_pace *pace, lua_Integer first, lua_Integer last, int depth) {
    while (last - first > 8) {
        if (depth-- == 0) {
            sort_by_heap(L, pace, first, last);
            return;
        }
        lua_Integer start = divide(L, pace, first, last);
        lua_Integer left = start - first, right = last - start + 1;
        if (left < right) {
            sort_part(L, pace, first, start - 1, depth);
            first = start;
        } else {
            sort_part(L, pace, start, last, depth);
            last = start - 1;
        }
    }
    sort_by_insertion(L, pace, first, last);
}

// A comparison in Lua has hooks.
static int sort(lua_State *L) {
    if (!lua_isnoneornil(L, 2) || !is_long_and_plain(L, 1)) return avips_do_replaced(L);
    lua_settop(L, 1);
    luaL_checkstack(L, 8, "");
    lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
    int depth = 4;
    for (lua_Integer rest = count; rest > 0; rest >>= 1) depth += 2;
    avips_pace pace = {0};
    sort_part(L, &pace, 1, count, depth);
    return 0;
}

const luaL_Reg avips_table_functions[] = {
    {"concat", concat}, {"move", move}, {"insert", insert}, {"remove", take_out}, {"sort", sort}, {NULL, NULL},
};
