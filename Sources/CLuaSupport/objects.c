// The objects that Lua holds for Swift, and the memory of a state.
//
// An object is a userdata of a mark and one strong reference. The mark is drawn anew by every process and never shown to Lua, so it
// tells an object from any other block of memory, whatever metatable a script has given it. The reference is let go when Lua
// frees the block, rather than by a finalizer: no metatable can prevent that, and a collection takes one cycle instead of two.
#include "support.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

typedef struct {
    uint64_t mark;
    void *_Nullable reference;
} object_block;

static uint64_t object_mark;

static void draw_mark(void) {
    if (object_mark != 0) return;
    uint64_t mark = 0;
    if (getrandom(&mark, sizeof mark, 0) != sizeof mark) mark = (uint64_t)time(NULL) * 0x9e3779b97f4a7c15u ^ (uintptr_t)&mark;
    object_mark = mark | 1;
}

// Lets go of what a block held. Swift's side of an object never touches Lua, so this may happen in the midst of a collection.
static void release(avips_host *host, object_block *block) {
    void *reference = block->reference;
    if (reference == NULL) return;
    block->reference = NULL;
    host->memory_used -= host->release(reference);
}

// MARK: Memory

static void release_freed(avips_host *host, void *memory, size_t size) {
    object_block *block = (object_block *)((char *)memory + size - sizeof *block);
    if (block->mark != object_mark) return;
    release(host, block);
    // Whatever is made of this memory next must not be taken for an object. Compilers drop plain stores that a free() follows.
    *(volatile uint64_t *)&block->mark = 0;
}

enum { page = 4096, large_block = 16 << 20 };

// Has the pages of a large block there before Lua copies a text into it in one go, which nothing could interrupt: with new pages that takes ten
// times as long. False where running code is to stop meanwhile.
static bool touch_pages(const avips_host *host, volatile char *memory, size_t from, size_t to) {
    for (size_t place = from; place < to; place += page) {
        memory[place] = 0;
        if (place % (1 << 20) < page && avips_interrupt_is_raised(host->interrupt)) return false;
    }
    return true;
}

static void *allocate(void *data, void *memory, size_t old_size, size_t new_size) {
    avips_host *host = data;
    size_t held = memory ? old_size : 0;
    if (new_size == 0) {
        if (memory && old_size == host->object_size) release_freed(host, memory, old_size);
        free(memory);
        host->memory_used -= held;
        return NULL;
    }
    bool is_over = host->memory_limit && host->memory_used - held + new_size > host->memory_limit;
    if (is_over && new_size > held && !host->is_native) return NULL;
    bool is_large = memory == NULL && new_size >= large_block && !host->is_native;
    if (is_large && avips_interrupt_is_raised(host->interrupt)) return NULL;
    void *result = realloc(memory, new_size);
    if (result == NULL) return NULL;
    if (is_large && !touch_pages(host, result, 0, new_size)) {
        free(result);
        return NULL;
    }
    host->memory_used += new_size - held;
    // Without a block, the old size tells what is to be made.
    if (memory == NULL && old_size == LUA_TUSERDATA) {
        host->last_userdata = result;
        host->last_size = new_size;
    }
    return result;
}

lua_State *avips_open(avips_host *host) {
    draw_mark();
    host->is_native = true;
    lua_State *L = lua_newstate(allocate, host);
    if (L == NULL) return NULL;
    *(avips_host **)lua_getextraspace(L) = host;
    avips_install_hook(L);
    avips_attend(L);
    return L;
}

void avips_measure_objects(lua_State *L) {
    avips_host *host = avips_host_of(L);
    object_block *block = lua_newuserdatauv(L, sizeof *block, 0);
    *block = (object_block){0};
    // What a userdata holds lies at the end of its block.
    if ((char *)host->last_userdata + host->last_size != (char *)(block + 1)) luaL_error(L, "this Lua lays out userdata in another way");
    host->object_size = host->last_size;
    lua_pop(L, 1);
}

// MARK: Objects

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
    if (block) release(avips_host_of(L), block);
    return 0;
}
