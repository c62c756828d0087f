// How a pattern is matched, for the functions that use one.
#pragma once

#include "support.h"

enum { capture_limit = 32, depth_limit = 200, position_capture = -2, open_capture = -1 };

typedef struct {
    const char *start;
    ptrdiff_t length;  // or one of the two marks above
} capture;

/// A subject and where matching it has come to.
typedef struct {
    lua_State *L;
    const char *subject, *end, *pattern_end;
    avips_pace pace;
    int depth, count;
    capture captures[capture_limit];
} matching;

/// Matches a pattern at a place of the subject: the end of the match, NULL where there is none. Raises where the pattern is malformed or too complex.
const char *avips_match_at(matching *m, const char *s, const char *p);
