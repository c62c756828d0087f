// Patterns of Lua (5.4 manual, §6.4.1), matched with a look every few thousand comparisons whether to stop.
#include "matching.h"

#include <string.h>

static const char *match(matching *m, const char *s, const char *p);

// MARK: Single characters

static bool is_between(int c, int first, int last) { return c >= first && c <= last; }
static bool is_digit(int c) { return is_between(c, '0', '9'); }
static bool is_letter(int c) { return is_between(c | 32, 'a', 'z'); }
static bool is_printed(int c) { return is_between(c, 33, 126); }

static bool is_in_class(int c, int name) {
    bool result;
    switch (is_letter(name) ? name | 32 : name) {
    case 'a': result = is_letter(c); break;
    case 'c': result = c < 32 || c == 127; break;
    case 'd': result = is_digit(c); break;
    case 'g': result = is_printed(c); break;
    case 'l': result = is_between(c, 'a', 'z'); break;
    case 'p': result = is_printed(c) && !is_letter(c) && !is_digit(c); break;
    case 's': result = c == ' ' || is_between(c, 9, 13); break;
    case 'u': result = is_between(c, 'A', 'Z'); break;
    case 'w': result = is_letter(c) || is_digit(c); break;
    case 'x': result = is_digit(c) || is_between(c | 32, 'a', 'f'); break;
    case 'z': result = c == 0; break;
    default: return c == name;
    }
    return is_between(name, 'A', 'Z') ? !result : result;
}

// The end of the item at p: a character, an escaped one, or a set.
static const char *item_end(matching *m, const char *p) {
    if (*p == '%') {
        if (p + 1 == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
        return p + 2;
    }
    if (*p++ != '[') return p;
    if (p < m->pattern_end && *p == '^') p++;
    bool is_first = true;  // a bracket that comes first stands for itself
    while (is_first || *p != ']') {
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
        if (*p++ == '%' && p < m->pattern_end) p++;
        is_first = false;
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
    }
    return p + 1;
}

// Whether a set from its '[' at p to its ']' at last has a character.
static bool is_in_set(int c, const char *p, const char *last) {
    bool is_negated = p[1] == '^';
    p += is_negated ? 2 : 1;
    while (p < last) {
        if (*p == '%') {
            if (is_in_class(c, (unsigned char)p[1])) return !is_negated;
            p += 2;
        } else if (p[1] == '-' && p + 2 < last) {
            if (is_between(c, (unsigned char)p[0], (unsigned char)p[2])) return !is_negated;
            p += 3;
        } else {
            if ((unsigned char)*p == c) return !is_negated;
            p++;
        }
    }
    return is_negated;
}

static bool matches_one(matching *m, const char *s, const char *p, const char *after) {
    avips_tick(m->L, &m->pace, 1);
    if (s >= m->end) return false;
    int c = (unsigned char)*s;
    switch (*p) {
    case '.': return true;
    case '%': return is_in_class(c, (unsigned char)p[1]);
    case '[': return is_in_set(c, p, after - 1);
    default: return (unsigned char)*p == c;
    }
}

// MARK: Items with a memory

static const char *match_balanced(matching *m, const char *s, const char *p) {
    if (p + 1 >= m->pattern_end) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    if (s >= m->end || *s != *p) return NULL;
    size_t open = 1;
    while (++s < m->end) {
        avips_tick(m->L, &m->pace, 1);
        if (*s == p[1]) {
            if (--open == 0) return s + 1;
        } else if (*s == *p) {
            open++;
        }
    }
    return NULL;
}

static bool is_frontier(matching *m, const char *s, const char *p, const char *after) {
    int before = s == m->subject ? 0 : (unsigned char)s[-1];
    int here = s == m->end ? 0 : (unsigned char)*s;
    return !is_in_set(before, p, after - 1) && is_in_set(here, p, after - 1);
}

static const char *match_reference(matching *m, const char *s, int digit) {
    int index = digit - '1';
    if (index < 0 || index >= m->count || m->captures[index].length == open_capture)
        luaL_error(m->L, "invalid capture index %%%d", index + 1);
    ptrdiff_t length = m->captures[index].length;
    if (length < 0) return NULL;
    avips_tick(m->L, &m->pace, (size_t)length / 16);
    bool is_equal = m->end - s >= length && memcmp(m->captures[index].start, s, (size_t)length) == 0;
    return is_equal ? s + length : NULL;
}

static const char *match_opening(matching *m, const char *s, const char *p, ptrdiff_t kind) {
    if (m->count >= capture_limit) luaL_error(m->L, "too many captures");
    m->captures[m->count++] = (capture){s, kind};
    const char *end = match(m, s, p);
    if (end == NULL) m->count--;
    return end;
}

static const char *match_closing(matching *m, const char *s, const char *p) {
    int index = m->count - 1;
    while (index >= 0 && m->captures[index].length != open_capture) index--;
    if (index < 0) luaL_error(m->L, "invalid pattern capture");
    m->captures[index].length = s - m->captures[index].start;
    const char *end = match(m, s, p);
    if (end == NULL) m->captures[index].length = open_capture;
    return end;
}

// MARK: Repetitions

static const char *match_most(matching *m, const char *s, const char *p, const char *after) {
    ptrdiff_t count = 0;
    while (matches_one(m, s + count, p, after)) count++;
    for (; count >= 0; count--) {
        const char *end = match(m, s + count, after + 1);
        if (end) return end;
    }
    return NULL;
}

static const char *match_least(matching *m, const char *s, const char *p, const char *after) {
    for (;; s++) {
        const char *end = match(m, s, after + 1);
        if (end) return end;
        if (!matches_one(m, s, p, after)) return NULL;
    }
}

// Where the match of what follows p ends; null where there is none.
static const char *match_rest(matching *m, const char *s, const char *p) {
    while (p != m->pattern_end) {
        if (*p == '(') return p[1] == ')' ? match_opening(m, s, p + 2, position_capture) : match_opening(m, s, p + 1, open_capture);
        if (*p == ')') return match_closing(m, s, p + 1);
        if (*p == '$' && p + 1 == m->pattern_end) return s == m->end ? s : NULL;
        if (*p == '%' && p + 1 < m->pattern_end) {
            if (p[1] == 'b') {
                if ((s = match_balanced(m, s, p + 2)) == NULL) return NULL;
                p += 4;
                continue;
            }
            if (p[1] == 'f') {
                p += 2;
                if (*p != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
                const char *after = item_end(m, p);
                if (!is_frontier(m, s, p, after)) return NULL;
                p = after;
                continue;
            }
            if (is_digit((unsigned char)p[1])) {
                if ((s = match_reference(m, s, (unsigned char)p[1])) == NULL) return NULL;
                p += 2;
                continue;
            }
        }
        const char *after = item_end(m, p);
        switch (after < m->pattern_end ? *after : '\0') {
        case '*': return match_most(m, s, p, after);
        case '+': return matches_one(m, s, p, after) ? match_most(m, s + 1, p, after) : NULL;
        case '-': return match_least(m, s, p, after);
        case '?':
            if (matches_one(m, s, p, after)) {
                const char *end = match(m, s + 1, after + 1);
                if (end) return end;
            }
            p = after + 1;
            break;
        default:
            if (!matches_one(m, s, p, after)) return NULL;
            s++;
            p = after;
        }
    }
    return s;
}

static const char *match(matching *m, const char *s, const char *p) {
    avips_tick(m->L, &m->pace, 1);
    if (m->depth-- == 0) luaL_error(m->L, "pattern too complex");
    const char *end = match_rest(m, s, p);
    m->depth++;
    return end;
}

const char *avips_match_at(matching *m, const char *s, const char *p) {
    m->count = 0;
    m->depth = depth_limit;
    return match(m, s, p);
}
