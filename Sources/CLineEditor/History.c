// History: entries in memory, and a file in readline's format with time stamps, in which an entry of
// several rows stays one item. Sessions append to the file entry by entry, so none loses another's.

#include "Parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void line_editor_load_history(const char *path, int limit) {
    using_history();
    stifle_history(limit);
    if (read_history(path) == 0 && history_length >= limit) history_truncate_file(path, limit);
}

int line_editor_remember(const char *entry, const char *path) {
    HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
    if (last && strcmp(last->line, entry) == 0) return 0;
    add_history(entry);
    if (path == NULL) return 0;
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) return errno;
    close(file);
    return append_history(1, path);
}

void prepare_history(void) {
    history_comment_char = '#';
    history_write_timestamps = 1;
}
