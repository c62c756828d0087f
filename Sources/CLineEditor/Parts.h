// What the files of this target share; the only place that includes GNU readline.

#pragma once

#include "include/CLineEditor.h"

#include <stdbool.h>
#include <stdio.h>

#include <readline/readline.h>
#include <readline/history.h>

void bind_keys(void);

// How many blanks the line that is read was begun with.
extern int begun_blanks;

void prepare_painting(void);

// Takes the suggestion off the screen, where there is one.
void erase_suggestion(void);

// Makes the suggestion part of the line; false where there is none.
bool take_suggestion(void);

// Learns the terminal's present size and draws nothing.
void adopt_screen_size(void);

// Draws the line anew after the terminal's size has changed.
void redraw_in_new_size(void);

void prepare_completion(line_editor_completer completer, void *context);
void prepare_history(int limit);
