// What the files of this target share; the only place that includes GNU readline.

#pragma once

#include "include/CLineEditor.h"

#include <stdio.h>

#include <readline/readline.h>
#include <readline/history.h>

void bind_keys(void);
void prepare_completion(line_editor_completer completer, void *context);
void prepare_history(int limit);
