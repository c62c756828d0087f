"""Colours while typing: the screen shows the same as without them, and what is coloured is what it seems to be."""

import random
import time
import unittest
from pathlib import Path

from screens import Screen, WrappingScreen
from support import ProgramTest


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
