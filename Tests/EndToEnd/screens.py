"""Terminals as tests have them: what stands where, in which colour, after what a program has written."""

import re
import unicodedata


class Screen:
    """A small terminal: text with its colour by cell, the cursor, wrapping, and the sequences that line editors use."""

    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.cells = [[(" ", "")] * columns for _ in range(rows)]
        self.row = self.column = 0
        self.style, self.pending, self.saved = "", False, (0, 0, False)
        self.unfinished = ""

    def feed(self, text):
        """Shows what was read; a sequence whose end was not read yet waits for the next text."""
        text = self.unfinished + text
        self.unfinished = re.search(r"(?:\x1b(?:\[[?0-9;]*|\][^\x1b\x07]*\x1b?)?)?\Z", text).group()
        text = text[:len(text) - len(self.unfinished)]
        for match in re.finditer(r"\x1b\[([?0-9;]*)([@-~])|\x1b([78=>])|\x1b\][^\x1b\x07]*(?:\x1b\\|\x07)|(.)", text, re.DOTALL):
            values, final, plain, character = match.groups()
            if final:
                self.control(values, final)
            elif plain == "7":
                self.saved = self.row, self.column, self.pending
            elif plain == "8":
                self.row, self.column, self.pending = self.saved
            elif character:
                self.put(character)

    def put(self, character):
        if character == "\r":
            self.column, self.pending = 0, False
        elif character == "\n":
            self.down()
        elif character == "\b":
            self.column, self.pending = max(0, self.column - 1), False
        elif character >= " ":
            if self.pending:
                self.wrap()
            width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
            if self.column + width > self.columns:
                self.wrap()
            line = self.cells[self.row]
            if line[self.column][0] == "" and self.column > 0:  # the right half of a wide character goes with its left half
                line[self.column - 1] = (" ", "")
            if self.column + width < self.columns and line[self.column + width][0] == "":
                line[self.column + width] = (" ", "")
            line[self.column:self.column + width] = [(character, self.style), ("", self.style)][:width]
            if self.column + width < self.columns:
                self.column += width
            else:
                self.column, self.pending = self.columns - 1, True

    def wrap(self):
        self.column, self.pending = 0, False
        self.down()

    def down(self):
        if self.row + 1 < self.rows:
            self.row += 1
        else:
            self.cells = self.cells[1:] + [[(" ", "")] * self.columns]
            self.saved = max(0, self.saved[0] - 1), *self.saved[1:]

    def control(self, values, final):
        number = int(values) if values.isdigit() and int(values) > 0 else 1
        blank = (" ", "")
        if final == "m":
            self.style = "" if values in ("", "0") else values
            return
        self.pending = False
        line = self.cells[self.row]
        if final == "A":
            self.row = max(0, self.row - number)
        elif final == "B":
            self.row = min(self.rows - 1, self.row + number)
        elif final == "C":
            self.column = min(self.columns - 1, self.column + number)
        elif final == "D":
            self.column = max(0, self.column - number)
        elif final == "H":
            self.row = self.column = 0
        elif final == "K":
            line[self.column:] = [blank] * (self.columns - self.column)
        elif final == "J":
            line[self.column:] = [blank] * (self.columns - self.column)
            for below in range(self.row + 1, self.rows):
                self.cells[below] = [blank] * self.columns
        elif final == "P":
            self.cells[self.row] = line[:self.column] + line[self.column + number:] + [blank] * min(number, self.columns - self.column)
        elif final == "@":
            self.cells[self.row] = (line[:self.column] + [blank] * number + line[self.column:])[:self.columns]

    def resize(self, columns):
        """Cuts or fills up the rows, as terminals do that wrap nothing anew."""
        self.cells = [(line + [(" ", "")] * columns)[:columns] for line in self.cells]
        self.columns, self.column, self.pending = columns, min(self.column, columns - 1), False

    def text(self, without=()):
        return "\n".join("".join(" " if style in without else character for character, style in line).rstrip() for line in self.cells).rstrip()

    def style_of(self, word):
        """The style of the last place where a word stands."""
        for line in reversed(self.cells):
            column = "".join(character for character, _ in line).rfind(word)
            if column >= 0:
                styles = {style for _, style in line[column:column + len(word)]}
                return styles.pop() if len(styles) == 1 else styles
        return None


class WrappingScreen(Screen):
    """A terminal that wraps its rows anew, as tmux does: with rows above the screen, and cells that count once something stood or moved there."""

    UNUSED = (" ", None)

    def __init__(self, rows, columns):
        super().__init__(rows, columns)
        self.cells = [[self.UNUSED] * columns for _ in range(rows)]
        self.goes_on = [False] * rows  # whether a row is wrapped into the next
        self.above = []  # rows with whether they are wrapped into the next

    def wrap(self):
        self.goes_on[self.row] = True
        super().wrap()

    def down(self):
        if self.row + 1 == self.rows:
            self.above.append((self.cells[0], self.goes_on[0]))
            self.goes_on = self.goes_on[1:] + [False]
        super().down()
        self.cells[-1] = [self.UNUSED if cell == (" ", "") else cell for cell in self.cells[-1]]

    def control(self, values, final):
        if final == "J" and (self.row, self.column) == (0, 0):
            # What is erased whole is kept above.
            last = max((row for row in range(self.rows) if self.used(self.cells[row])), default=-1)
            self.above += zip(self.cells[:last + 1], self.goes_on[:last + 1])
            self.cells = [[self.UNUSED] * self.columns for _ in range(self.rows)]
            self.goes_on = [False] * self.rows
        super().control(values, final)
        if final in "JK":
            first = self.row if self.column == 0 else self.row + 1
            self.cells[self.row][self.column:] = [self.UNUSED] * (self.columns - self.column)
            for row in range(first, self.rows if final == "J" else self.row + 1):
                self.cells[row] = [self.UNUSED] * self.columns
                self.goes_on[row] = False
                if row > 0:
                    self.goes_on[row - 1] = False
        elif final in "@P":
            self.cells[self.row] = [(character, style or "") for character, style in self.cells[self.row]]

    def used(self, line):
        return max((column + 1 for column, cell in enumerate(line) if cell != self.UNUSED), default=0)

    def resize(self, columns):
        rows = [*self.above, *zip(self.cells, self.goes_on)]
        cursor, offset, wrapped, line = len(self.above) + self.row, None, [], []
        for number, (cells, goes_on) in enumerate(rows):
            if number == cursor:
                offset = len(line) + self.column + self.pending
            line += cells[:self.used(cells)]
            if goes_on:
                continue
            starts = [0]
            for index, cell in enumerate(line):
                is_wide = index + 1 < len(line) and line[index + 1][0] == ""
                if cell[0] != "" and index + 1 + is_wide - starts[-1] > columns:
                    starts.append(index)
            if offset is not None:
                start = max(start for start in starts if start <= offset)
                row, column, offset = len(wrapped) + starts.index(start), offset - start, None
            ends = starts[1:] + [len(line)]
            wrapped += [((line[start:end] + [self.UNUSED] * columns)[:columns], end != len(line)) for start, end in zip(starts, ends)]
            line = []
        wrapped += [([self.UNUSED] * columns, False)] * (self.rows - len(wrapped))
        self.above, shown = wrapped[:-self.rows], wrapped[-self.rows:]
        self.cells, self.goes_on = [list(cells) for cells, _ in shown], [goes_on for _, goes_on in shown]
        self.row = row - len(self.above)
        self.columns, self.column, self.pending = columns, min(column, columns - 1), column >= columns
