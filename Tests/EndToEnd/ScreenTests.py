"""The terminal that other tests look at."""

import unittest

from screens import Screen


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


if __name__ == "__main__":
    unittest.main()
