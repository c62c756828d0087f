// Functions on long texts in UTF-8 that can be interrupted: the library's own do their work piece by piece.
#include "support.h"

enum { piece = 1 << 20 };

// Calls the library's function, which is the upvalue, with the arguments that lie on top of the stack.
static void call_original(lua_State *L, int count, int results) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, -count - 1);
    lua_call(L, count, results);
}

// How many bytes a character has by its first one, which was found valid.
static lua_Integer character_length(unsigned char first) {
    if (first < 0x80) return 1;
    lua_Integer length = 0;
    for (; first & 0x80; first = (unsigned char)(first << 1)) length++;
    return length;
}

// The place behind the character that has the byte before `place`, in a text that is valid there.
static lua_Integer behind_character(const char *text, lua_Integer place, lua_Integer first) {
    lua_Integer start = place - 1;
    while (start > first && ((unsigned char)text[start - 1] & 0xC0) == 0x80) start--;
    return start + character_length((unsigned char)text[start - 1]);
}

static lua_Integer absolute(lua_Integer place, size_t length) {
    if (place >= 0) return place;
    return (size_t)-place > length ? 0 : (lua_Integer)length + place + 1;
}

static int length(lua_State *L) {
    size_t size;
    const char *text = luaL_checklstring(L, 1, &size);
    lua_Integer first = absolute(luaL_optinteger(L, 2, 1), size), last = absolute(luaL_optinteger(L, 3, -1), size);
    if (first < 1 || last > (lua_Integer)size || last - first < piece) return avips_do_replaced(L);
    bool is_lax = lua_toboolean(L, 4);
    avips_pace pace = {0};
    lua_Integer count = 0;
    while (first <= last) {
        lua_Integer end = last - first < piece ? last : first + piece - 1;
        lua_pushvalue(L, 1);
        lua_pushinteger(L, first);
        lua_pushinteger(L, end);
        lua_pushboolean(L, is_lax);
        call_original(L, 4, 2);
        if (lua_isnil(L, -2)) return 2;
        count += lua_tointeger(L, -2);
        lua_pop(L, 2);
        first = behind_character(text, end + 1, first);
        avips_tick(L, &pace, piece / 4);
    }
    lua_pushinteger(L, count);
    return 1;
}

static int offset(lua_State *L) {
    size_t size;
    const char *text = luaL_checklstring(L, 1, &size);
    lua_Integer steps = luaL_checkinteger(L, 2), place = luaL_optinteger(L, 3, steps > 0 ? 1 : (lua_Integer)size + 1);
    if (steps <= piece && steps >= -piece) return avips_do_replaced(L);
    // What the library would refuse is refused here, where the caller's line is known.
    place = absolute(place, size);
    luaL_argcheck(L, place >= 1 && place <= (lua_Integer)size + 1, 3, "position out of bounds");
    if (((unsigned char)text[place - 1] & 0xC0) == 0x80) return luaL_error(L, "initial position is a continuation byte");
    avips_pace pace = {0};
    // Many characters on or back are as many pieces of steps.
    while (steps > piece || steps < -piece) {
        lua_pushvalue(L, 1);
        lua_pushinteger(L, steps > 0 ? piece + 1 : -piece);
        lua_pushinteger(L, place);
        call_original(L, 3, 1);
        if (lua_isnil(L, -1)) return 1;
        place = lua_tointeger(L, -1);
        lua_pop(L, 1);
        steps -= steps > 0 ? piece : -piece;
        avips_tick(L, &pace, piece / 4);
    }
    lua_pushvalue(L, 1);
    lua_pushinteger(L, steps);
    lua_pushinteger(L, place);
    call_original(L, 3, 1);
    return 1;
}

const luaL_Reg avips_unicode_functions[] = {{"len", length}, {"offset", offset}, {NULL, NULL}};
