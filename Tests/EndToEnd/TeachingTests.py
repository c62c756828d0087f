"""The teach pendant, the demos and the numbered scripts, as a person uses them."""

import re
import time
import unittest
from pathlib import Path

from support import ROOT, ProgramTest


class Pendant(ProgramTest):
    def open(self, session, call="q, stored = teach(arm)"):
        session.enter('arm = avips.robot "planar_3link"')
        session.send(call + "\r")
        session.child.expect_exact("q return")

    def test_arrows_move_joints_and_q_returns(self):
        session = self.session()
        self.open(session, "q, stored = teach(arm, { start = {0, 0, 0} })")
        session.send("\x1b[C")
        session.child.expect_exact("5.0°")
        session.send("\x1b[Bs")
        session.child.expect_exact("1 stored")
        session.send("\x1b[D")
        session.child.expect_exact("-5.0°")
        session.send("q")
        session.answer()
        self.assertEqual(session.enter("('%.4f %.4f %d'):format(q[1], q[2], stored.rows)").strip(), "0.0873 -0.0873 1")

    def test_ctrl_c_returns_what_there_is(self):
        session = self.session()
        self.open(session)
        session.send("s")
        session.child.expect_exact("1 stored")
        watch = session.time_to_prompt("\x03")
        self.assertTrue(watch.is_within(0.2), watch)
        self.assertEqual(session.enter("#q, stored.rows").split(), ["3", "1"])

    def test_the_terminal_is_as_it_was(self):
        session = self.session()
        self.open(session)
        session.send("q")
        session.child.expect_exact("\x1b[?1049l")
        session.answer()
        self.assertEqual(session.enter("1 + 1").strip(), "2")

        def begin():
            session.send("while true do end\r")
            time.sleep(0.3)

        self.assert_interruptible(session, begin)

    def test_follows_the_size_of_the_terminal(self):
        session = self.session()
        self.open(session)
        session.child.setwinsize(24, 60)  # no room for the figure
        session.child.expect_exact("\x1b[H")
        session.child.expect_exact("q return")
        self.assertNotIn("┌", session.child.before)
        session.child.setwinsize(50, 80)
        session.child.expect_exact("┌")
        session.send("q")
        session.answer()

    def frames(self, shown):
        return [[re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\r", "", line) for line in frame.split("\n")] for frame in shown.split("\x1b[H")[1:]]

    def test_fits_and_keeps_its_view(self):
        for rows, columns in [(24, 80), (40, 120)]:
            with self.subTest(columns=columns):
                session = self.session(dimensions=(rows, columns))
                session.enter('arm = avips.robot "panda"')
                session.send("q = teach(arm)\r")
                session.child.expect_exact("q return")
                shown = session.child.before + session.child.after
                for _ in range(3):
                    session.send("\x1b[C")
                    session.child.expect_exact("q return")
                    shown += session.child.before + session.child.after
                frames = self.frames(shown)
                self.assertEqual(len(frames), 4)
                corners = set()
                for frame in frames:
                    self.assertLessEqual(len(frame), rows)
                    self.assertLessEqual(max(map(len, frame)), columns)
                    self.assertEqual(sum("panda_joint" in line for line in frame), 7)
                    self.assertTrue(any("Pose · xyz" in line for line in frame))
                    self.assertFalse(any("…" in line for line in frame), "words are cut")
                    corners.add(tuple((row, line.index(corner)) for corner in "┌┐└┘" for row, line in enumerate(frame) if corner in line))
                self.assertEqual(len(corners), 1)
                self.assertEqual(len(corners.pop()), 4)
                session.send("q")
                session.answer()

    def test_numbers_and_the_tip(self):
        session = self.session(dimensions=(24, 80))
        session.enter('arm = avips.robot "panda"')
        session.send("q = teach(arm, { start = {0, 0.2, 0, -2.2, 0, 2.4, 0.8} })\r")
        session.child.expect_exact("q return")
        session.send("12")
        session.child.expect_exact("panda_joint1 to 12_")
        session.send(".5\r")
        session.child.expect_exact(" 12.5°")
        session.send("999\r")
        session.child.expect_exact("panda_joint1 is at its limit")
        session.send("v")
        session.child.expect_exact("q return")
        session.send("q")
        session.answer()
        self.assertAlmostEqual(float(session.enter("q[1] / arm.joints[1].upper")), 1)

    def test_needs_a_terminal(self):
        done = self.run_program("-e", 'avips.teach(avips.robot "panda")')
        self.assertEqual(done.returncode, 1)
        self.assertIn("needs a terminal", done.stderr)
        session = self.session(env={"TERM": "dumb"})
        session.enter('arm = avips.robot "planar_3link"')
        self.assertIn("terminal", session.enter("teach(arm)"))


class Demos(ProgramTest):
    def test_enter_steps_and_q_leaves(self):
        session = self.session()
        session.send('d = demo "two-link-arm"\r')
        session.child.expect_exact("Two answers")
        session.child.expect_exact("Enter runs it, q leaves: ")
        session.send("\r")
        session.child.expect_exact("planar_3link")
        session.child.expect_exact("Enter runs it, q leaves: ")
        session.send("q\r")
        session.answer()
        self.assertEqual(session.enter("d.arm.dof, d.answers").split(), ["2", "nil"])

    def test_ctrl_c_leaves(self):
        session = self.session()
        session.send('demo "two-link-arm"\r')
        session.child.expect_exact("Enter runs it, q leaves: ")
        watch = session.time_to_prompt("\x03")
        self.assertTrue(watch.is_within(0.2), watch)
        self.assertEqual(session.enter("1").strip(), "1")

    def test_each_runs_and_ends_in_figures(self):
        names = sorted(path.stem for path in (ROOT / "share/demos").glob("*.lua"))
        self.assertEqual(len(names), 8)
        for name in names:
            with self.subTest(name):
                before = set(Path(self.home).glob("*.svg"))
                done = self.run_program("--no-progress", "-e", "minutes = 0.01", "-e", f"avips.demo '{name}'", timeout=120)
                self.assertEqual((done.stderr, done.returncode), ("", 0))
                figures = set(Path(self.home).glob("*.svg")) - before
                self.assertTrue(figures)
                for figure in figures:
                    self.assertIn("written: " + figure.name, done.stdout)
                    self.assertTrue(figure.read_text().rstrip().endswith("</svg>"))


class NumberedScripts(ProgramTest):
    def digits(self):
        """A file of pictures of a bar and of a ring, 8 x 8 pixels in 0 to 16, each with its digit behind it."""
        bar = [16 if column in (3, 4) else 0 for row in range(8) for column in range(8)]
        ring = [16 if max(abs(2 * row - 7), abs(2 * column - 7)) == 5 else 0 for row in range(8) for column in range(8)]
        lines = []
        for number in range(120):
            picture = list(ring if number % 3 == 0 else bar)
            picture[number % 64] = 16 - picture[number % 64]
            lines.append(",".join(map(str, picture + [0 if number % 3 == 0 else 1])))
        return self.write("digits.csv", "\n".join(lines) + "\n")

    def test_a_mixture_encodes_pictures_better_than_nothing(self):
        done = self.run_program("--no-progress", str(ROOT / "examples/13-digits.lua"), self.digits(), "400", timeout=120)
        self.assertEqual((done.stderr, done.returncode), ("", 0))
        bounds = [[float(word) for word in re.findall(r"-?\d+\.\d+", line)] for line in done.stdout.splitlines() if "bound" in line]
        self.assertEqual(len(bounds), 2)
        for one, many in bounds:
            # Each pixel by itself has 10 nats; with many codes the bound is higher than with one.
            self.assertGreater(one, -20)
            self.assertGreaterEqual(many, one)

    def test_each_runs(self):
        arguments = {"5": ["0.01"], "6": ["20"], "13": [self.digits(), "40"], "14": ["5"], "16": ["60"]}
        scripts = sorted((ROOT / "examples").glob("[0-9]*.lua"), key=lambda path: int(path.name.split("-")[0]))
        self.assertEqual([path.name.split("-")[0] for path in scripts], [str(number) for number in range(1, len(scripts) + 1)])
        for path in scripts:
            with self.subTest(path.name):
                done = self.run_program("--no-progress", "--strict", str(path), *arguments.get(path.name.split("-")[0], []), timeout=120)
                self.assertEqual((done.stderr, done.returncode), ("", 0))
                for word in [word for line in done.stdout.splitlines() if line.startswith("written to ") for word in line.split()[2:]]:
                    self.assertTrue(Path(self.home, word).exists(), word)


if __name__ == "__main__":
    unittest.main()
