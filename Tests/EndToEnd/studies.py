"""What the tests of studies share: a study as a script, how it is run, and its results."""

import json
import subprocess
import time
from pathlib import Path

from support import LONGEST_WAIT, PROGRAM, ProgramTest, environment

GO_ON_LATER = 75

STUDY = """
avips.experiment{
  name = "study", grid = { robot = {"ur5", "panda"}, components = {4, 16} }, seeds = %s,
  run = function(c, run)
    %s
  end,
}
"""

LOSS = "return { loss = c.components + math.random() + (c.robot == 'ur5' and 1 or 0) }"


def results(directory):
    """The results by the runs' names, without what differs from one process to another."""
    found = {}
    for path in Path(directory, "runs").glob("*/result.json"):
        record = json.loads(path.read_text())
        for name in ("seconds", "processor_seconds", "finished", "worker"):
            record.pop(name)
        found[path.parent.name] = record
    return found


class StudyTest(ProgramTest):
    def study(self, body=LOSS, seeds="{1, 2, 3}", name="study.lua", text=STUDY):
        return self.write(name, text % (seeds, body))

    def run_study(self, *arguments, script="study.lua", code=0, **keywords):
        keywords.setdefault("timeout", LONGEST_WAIT)
        done = self.run_program("--no-progress", script, *arguments, **keywords)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        return done

    def start(self, *arguments, script="study.lua", env=None):
        process = subprocess.Popen(
            [PROGRAM, "--no-progress", script, *arguments], cwd=self.home, env=environment(self.home, OPENBLAS_NUM_THREADS="1", **(env or {})),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def wait_until(self, condition, what):
        end = time.monotonic() + LONGEST_WAIT
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.02)

    def results(self, name="study"):
        return results(Path(self.home, name))
