// Lines of standard input where there is no terminal to edit them on.

#include "include/CLineEditor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

line_editor_outcome line_editor_read_plain(char **line) {
    size_t capacity = 0;
    *line = NULL;
    errno = 0;
    ssize_t length = getline(line, &capacity, stdin);
    if (length >= 0) {
        if (length > 0 && (*line)[length - 1] == '\n') (*line)[length - 1] = '\0';
        return line_editor_accepted;
    }
    free(*line);
    *line = NULL;
    if (errno != EINTR) return line_editor_ended;
    clearerr(stdin);
    return line_editor_interrupted;
}
