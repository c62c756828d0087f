"""README, the tutorial and the page on densities, each typed in one session, with nothing but what is included."""

import re
import shutil
import unittest
from pathlib import Path

from support import ESCAPES, ROOT, ProgramTest

DONE = re.compile(r"\x1b\]133;D;([01])\x1b\\")


def entries(page):
    """What a page has behind its prompts; one of several rows as it stands there, prompts included."""
    found = []
    for line in (ROOT / page).read_text().splitlines():
        if line.startswith("    avips> "):
            found.append(line)
        elif line.startswith("      ...> "):
            found[-1] += "\n" + line
    return [entry if "\n" in entry else entry.removeprefix("    avips> ") for entry in found]


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

    def test_every_line_of_readme_works(self):
        page = "README.md"
        self.assertGreater(len(entries(page)), 15)
        shutil.copy(ROOT / "robots/ur5e.urdf", Path(self.home, "arm.urdf"))
        self.type(page)
        for name in ["answers.svg", "panda.html", "arm.safetensors"]:
            self.assertTrue(Path(self.home, name).exists(), name)

    def test_every_line_works(self):
        page = "share/doc/tutorial.md"
        self.assertGreater(len(entries(page)), 70)
        self.type(page)
        for name in ["answers.svg", "panda.html", "planar.safetensors", "samples.npz", "today.lua"]:
            self.assertTrue(Path(self.home, name).exists(), name)

    def test_every_line_on_densities_works(self):
        page = "share/doc/your-own-density.md"
        lines = entries(page)
        self.assertGreater(len(lines), 25)
        self.assertTrue(any("for report in" in line and "\n" in line for line in lines))
        self.type(page)


if __name__ == "__main__":
    unittest.main()
