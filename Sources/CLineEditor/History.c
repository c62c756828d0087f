// History: entries in memory, and a file in readline's format with time stamps, in which an entry of
// several rows stays one item. Sessions append to the file entry by entry, so none loses another's.

#include "Parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void drop(int index) {
    HIST_ENTRY *entry = remove_history(index);
    if (entry) free_history_entry(entry);
}

// Of equal entries only the last is kept in memory, so that the arrows meet each once. The file keeps its order of events.
static void forget(const char *line) {
    HIST_ENTRY **entries = history_list();
    for (int index = history_length - 1; entries && index >= 0; index--) {
        if (strcmp(entries[index]->line, line) != 0) continue;
        drop(index);
        return;
    }
}

static int order(const void *a, const void *b) {
    HIST_ENTRY *const *entries = history_list();
    int first = *(const int *)a, second = *(const int *)b;
    int lines = strcmp(entries[first]->line, entries[second]->line);
    return lines ? lines : first - second;
}

// Removes from a history just read each entry that occurs again further on.
static void forget_repetitions(void) {
    int count = history_length;
    HIST_ENTRY **entries = history_list();
    int *sorted = entries ? malloc((size_t)count * sizeof *sorted) : NULL;
    char *repeated = entries ? calloc((size_t)count + 1, 1) : NULL;
    if (sorted && repeated) {
        for (int index = 0; index < count; index++) sorted[index] = index;
        qsort(sorted, (size_t)count, sizeof *sorted, order);
        for (int index = 0; index + 1 < count; index++)
            repeated[sorted[index]] = strcmp(entries[sorted[index]]->line, entries[sorted[index + 1]]->line) == 0;
        for (int index = count - 1; index >= 0; index--)
            if (repeated[index]) drop(index);
    }
    free(sorted);
    free(repeated);
}

void line_editor_load_history(const char *path, int limit) {
    using_history();
    stifle_history(limit);
    if (read_history(path) == 0 && history_length >= limit) history_truncate_file(path, limit);
    forget_repetitions();
}

int line_editor_remember(const char *entry, const char *path) {
    HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
    if (last && strcmp(last->line, entry) == 0) return 0;
    forget(entry);
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
