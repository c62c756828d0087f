// Keys: Tab and the vertical arrows, which know that an entry may have several rows; what takes or drops a suggestion.

#include "Parts.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

// Whether the last vertical arrow fetched an entry; the next one then goes on through the history.
static bool walking_history;

// Tab indents where nothing but blanks stands before the cursor on its row, and completes elsewhere.
static int complete_or_indent(int count, int key) {
    for (int index = rl_point - 1; index >= 0 && rl_line_buffer[index] != '\n'; index--) {
        if (rl_line_buffer[index] == ' ' || rl_line_buffer[index] == '\t') continue;
        erase_suggestion();
        return rl_complete(count, key);
    }
    rl_insert_text("  ");
    return 0;
}

static int row_start(int point) {
    while (point > 0 && rl_line_buffer[point - 1] != '\n') point--;
    return point;
}

static int row_end(int point) {
    while (point < rl_end && rl_line_buffer[point] != '\n') point++;
    return point;
}

static int move_to_row(int start, int column) {
    int end = row_end(start);
    rl_point = start + column < end ? start + column : end;
    while (rl_point > start && (rl_line_buffer[rl_point] & 0xC0) == 0x80) rl_point--;  // to a character's first byte
    walking_history = false;
    return 0;
}

static int previous_row_or_entry(int count, int key);
static int next_row_or_entry(int count, int key);

// The search starts anew from the text before the cursor, unless it is the same walk that goes on.
static int walk_history(rl_command_func_t *search, int count, int key, bool goes_on) {
    if (goes_on) rl_last_func = search;
    walking_history = true;
    return search(count, key);
}

static bool is_walking(void) {
    return walking_history && (rl_last_func == previous_row_or_entry || rl_last_func == next_row_or_entry);
}

static int previous_row_or_entry(int count, int key) {
    int start = row_start(rl_point);
    bool goes_on = is_walking();
    if (start > 0 && !goes_on) return move_to_row(row_start(start - 1), rl_point - start);
    return walk_history(rl_history_search_backward, count, key, goes_on);
}

static int next_row_or_entry(int count, int key) {
    int end = row_end(rl_point);
    bool goes_on = is_walking();
    if (end < rl_end && !goes_on) return move_to_row(end + 1, rl_point - row_start(rl_point));
    return walk_history(rl_history_search_forward, count, key, goes_on);
}

// The end of a paste that never began; readline 8.2 loses its stack over an unbound sequence within a search.
static int ignore_key(int count, int key) {
    (void)count, (void)key;
    return 0;
}

// A row that closes what rows above have opened stands as far in as what opened it: two blanks less than it was begun with.
static void outdent_closing_row(void) {
    static const char *const closers[] = {"end", "else", "elseif", "until"};
    int blanks = (int)strspn(rl_line_buffer, " ");
    if (blanks < 2 || blanks != begun_blanks || strchr(rl_line_buffer, '\n')) return;
    const char *word = rl_line_buffer + blanks;
    size_t length = 0;
    while (isalnum((unsigned char)word[length]) || word[length] == '_') length++;
    bool closes = *word == '}' || *word == ')' || *word == ']';
    for (size_t index = 0; index < sizeof closers / sizeof *closers; index++) {
        closes = closes || (length == strlen(closers[index]) && strncmp(word, closers[index], length) == 0);
    }
    if (!closes) return;
    rl_delete_text(0, 2);
    rl_point = rl_point > 2 ? rl_point - 2 : 0;
    (*rl_redisplay_function)();
}

static int accept_entry(int count, int key) {
    erase_suggestion();
    outdent_closing_row();
    return rl_newline(count, key);
}

static int forward_or_take(int count, int key) { return take_suggestion() ? 0 : rl_forward_char(count, key); }

static int end_or_take(int count, int key) { return take_suggestion() ? 0 : rl_end_of_line(count, key); }

void bind_keys(void) {
    rl_add_defun("accept-entry", accept_entry, '\r');
    rl_bind_key('\n', accept_entry);
    rl_add_defun("forward-char-or-take-suggestion", forward_or_take, 'F' - 64);
    rl_add_defun("end-of-line-or-take-suggestion", end_or_take, 'E' - 64);
    rl_bind_keyseq("\\e[C", forward_or_take);
    rl_bind_keyseq("\\eOC", forward_or_take);
    rl_bind_keyseq("\\e[F", end_or_take);
    rl_bind_keyseq("\\eOF", end_or_take);
    rl_add_defun("complete-or-indent", complete_or_indent, '\t');
    rl_add_defun("previous-row-or-entry", previous_row_or_entry, -1);
    rl_add_defun("next-row-or-entry", next_row_or_entry, -1);
    rl_bind_keyseq("\\e[201~", ignore_key);
    rl_bind_keyseq("\\e[A", previous_row_or_entry);
    rl_bind_keyseq("\\eOA", previous_row_or_entry);
    rl_bind_keyseq("\\e[B", next_row_or_entry);
    rl_bind_keyseq("\\eOB", next_row_or_entry);
}
