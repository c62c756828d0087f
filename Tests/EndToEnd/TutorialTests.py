"""The tutorial and the page on densities, each typed line by line in one session, with nothing but what is included."""

import re
import unittest
from pathlib import Path

from support import ESCAPES, ROOT, ProgramTest

DONE = re.compile(r"\x1b\]133;D;([01])\x1b\\")


def entries(page):
    """What a page has behind its prompts; an entry of several rows has newlines."""
    found = []
    for line in (ROOT / "share/doc" / page).read_text().splitlines():
        if line.startswith("    avips> "):
            found.append(line.removeprefix("    avips> "))
        elif line.startswith("         | "):
            found[-1] += "\n" + line.strip().removeprefix("|")
    return found


class Tutorial(ProgramTest):
    def answer(self, session):
        """What comes until an entry is done, and whether it went well."""
        session.child.expect(DONE)
        return ESCAPES.sub("", session.child.before), session.child.match.group(1) == "0"

    def type(self, page):
        """Types a page; trainings are cut, evaluations and plans are not.

        Returns what was shown last.
        """
        session = self.session("-q", "--training-share", "0.0005", "--no-progress", env={"NO_COLOR": None})
        session.child.timeout = 600
        shown = ""
        for line in entries(page):
            if "\n" in line:
                session.paste(line)
                session.child.send("\r")
            else:
                session.child.send(line + "\r")
            if "teach(" in line:
                session.child.expect_exact("q return")
                session.child.send("\x1b[Csq")
            shown, went_well = self.answer(session)
            self.assertTrue(went_well, f"{line}: {shown}")
        session.answer()
        session.enter("x = 1")
        return shown

    def test_every_line_works(self):
        self.assertGreater(len(entries("tutorial.md")), 70)
        self.type("tutorial.md")
        for name in ["answers.svg", "panda.html", "planar.safetensors", "samples.npz", "today.lua"]:
            self.assertTrue(Path(self.home, name).exists(), name)

    def test_every_line_on_densities_works(self):
        lines = entries("your-own-density.md")
        self.assertGreater(len(lines), 25)
        self.assertTrue(any("for report in" in line and "\n" in line for line in lines))
        self.type("your-own-density.md")


if __name__ == "__main__":
    unittest.main()
