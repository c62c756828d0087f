// Completion: the completer's candidates in the form that readline lists and inserts.

#include "Parts.h"

#include <stdlib.h>
#include <string.h>

struct line_editor_completions {
    char **candidates;  // from slot 1; slot 0 is for the common prefix
    size_t count;
    size_t capacity;
    size_t start;
    char ending;
};

static line_editor_completer offer_candidates;
static void *completer_context;

// Everything that is not part of a name separates words, so that listings show the last part of a path alone.
static const char word_breaks[] = " \t\n\"'`@$><=;|&{(})[],.:+-*/^%#~?!\\";

static void append_candidate(line_editor_completions *completions, char *candidate) {
    if (candidate == NULL) return;
    if (completions->count + 2 >= completions->capacity) {
        size_t capacity = completions->capacity ? 2 * completions->capacity : 32;
        char **grown = realloc(completions->candidates, capacity * sizeof *grown);
        if (grown == NULL) { free(candidate); return; }
        completions->candidates = grown;
        completions->capacity = capacity;
    }
    completions->candidates[++completions->count] = candidate;
}

void line_editor_complete_from(line_editor_completions *completions, size_t start) {
    completions->start = start;
}

void line_editor_complete_with(line_editor_completions *completions, const char *candidate) {
    append_candidate(completions, strdup(candidate));
}

void line_editor_complete_ending(line_editor_completions *completions, char character) {
    completions->ending = character;
}

// The completer's word and readline's may start at different bytes; candidates are cut or extended to readline's.
static void shift_candidates(line_editor_completions *completions, size_t start) {
    size_t kept = 0;
    for (size_t index = 1; index <= completions->count; index++) {
        char *candidate = completions->candidates[index];
        char *shifted = NULL;
        if (completions->start <= start) {
            size_t cut = start - completions->start;
            if (strlen(candidate) >= cut) shifted = strdup(candidate + cut);
        } else {
            size_t extra = completions->start - start;
            shifted = malloc(extra + strlen(candidate) + 1);
            if (shifted) {
                memcpy(shifted, rl_line_buffer + start, extra);
                strcpy(shifted + extra, candidate);
            }
        }
        free(candidate);
        if (shifted) completions->candidates[++kept] = shifted;
    }
    completions->count = kept;
}

static char *common_prefix(char *const *candidates, size_t count) {
    size_t length = strlen(candidates[1]);
    for (size_t index = 2; index <= count; index++) {
        size_t same = 0;
        while (same < length && candidates[1][same] == candidates[index][same]) same++;
        length = same;
    }
    while (length > 0 && (candidates[1][length] & 0xC0) == 0x80) length--;  // never half a character
    return strndup(candidates[1], length);
}

static char **complete(const char *text, int start, int end) {
    (void)text;
    rl_attempted_completion_over = 1;  // no file names behind the completer's back
    rl_completion_suppress_append = 0;
    line_editor_completions completions = {.start = (size_t)start};
    offer_candidates(rl_line_buffer, (size_t)end, &completions, completer_context);
    if (completions.count > 0 && completions.start != (size_t)start) shift_candidates(&completions, (size_t)start);
    if (completions.count == 0) {
        free(completions.candidates);
        return NULL;
    }
    completions.candidates[0] = common_prefix(completions.candidates, completions.count);
    if (completions.count == 1) {
        free(completions.candidates[1]);
        completions.count = 0;
    }
    completions.candidates[completions.count + 1] = NULL;
    rl_completion_append_character = completions.ending;
    return completions.candidates;
}

void prepare_completion(line_editor_completer completer, void *context) {
    offer_candidates = completer;
    completer_context = context;
    rl_attempted_completion_function = complete;
    rl_sort_completion_matches = 0;  // the completer knows which come first
    rl_basic_word_break_characters = word_breaks;
    rl_completer_word_break_characters = word_breaks;
    rl_completer_quote_characters = NULL;
    rl_variable_bind("show-all-if-ambiguous", "on");
    rl_variable_bind("completion-query-items", "200");
    rl_variable_bind("page-completions", "off");
}
