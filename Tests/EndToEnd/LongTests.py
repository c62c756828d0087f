"""A short run of what scripts/check-long does at length: hostile arguments, random programs, tricks."""

import unittest

from support import ROOT, ProgramTest

LONG = ROOT / "Tests/Long"
STUB = ROOT / "share/meta/avips.lua"


class Survival(ProgramTest):
    def assert_survives(self, script, *arguments):
        done = self.run_program("--no-progress", str(LONG / script), *arguments, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout[-1000:] + done.stderr[-2000:])
        self.assertIn("survived", done.stdout.splitlines()[-1])

    def test_hostile_arguments(self):
        self.assert_survives("hostile.lua", str(STUB), "1", "40")

    def test_random_programs(self):
        self.assert_survives("random-scripts.lua", str(STUB), "1", "1000")

    def test_tricks(self):
        self.assert_survives("tricks.lua")


if __name__ == "__main__":
    unittest.main()
