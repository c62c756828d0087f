// The line editor on GNU readline's callback interface.
//
// A reading polls the terminal and a pipe. Signals that concern the terminal write their number into the
// pipe, so that they are served between two characters, in order, with nothing but `write` in a handler:
// Ctrl-C discards the line at once, a resize redraws it as soon as the size is settled, Ctrl-Z and termination
// restore the terminal first.

#include "Parts.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const int watched[] = {SIGINT, SIGWINCH, SIGTSTP, SIGTERM, SIGHUP, SIGUSR1, SIGQUIT};
enum { watched_count = sizeof watched / sizeof *watched };

// For how many milliseconds the size stays the same before the line is redrawn in it: a window that is dragged has many sizes.
enum { settling_time = 30 };

static struct sigaction previous[watched_count];
static int signal_pipe[2] = {-1, -1};
static bool reading;
static bool is_resized;  // and the line is not redrawn yet
static char *accepted_line;
int begun_blanks;

// MARK: Signals

static void note_signal(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t written = write(signal_pipe[1], &byte, 1);
    (void)written;  // a full pipe already wakes the reader
    errno = saved;
}

static void watch_signals(void) {
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (int index = 0; index < watched_count; index++) {
        sigaction(watched[index], &action, &previous[index]);
        bool ignored = previous[index].sa_handler == SIG_IGN && watched[index] != SIGINT;
        if (ignored) sigaction(watched[index], &previous[index], NULL);
    }
}

static void unwatch_signals(void) {
    for (int index = 0; index < watched_count; index++) sigaction(watched[index], &previous[index], NULL);
}

// Lets the previous handler have a signal with the terminal as it was before the reading.
static void pass_on(int number) {
    unwatch_signals();
    rl_deprep_terminal();
    raise(number);
    watch_signals();
    rl_prep_terminal(1);
    rl_forced_update_display();
}

static void discard_line(void) {
    rl_callback_sigcleanup();
    erase_suggestion();
    rl_point = rl_end;
    rl_redisplay();
    fputs("^C\n", rl_outstream);
    fflush(rl_outstream);
    reading = false;
}

static void redraw_if_resized(void) {
    if (!is_resized) return;
    is_resized = false;
    redraw_in_new_size();
}

// What the signals that were noted make of the reading: whether it goes on, and whether the process was asked to end.
static bool serve_signals(bool *ends) {
    unsigned char numbers[64];
    ssize_t count = read(signal_pipe[0], numbers, sizeof numbers);
    for (ssize_t index = 0; index < count; index++) {
        if (numbers[index] == SIGWINCH) {
            is_resized = true;
            continue;
        }
        redraw_if_resized();
        switch (numbers[index]) {
        case SIGINT: discard_line(); return false;
        case SIGTERM:
        case SIGHUP:
        case SIGUSR1:
            pass_on(numbers[index]);
            reading = false;
            *ends = true;
            return false;
        default: pass_on(numbers[index]);
        }
    }
    return true;
}

// MARK: Reading

// Of a locale that is not installed the characters are those of UTF-8, unless its name has another character set.
void line_editor_enter_locale(void) {
    if (setlocale(LC_CTYPE, "")) return;
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *name = NULL;
    for (int index = 0; index < 3 && (!name || !*name); index++) name = getenv(variables[index]);
    const char *set = name ? strchr(name, '.') : NULL;
    if (!set || strncasecmp(set, ".utf8", 5) == 0 || strncasecmp(set, ".utf-8", 6) == 0) setlocale(LC_CTYPE, "C.UTF-8");
}

static void leave_locale(void) { setlocale(LC_CTYPE, "C"); }

void line_editor_start(const char *application, int limit, line_editor_completer completer, void *context) {
    line_editor_enter_locale();
    if (pipe(signal_pipe) == 0) {
        for (int end = 0; end < 2; end++) {
            fcntl(signal_pipe[end], F_SETFL, O_NONBLOCK);
            fcntl(signal_pipe[end], F_SETFD, FD_CLOEXEC);
        }
    }
    rl_readline_name = application;
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    prepare_completion(completer, context);
    // revert-all-at-newline stays off: readline 8.2 frees an undo list twice with it, after a search through the history.
    prepare_history(limit);
    bind_keys();  // the user's inputrc, read next, may bind otherwise
    rl_initialize();
    leave_locale();
}

static void accept_line(char *line) {
    rl_callback_handler_remove();
    accepted_line = line;
    reading = false;
}

line_editor_outcome line_editor_read(const char *prompt, const char *initial, char **line) {
    *line = NULL;
    accepted_line = NULL;
    begun_blanks = (int)strspn(initial, " ");
    reading = true;
    is_resized = false;
    bool interrupted = false, ends = false;
    line_editor_enter_locale();
    watch_signals();
    adopt_screen_size();  // it may have changed since the last reading
    prepare_painting();
    rl_callback_handler_install(prompt, accept_line);
    if (*initial) {
        rl_insert_text(initial);
        (*rl_redisplay_function)();
    }
    struct pollfd sources[2] = {{.fd = fileno(rl_instream), .events = POLLIN}, {.fd = signal_pipe[0], .events = POLLIN}};
    while (reading) {
        if (poll(sources, 2, is_resized ? settling_time : -1) < 0) continue;
        if (sources[1].revents) {
            if (!serve_signals(&ends)) interrupted = !ends;
            continue;
        }
        redraw_if_resized();
        if (sources[0].revents) rl_callback_read_char();
    }
    if (interrupted || ends) rl_callback_handler_remove();
    unwatch_signals();
    leave_locale();
    *line = accepted_line;
    if (interrupted) return line_editor_interrupted;
    return accepted_line ? line_editor_accepted : line_editor_ended;
}

void line_editor_screen_size(int *rows, int *columns) {
    rl_get_screen_size(rows, columns);
}
