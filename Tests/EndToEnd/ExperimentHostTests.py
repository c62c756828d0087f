"""Studies of several machines that share a directory: processes that have host names of their own, and know each other by their heartbeats alone."""

import json
import os
import signal
import subprocess
import time
import unittest
from pathlib import Path

from studies import StudyTest
from support import LONGEST_WAIT, PROGRAM, environment

STUDY = """
avips.experiment{
  name = "study", grid = { x = {%s} }, seeds = 1, patience = 2,
  run = function(c, run)
    local state = run:load "state" or { sum = 0, next = 1 }
    for i = state.next, 8 do
      avips.system.sleep(tonumber(avips.system.environment "STUDY_SLEEP" or "0"))
      state.sum, state.next = state.sum + c.x * i, i + 1
      run:save("state", state)
    end
    local file = io.open("ended", "a") file:write(run.id, "\\n") file:close()
    return { sum = state.sum, drawn = math.random() }
  end,
}
"""


def can_name_hosts():
    return subprocess.run(["unshare", "--uts", "hostname", "one"], capture_output=True).returncode == 0


@unittest.skipUnless(can_name_hosts(), "needs a namespace with a host name of its own")
class Hosts(StudyTest):
    def prepare(self, points):
        self.write("study.lua", STUDY % points)
        self.run_study("run", "--workers", "1")
        self.expected = self.results()
        Path(self.home, "study").rename(Path(self.home, "undisturbed"))
        Path(self.home, "ended").unlink()

    def start_on(self, host, *arguments, sleep="0"):
        """A batch on a machine of that name; the process is the program's own."""
        process = subprocess.Popen(
            ["unshare", "--uts", "sh", "-c", 'hostname "$1"; shift; exec "$@"', "sh", host, PROGRAM, "--no-progress", "study.lua", "run", "--workers", "1", *arguments],
            cwd=self.home, env=environment(self.home, OPENBLAS_NUM_THREADS="1", STUDY_SLEEP=sleep), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def assert_ends(self, process):
        _, errors = process.communicate(timeout=LONGEST_WAIT)
        self.assertEqual(process.returncode, 0, errors)

    def wait_for_progress(self):
        self.wait_until(lambda: list(Path(self.home).glob("study/runs/*/state.json")), "nothing was begun")

    def assert_settled(self):
        self.assertEqual(self.results(), self.expected)
        self.assertEqual(list(Path(self.home).glob("study/runs/*/claim-*")), [])

    def hosts(self):
        workers = [json.loads(path.read_text())["worker"] for path in Path(self.home).glob("study/runs/*/result.json")]
        return {json.loads(Path(self.home, "study/workers", worker + ".json").read_text())["host"] for worker in workers}

    def test_a_run_of_a_machine_that_lives_is_left_alone(self):
        """It takes longer than others are patient."""
        self.prepare("3")
        first = self.start_on("one", sleep="0.8")
        self.wait_for_progress()
        self.assert_ends(self.start_on("two"))
        self.assert_ends(first)
        self.assert_settled()
        self.assertEqual(self.hosts(), {"one"})
        self.assertEqual(len(Path(self.home, "ended").read_text().split()), 1)

    def test_a_run_of_a_machine_that_is_dead_is_taken_over(self):
        self.prepare("3, 4")
        first = self.start_on("one", sleep="0.4")
        self.wait_for_progress()
        first.kill()
        first.wait()
        started = time.monotonic()
        second = self.start_on("two")
        self.assert_ends(second)
        # Nobody knows at once that it is dead.
        self.assertGreater(time.monotonic() - started, 0.5)
        self.assert_settled()
        self.assertEqual(self.hosts(), {"two"})
        self.assertEqual(len(Path(self.home, "ended").read_text().split()), 2)

    def test_a_machine_that_stood_still_finds_its_run_done(self):
        self.prepare("3")
        first = self.start_on("one", sleep="0.3")
        self.wait_for_progress()
        os.kill(first.pid, signal.SIGSTOP)
        self.assert_ends(self.start_on("two"))
        self.assert_settled()
        os.kill(first.pid, signal.SIGCONT)
        self.assert_ends(first)
        self.assert_settled()
        self.assertEqual(self.hosts(), {"two"})
        self.assertEqual(list(Path(self.home).glob("study/runs/*/failure.json")), [])

    def test_two_machines_share_the_work(self):
        self.prepare("1, 2, 3, 4, 5, 6")
        batches = [self.start_on(host, sleep="0.05") for host in ("one", "two")]
        for batch in batches:
            self.assert_ends(batch)
        self.assert_settled()
        self.assertEqual(self.hosts(), {"one", "two"})
        self.assertEqual(len(Path(self.home, "ended").read_text().split()), 6)


if __name__ == "__main__":
    unittest.main()
