"""Colours while typing: the screen shows the same as without them, and what is coloured is what it seems to be."""

import random
import re
import time
import unicodedata
import unittest
from pathlib import Path

from support import ProgramTest


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


class ScreenTests(unittest.TestCase):
    def test_what_is_read_in_pieces_is_shown_as_the_whole(self):
        text = "avips> \x1b[Cü\x1b[31mlo\x1b[0m\x1b]0;title\x07\x1b]0;title\x1b\\x\x1b7\x1b8漢\r\n\x1b[2Kfoo\x1b=\x1b[?2004h"
        whole = Screen(5, 40)
        whole.feed(text)
        for cut in range(len(text)):
            screen = Screen(5, 40)
            screen.feed(text[:cut])
            screen.feed(text[cut:])
            self.assertEqual((screen.cells, screen.row, screen.column), (whole.cells, whole.row, whole.column), repr(text[:cut]))


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


class PaintingTests(ProgramTest):
    SUGGESTED = "2"

    def terminal(self, *arguments, **keywords):
        session = self.session(*(arguments or ("-q",)), **{"env": {"NO_COLOR": None}, "prompt": "avips> ", **keywords})
        screen = Screen(24, 100)
        screen.feed("avips> ")
        return session, screen

    def settle(self, session, screen, keys):
        """Sends keys and feeds the screen what comes back until nothing more does."""
        session.send(keys)
        self.drain(session, screen)

    def drain(self, session, screen, quiet=0.15):
        """Feeds the screen until nothing comes for a while and the program waits: on a busy machine it may not have had its turn."""
        last = time.monotonic()
        while time.monotonic() - last < quiet:
            try:
                screen.feed(session.child.read_nonblocking(65536, timeout=0.05))
                last = time.monotonic()
            except Exception:
                if self.is_ready(session):
                    last = time.monotonic()
                continue

    def is_ready(self, session):
        """Whether the program has something to do, as the kernel tells."""
        try:
            return Path("/proc", str(session.child.pid), "stat").read_text().rpartition(")")[2].split()[0] == "R"
        except OSError:
            return False

    def test_words_have_their_colours(self):
        session, screen = self.terminal()
        self.settle(session, screen, 'local answer = 42 -- seen')
        for word, style in [("local", "35"), ("42", "36"), ("answer", ""), ("-- seen", "2")]:
            self.assertEqual(screen.style_of(word), style, word)
        self.settle(session, screen, '\x15print("text", true, nowhere)')
        for word, style in [("print", "34"), ('"text"', "32"), ("true", "36"), ("nowhere", "")]:
            self.assertEqual(screen.style_of(word), style, word)
        self.assertEqual(screen.style_of(")"), "1;4")
        self.assertEqual(screen.style_of("("), "1;4")

    def test_history_is_suggested_and_taken(self):
        session, screen = self.terminal()
        self.settle(session, screen, "first_value = 123456\r")
        self.settle(session, screen, "first")
        self.assertEqual(screen.style_of("_value = 123456"), self.SUGGESTED)
        self.settle(session, screen, "\x1b[C")
        self.assertEqual(screen.style_of("123456"), "36")
        self.settle(session, screen, "7\r")
        self.assertEqual(session_value(self, session, screen, "first_value"), "1234567")

    def test_suggestions_do_not_stay_behind(self):
        session, screen = self.terminal()
        self.settle(session, screen, "first_value = 123456\r")
        self.settle(session, screen, "first\r")
        self.assertEqual(screen.text().split("\n")[1], "avips> first")
        self.settle(session, screen, "firs")
        self.settle(session, screen, "\x03")
        self.assertIn("avips> firs^C", screen.text())

    def test_a_resize_draws_the_line_in_its_place(self):
        for change in ({"NO_COLOR": None}, {"NO_COLOR": "1"}):
            for line in ("", 'print("hello world")'):
                session, screen = self.terminal(env=change)
                self.settle(session, screen, "1 + 1\r")
                self.settle(session, screen, line)
                for columns in (70, 60, 90):
                    screen.resize(columns)
                    session.child.setwinsize(24, columns)
                    self.drain(session, screen)
                    self.assertEqual(screen.text(), ("avips> 1 + 1\n2\navips> " + line).rstrip(), columns)
                    self.assertEqual((screen.row, screen.column), (2, len("avips> " + line)))

    def test_a_resize_leaves_an_entry_of_several_rows_in_its_place(self):
        session, screen = self.terminal()
        self.settle(session, screen, "\x1b[200~for i = 1, 2 do\r  print(i)\rend\x1b[201~")
        shown = screen.text()
        self.settle(session, screen, "\x1b[A")
        for columns in (60, 90):
            screen.resize(columns)
            session.child.setwinsize(24, columns)
            self.drain(session, screen)
            self.assertEqual(screen.text(), shown)
            self.assertEqual(screen.row, 1)

    def assert_is_redrawn(self, shown, keys, before="", dimensions=(24, 100), widths=(50, 120, 40, 100)):
        """Through several widths what keys show stands once, below the rows before it, on a terminal that wraps its rows anew."""
        session = self.session(env={"NO_COLOR": None}, dimensions=dimensions)
        screen = WrappingScreen(*dimensions)
        screen.feed("avips> ")
        if before:
            self.settle(session, screen, before)
        rows_before = screen.text().split("\n")[:-1]
        self.settle(session, screen, keys)
        for columns in widths:
            screen.resize(columns)
            session.child.setwinsize(dimensions[0], columns)
            self.drain(session, screen)
            rows = [row[start:start + columns].rstrip() for row in [*rows_before, *shown.split("\n")] for start in range(0, len(row), columns)]
            on_screen = screen.text().split("\n")
            self.assertEqual(on_screen, rows[-len(on_screen):], columns)
            self.assertIn(shown.split("\n")[0][:columns].rstrip(), on_screen, columns)

    def test_a_resize_erases_no_row_before_a_line_that_fills_its_rows(self):
        line = "x" * 73
        self.assert_is_redrawn("avips> " + line, line, before="1\r1\r", dimensions=(24, 60), widths=(40, 80, 60))

    def test_a_resize_leaves_no_row_of_a_line_in_the_corner(self):
        line = "x" * 75
        self.assert_is_redrawn("avips> " + line, line, dimensions=(24, 80), widths=(50, 120))

    def test_a_resize_leaves_no_row_of_a_search(self):
        entry = "for count = 1, 0 do\n  abc = '" + "x" * 80 + "'\nend"
        before = "1\r1\r\x1b[200~" + entry.replace("\n", "\r") + "\x1b[201~\r"
        self.assert_is_redrawn("(reverse-i-search)`abc': " + entry, "\x12abc", before)

    def test_a_resize_between_two_lines_is_known_to_the_next(self):
        session, screen = self.terminal()
        self.settle(session, screen, "local t = os.time() while os.time() < t + 2 do end\r")
        session.child.setwinsize(24, 60)
        screen.resize(60)
        self.drain(session, screen, quiet=3)
        self.settle(session, screen, "x" * 60)
        self.assertEqual(screen.text().split("\n")[-2:], ["avips> " + "x" * 53, "x" * 7])

    def test_a_search_ends_with_the_entry_in_the_place_of_its_message(self):
        entry = "for i = 1, 2 do\n  print('abc' .. i)\nend"
        for end in ("\x1b", "\x05", "\x01"):
            session, screen = self.terminal()
            self.settle(session, screen, "\x1b[200~" + entry.replace("\n", "\r") + "\x1b[201~\r")
            self.settle(session, screen, "\x12abc")
            self.assertIn("reverse-i-search", screen.text())
            session.send(end)
            self.drain(session, screen, quiet=0.8)  # an escape waits whether a key follows
            self.assertEqual(screen.text(without=[self.SUGGESTED]), f"avips> {entry}\nabc1\nabc2\navips> {entry}", repr(end))
            self.settle(session, screen, "\x03")

    def test_a_search_that_is_left_leaves_an_empty_line(self):
        session, screen = self.terminal()
        self.settle(session, screen, "\x1b[200~for i = 1, 1 do\r  print('abc' .. i)\rend\x1b[201~\r")
        self.settle(session, screen, "\x12abc")
        self.settle(session, screen, "\x07")
        self.assertEqual(screen.text().split("\n")[-1], "avips>")

    def test_shell_and_time(self):
        session, screen = self.terminal()
        self.settle(session, screen, "!echo from the $((1+1))nd\r")
        self.assertIn("from the 2nd", screen.text())
        self.settle(session, screen, "!exit 3\r")
        self.assertIn("exit code 3", screen.text())
        self.settle(session, screen, "%time 1 + 1\r")
        self.assertRegex(screen.text(), r"\n2\n[0-9.]+ µs, [0-9.]+ µs of processor time")
        self.settle(session, screen, "%tim 1\r")
        self.assertIn("there is no %tim", screen.text())

    def test_safe_sessions_have_no_shell(self):
        session, screen = self.terminal("-q", "--safe")
        self.settle(session, screen, "!echo reached\r")
        self.assertIn("runs no commands", screen.text())
        self.assertNotIn("\nreached", screen.text())

    def test_rows_are_indented_by_what_is_open(self):
        session, screen = self.terminal()
        self.settle(session, screen, "for i = 1, 2 do\r")
        self.settle(session, screen, "print {\r")
        self.assertTrue(screen.text().split("\n")[-2].startswith("  ...>   print {"), screen.text())
        self.settle(session, screen, "x")
        self.assertTrue(screen.text().split("\n")[-1].startswith("  ...>     x"), screen.text())

    def test_closing_rows_stand_under_what_they_close(self):
        session, screen = self.terminal()
        for row in ("for i = 1, 2 do", "if i > 1 then", "print {", "i }", "else", "endless = 3", "end", "end"):
            self.settle(session, screen, row + "\r")
        rows = [line[7:] for line in screen.text().split("\n") if line.startswith("  ...> ")]
        self.assertEqual(rows, ["  if i > 1 then", "    print {", "      i }", "  else", "    endless = 3", "  end", "end"], screen.text())

    def test_painting_changes_nothing_but_colours(self):
        """Random editing shows the same text and leaves the cursor in the same place as without colours."""
        pieces = ["local x", " = ", '"str', "(", ")", "{1, 2}", "end", "ü", "漢", " ", "function", "\x01", "\x05", "\x1b[D", "\x1b[D\x1b[D", "\x1b[C",
                  "\x1bb", "\x1bf", "\x7f", "\x7f\x7f", "\x17", "\x0b", "\x19", "a_rather_long_name_that_goes_on", "\x14", "\x1bd"]
        generator = random.Random(5)
        painted, screen = self.terminal()
        plain, other = self.terminal(env={"NO_COLOR": "1"})
        for round_ in range(12):
            for _ in range(18):
                keys = generator.choice(pieces)
                painted.send(keys)
                plain.send(keys)
            self.drain(painted, screen)
            self.drain(plain, other)
            self.assertEqual(screen.text(without=[self.SUGGESTED]), other.text(), f"round {round_}")
            self.assertEqual((screen.row, screen.column), (other.row, other.column), f"round {round_}")
            self.settle(painted, screen, "\x03")
            self.settle(plain, other, "\x03")


def session_value(test, session, screen, name):
    test.settle(session, screen, name + "\r")
    lines = screen.text().split("\n")
    return lines[-2]


if __name__ == "__main__":
    unittest.main()
