// Loses some of the blocks that the program frees: a leak, planted to see that the leak checker finds one.
//
//     cc -shared -fPIC -o losing.so losing.c
//     LD_PRELOAD="losing.so liblsan.so" avips ...
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

// One block in so many is lost.
enum { share = 1000 };

void free(void *block) {
    static void (*give_back)(void *);
    static bool is_looking;
    static _Thread_local int count;
    if (give_back == NULL) {
        // The search itself may free.
        if (is_looking) return;
        is_looking = true;
        give_back = (void (*)(void *))dlsym(RTLD_NEXT, "free");
    }
    if (++count % share != 0) give_back(block);
}
