// History: the entries in memory, which the arrows walk through. Files are the caller's.

#include "Parts.h"

#include <string.h>

static void drop(int index) {
    HIST_ENTRY *entry = remove_history(index);
    if (entry) free_history_entry(entry);
}

// Of equal entries only the last is kept in memory, so that the arrows meet each once.
static void forget(const char *line) {
    HIST_ENTRY **entries = history_list();
    for (int index = history_length - 1; entries && index >= 0; index--) {
        if (strcmp(entries[index]->line, line) != 0) continue;
        drop(index);
        return;
    }
}

void line_editor_recall(const char *entry) { add_history(entry); }

bool line_editor_remember(const char *entry) {
    HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
    if (last && strcmp(last->line, entry) == 0) return false;
    forget(entry);
    add_history(entry);
    return true;
}

void prepare_history(int limit) {
    using_history();
    stifle_history(limit);
}
