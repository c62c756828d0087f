"""Where the system makes no more threads, the program does everything on those that it has."""

import os
import resource
import subprocess
import tempfile
import unittest

from support import LONGEST_WAIT, PROGRAM, environment

SCRIPT = """
local robot = avips.robot "planar_3link"
local poses = robot:fk(robot:random(200, { seed = 1 }))
local answers = robot:ik(poses, { seed = 1 })
local found = 0
for _, answer in ipairs(answers) do found = found + #answer end
print(#answers, found)
"""


def without_threads():
    """Lets the process's user have no further process or thread."""
    resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))


class ThreadLimitTests(unittest.TestCase):
    def run_script(self, **options):
        with tempfile.TemporaryDirectory() as home:
            os.chmod(home, 0o755)
            # As scripts/avips starts the program: OpenBLAS makes threads of its own before the program begins.
            variables = environment(home, OPENBLAS_NUM_THREADS="1")
            return subprocess.run(
                [PROGRAM, "-E", "-e", SCRIPT], capture_output=True, text=True, timeout=LONGEST_WAIT, env=variables, cwd=home, **options)

    def test_a_list_is_answered_without_threads(self):
        usual = self.run_script()
        self.assertEqual((usual.returncode, usual.stdout.split()), (0, ["200", "200"]), usual.stderr)
        # The limit does not hold for root, so the child is somebody else where the tests are root.
        options = {"preexec_fn": without_threads}
        if os.geteuid() == 0:
            options |= {"user": "nobody", "group": "nogroup", "extra_groups": []}
        limited = self.run_script(**options)
        self.assertEqual((limited.returncode, limited.stdout), (0, usual.stdout), limited.stderr)


if __name__ == "__main__":
    unittest.main()
