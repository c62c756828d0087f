// Painting: colours on the line that readline has laid out, what history suggests behind its end, and the drawing after a change of size.
//
// Readline draws the line as ever and keeps track of the cursor; the painting goes over the same cells and puts the cursor back, so
// that nothing of readline's own reckoning changes.

#define _XOPEN_SOURCE 700  // wcwidth

#include "Parts.h"

#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static line_editor_painter paint_bytes;
static void *painter_context;
static const char *const *style_sequences;

// Whether a suggestion stands behind the cursor, which is then at the line's end.
static bool shows_suggestion;

// Lines beyond this are left as readline draws them.
enum { longest_line = 8192 };

void line_editor_paint(line_editor_painter painter, const char *const *sequences, void *context) {
    paint_bytes = painter;
    style_sequences = sequences;
    painter_context = context;
}

// MARK: Places

typedef struct {
    int row, column;
} place;

// The bytes of the character at a place in the line and the columns it takes; false for what is laid out in another way.
static bool measure(const char *text, const char *end, int *bytes, int *columns) {
    unsigned char first = (unsigned char)*text;
    if (first < 0x20 || first == 0x7F) return false;
    if (first < 0x80) {
        *bytes = *columns = 1;
        return true;
    }
    wchar_t character;
    mbstate_t state = {0};
    size_t length = mbrtowc(&character, text, (size_t)(end - text), &state);
    if (length == (size_t)-1 || length == (size_t)-2 || length == 0) return false;
    *bytes = (int)length;
    *columns = wcwidth(character);
    return *columns > 0;  // what combines with its neighbour is left to readline
}

static void advance(place *at, int columns, int width) {
    at->column += columns;
    if (at->column < width) return;
    at->row++;
    at->column = 0;
}

// A character that does not fit in what is left of a row goes to the next one.
static void make_room(place *at, int columns, int width) {
    if (at->column + columns <= width) return;
    at->row++;
    at->column = 0;
}

// Where the last row of the prompt ends: bytes between \001 and \002 take no column.
static place prompt_end(const char *prompt, int width) {
    place at = {0, 0};
    bool is_hidden = false;
    for (const char *last = prompt + strlen(prompt); prompt < last;) {
        int bytes = 1, columns = 0;
        if (*prompt == RL_PROMPT_START_IGNORE) is_hidden = true;
        else if (*prompt == RL_PROMPT_END_IGNORE) is_hidden = false;
        else if (*prompt == '\n') at = (place){0, 0};
        else if (!is_hidden && !measure(prompt, last, &bytes, &columns)) bytes = 1, columns = 1;
        make_room(&at, columns, width);
        advance(&at, columns, width);
        prompt += bytes;
    }
    return at;
}

// Where the cursor and the end of the line are; false for a line that is not to be painted.
static bool lay_out(place start, int width, place *cursor, place *end) {
    place at = start;
    const char *last = rl_line_buffer + rl_end;
    for (const char *text = rl_line_buffer; text < last;) {
        if (text - rl_line_buffer == rl_point) *cursor = at;
        if (*text == '\n') {
            at = (place){at.row + 1, 0};
            text++;
            continue;
        }
        int bytes, columns;
        if (!measure(text, last, &bytes, &columns)) return false;
        make_room(&at, columns, width);
        if (text - rl_line_buffer == rl_point) *cursor = at;
        advance(&at, columns, width);
        text += bytes;
    }
    if (rl_point == rl_end) *cursor = at;
    *end = at;
    return true;
}

// MARK: Suggestions

// The newest entry of one row that begins as the line does; NULL where there is none.
static const char *suggestion(void) {
    if (rl_point != rl_end || rl_end == 0 || memchr(rl_line_buffer, '\n', (size_t)rl_end)) return NULL;
    if (strspn(rl_line_buffer, " ") == (size_t)rl_end) return NULL;
    HIST_ENTRY **entries = history_list();
    for (int index = history_length - 1; entries && index >= 0; index--) {
        const char *entry = entries[index]->line;
        if (strncmp(entry, rl_line_buffer, (size_t)rl_end) != 0 || entry[rl_end] == '\0') continue;
        if (strchr(entry, '\n') == NULL) return entry + rl_end;
    }
    return NULL;
}

// The suggestion, as far as it fits in the row.
static void write_suggestion(const char *text, int room) {
    fputs(style_sequences[line_editor_suggested], rl_outstream);
    const char *end = text + strlen(text);
    while (text < end) {
        int bytes, columns;
        if (!measure(text, end, &bytes, &columns) || columns > room) break;
        fwrite(text, 1, (size_t)bytes, rl_outstream);
        text += bytes;
        room -= columns;
    }
}

void erase_suggestion(void) {
    if (!shows_suggestion) return;
    shows_suggestion = false;
    fputs("\033[K", rl_outstream);
    fflush(rl_outstream);
}

bool take_suggestion(void) {
    const char *text = shows_suggestion ? suggestion() : NULL;
    if (text == NULL) return false;
    char *copy = strdup(text);
    if (copy == NULL) return false;
    erase_suggestion();
    rl_insert_text(copy);
    free(copy);
    return true;
}

// MARK: Painting

// Whether a message, such as that of a search, stands in the place of the prompt.
static bool shows_message(void) { return rl_prompt == NULL || rl_display_prompt == NULL || strcmp(rl_prompt, rl_display_prompt) != 0; }

static bool scrolls_sideways(void) {
    const char *scrolls = rl_variable_value("horizontal-scroll-mode");
    return scrolls && strcmp(scrolls, "on") == 0;
}

static bool is_paintable(int width, int height) {
    if (paint_bytes == NULL || width < 20 || height < 3 || rl_end > longest_line || rl_done) return false;
    if (RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_NUMERICARG)) return false;
    return rl_prompt && !shows_message() && !scrolls_sideways();
}

static void write_painted(const unsigned char *styles, place start, int width) {
    place at = start;
    int row = start.row;
    unsigned char style = line_editor_plain;
    const char *last = rl_line_buffer + rl_end;
    for (const char *text = rl_line_buffer; text < last;) {
        if (*text == '\n') {
            at = (place){at.row + 1, 0};
            text++;
            continue;
        }
        int bytes = 1, columns = 1;
        measure(text, last, &bytes, &columns);
        make_room(&at, columns, width);
        for (; row < at.row; row++) fputs("\r\033[B", rl_outstream);
        if (styles[text - rl_line_buffer] != style) {
            style = styles[text - rl_line_buffer];
            fputs("\033[0m", rl_outstream);
            fputs(style_sequences[style], rl_outstream);
        }
        fwrite(text, 1, (size_t)bytes, rl_outstream);
        advance(&at, columns, width);
        text += bytes;
    }
    if (style != line_editor_plain) fputs("\033[0m", rl_outstream);
    for (; row < at.row; row++) fputs("\r\033[B", rl_outstream);
}

static void paint(void) {
    int width, height;
    rl_get_screen_size(&height, &width);
    if (!is_paintable(width, height)) return erase_suggestion();
    place start = prompt_end(rl_prompt, width), cursor = start, end = start;
    if (start.row > 0 || !lay_out(start, width, &cursor, &end) || end.row >= height - 1) return erase_suggestion();

    unsigned char styles[longest_line] = {0};
    paint_bytes(rl_line_buffer, (size_t)rl_end, (size_t)rl_point, styles, painter_context);
    const char *suggested = suggestion();
    fputs("\0337", rl_outstream);
    if (cursor.row > start.row) fprintf(rl_outstream, "\033[%dA", cursor.row - start.row);
    fprintf(rl_outstream, "\r\033[%dC", start.column);
    write_painted(styles, start, width);
    if (suggested) write_suggestion(suggested, width - end.column - 1);
    if (suggested || shows_suggestion) fputs("\033[0m\033[K", rl_outstream);
    shows_suggestion = suggested != NULL;
    fputs("\0338", rl_outstream);
    fflush(rl_outstream);
}

// Whether a message stood in the place of the prompt when the line was drawn last.
static bool had_message;

// All is drawn anew between a prompt with colours and a message, where readline 8.2 mistakes the columns of an entry of several rows, and from
// one message to the next: there readline shifts cells of a row, after which terminals that wrap anew take it for a full one.
static void redisplay(void) {
    static bool is_anew;
    bool draws_anew = !is_anew && (had_message || shows_message());
    had_message = shows_message();
    if (draws_anew) {
        rl_clear_visible_line();
        is_anew = true;
        rl_forced_update_display();
        is_anew = false;
        return;
    }
    rl_redisplay();
    paint();
}

void prepare_painting(void) {
    shows_suggestion = had_message = false;
    rl_redisplay_function = redisplay;
}

// MARK: Size

static void draw_nothing(void) {}

void adopt_screen_size(void) {
    rl_voidfunc_t *draw = rl_redisplay_function;
    rl_redisplay_function = draw_nothing;
    rl_resize_terminal();
    rl_redisplay_function = draw;
}

// A place in what was laid out in one width, and where a terminal that wraps anew shows it in another.
//
// Such a terminal joins the rows that were wrapped, with the blanks that readline wrote at their ends. A row that is filled exactly
// keeps the cursor behind its last cell until there is a next cell.
typedef struct {
    place before, after;
    int width_before, width_after;
} wrapping;

static void wrap_cells(wrapping *at, int columns) {
    make_room(&at->after, columns, at->width_after);
    at->after.column += columns;
}

// Goes to where a character stands that takes some columns: a wide one may leave blanks at the end of the row above.
static void wrap_up_to(wrapping *at, int columns) {
    int rest = at->width_before - at->before.column;
    for (int blanks = columns > rest ? rest : 0; blanks > 0; blanks--) wrap_cells(at, 1);
    make_room(&at->before, columns, at->width_before);
    make_room(&at->after, columns, at->width_after);
}

static void wrap_character(wrapping *at, int columns) {
    wrap_up_to(at, columns);
    wrap_cells(at, columns);
    advance(&at->before, columns, at->width_before);
}

// Whether readline, of a row that is filled exactly, wrote a blank in the next.
static bool is_wrapped_blank(const wrapping *at) { return at->before.row > 0 && at->before.column == 0; }

static void wrap_newline(wrapping *at) {
    if (is_wrapped_blank(at)) wrap_cells(at, 1);
    at->before = (place){0, 0};
    at->after = (place){at->after.row + 1, 0};
}

static void wrap_prompt(wrapping *at, const char *prompt) {
    bool is_hidden = false;
    for (const char *last = prompt + strlen(prompt); prompt < last;) {
        int bytes = 1, columns = 1;
        if (*prompt == RL_PROMPT_START_IGNORE) is_hidden = true;
        else if (*prompt == RL_PROMPT_END_IGNORE) is_hidden = false;
        else if (*prompt == '\n') *at = (wrapping){.width_before = at->width_before, .width_after = at->width_after};
        else if (!is_hidden) {
            if (!measure(prompt, last, &bytes, &columns)) bytes = columns = 1;
            wrap_character(at, columns);
        }
        prompt += bytes;
    }
}

// The rows from the prompt to the cursor in a width, of a line that was drawn in another; -1 where that cannot be told.
static int rows_above_cursor(int width_before, int width_after) {
    if (scrolls_sideways()) return 0;
    wrapping at = {.width_before = width_before, .width_after = width_after};
    wrap_prompt(&at, rl_display_prompt);
    const char *cursor = rl_line_buffer + rl_point, *last = rl_line_buffer + rl_end;
    for (const char *text = rl_line_buffer; text < cursor;) {
        int bytes = 1, columns = 1;
        if (*text == '\n') wrap_newline(&at);
        else if (measure(text, last, &bytes, &columns)) wrap_character(&at, columns);
        else return -1;
        text += bytes;
    }
    int bytes, columns;
    if (cursor < last && *cursor != '\n' && measure(cursor, last, &bytes, &columns)) wrap_up_to(&at, columns);
    else if (is_wrapped_blank(&at) || shows_suggestion) wrap_up_to(&at, 1);
    return at.after.row;
}

// From its beginning the line is erased, and all below it: not at once, as some terminals take it for the whole screen where it begins in its
// corner, and keep what is erased above.
void redraw_in_new_size(void) {
    int width_before, width, height;
    rl_get_screen_size(&height, &width_before);
    adopt_screen_size();
    rl_get_screen_size(&height, &width);
    bool is_known = rl_get_termcap("up") && width_before > 0 && width > 0;
    int above = is_known ? rows_above_cursor(width_before, width) : -1;
    if (above > 0) fprintf(rl_outstream, "\033[%dA", above);
    fputs(above < 0 ? "\r\n" : "\r\033[K\033[C\033[J\r", rl_outstream);
    shows_suggestion = false;
    char *prompt = shows_message() ? NULL : strdup(rl_prompt);
    if (prompt) rl_set_prompt(prompt);  // a prompt that is wider than the screen is wrapped anew
    free(prompt);
    rl_forced_update_display();
}
