// Editing of one line at a terminal: the whole of what the console knows about line editors.
//
// Behind this header stands GNU readline, and nothing else of the program includes it: another editor
// takes its place by implementing these functions.
// The editor is one per process, and all functions are called on the main thread.

#pragma once

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What one reading of a line came to.
typedef enum {
    line_editor_accepted,     ///< The user pressed Enter; the line may hold newlines when it was pasted or recalled.
    line_editor_interrupted,  ///< Ctrl-C: the line is discarded and the cursor stands on a fresh row.
    line_editor_ended,        ///< Ctrl-D on an empty line, or the terminal is gone.
} line_editor_outcome;

/// The candidates a completer offers for the word before the cursor.
typedef struct line_editor_completions line_editor_completions;

/// Offers candidates for `line[0 ..< cursor]`, in bytes of the locale's encoding; `context` is what the editor was started with.
typedef void (*line_editor_completer)(const char *line, size_t cursor, line_editor_completions *completions, void *context);

/// The styles of bytes of a line that is edited.
typedef enum {
    line_editor_plain,
    line_editor_keyword,
    line_editor_literal,
    line_editor_quoted,
    line_editor_remark,
    line_editor_known,      ///< A name that has a value.
    line_editor_matched,    ///< A bracket beside the cursor, and its partner.
    line_editor_suggested,  ///< What history suggests.
    line_editor_style_count,
} line_editor_style;

/// Gives every byte of a line its style; `styles` holds zeros before.
typedef void (*line_editor_painter)(const char *line, size_t length, size_t cursor, unsigned char *styles, void *context);

/// Has lines coloured from now on: `sequences` are the escape sequences of the styles, which stay the caller's.
void line_editor_paint(line_editor_painter painter, const char *const *sequences, void *context);

/// Takes on the character set of the user's locale: `setlocale` for `LC_CTYPE`, with UTF-8 where the locale is not installed.
void line_editor_enter_locale(void);

/// Prepares the editor. `application` is the name that `$if` tests in the user's inputrc; `limit` is how many entries it remembers.
///
/// The character set of the user's locale is the process's while a line is read, and at no other time: what programs do with
/// text does not depend on where they run.
void line_editor_start(const char *application, int limit, line_editor_completer completer, void *context);

/// Reads one line, which begins as `initial`; after `line_editor_accepted`, `*line` is the caller's to `free`.
///
/// Bytes in `prompt` that take no column stand between \001 and \002. While the call lasts, the signals
/// that concern the terminal are the editor's; their handlers are put back before it returns.
line_editor_outcome line_editor_read(const char *prompt, const char *initial, char **line);

/// Reads a line of standard input as it comes, without its newline: no prompt, no editing, no history.
///
/// A signal whose handler does not restart system calls ends the reading as `line_editor_interrupted`.
line_editor_outcome line_editor_read_plain(char **line);

/// Names the byte at which the word being completed starts.
void line_editor_complete_from(line_editor_completions *completions, size_t start);

/// Adds a candidate that replaces the bytes from the word's start to the cursor.
void line_editor_complete_with(line_editor_completions *completions, const char *candidate);

/// Appends `character` when a single candidate is taken; none by default.
void line_editor_complete_ending(line_editor_completions *completions, char character);

/// Adds an entry of an earlier session to those that the arrows walk through, as the newest.
void line_editor_recall(const char *entry);

/// Adds an entry unless it repeats the last one, in place of an older equal one; whether it did.
bool line_editor_remember(const char *entry);

/// The columns and rows of the terminal as the editor last saw them.
void line_editor_screen_size(int *rows, int *columns);

#ifdef __cplusplus
}
#endif
