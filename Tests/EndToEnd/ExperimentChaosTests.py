"""Batches that are killed in every way at random moments end with what an undisturbed batch gives, nothing lost and nothing twice."""

import json
import os
import random
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from studies import StudyTest, results
from support import LONGEST_WAIT, PROGRAM, environment

# The longer form, for scripts/check-long.
RUNS, KILLS = (int(os.environ.get(name, value)) for name, value in (("AVIPS_CHAOS_RUNS", "200"), ("AVIPS_CHAOS_KILLS", "50")))

STUDY = """
avips.experiment{
  name = "study", directory = %s, grid = { x = (function() local t = {} for i = 1, %d do t[i] = i end return t end)() }, seeds = 1, patience = 5,
  run = function(c, run)
    -- Every beginning of a run is noted: all but one of them were cut short.
    local state = run:load "state" or { sum = 0, next = 1 }
    for i = state.next, 4 do
      state.sum, state.next = state.sum + c.x * i, i + 1
      run:log{ step = i, sum = state.sum }
      run:save("state", state)
      avips.system.sleep(tonumber(avips.system.environment "STUDY_SLEEP" or "0.01"))
    end
    return { sum = state.sum, drawn = math.random() }
  end,
}
"""


def logs(directory):
    return {path.parent.name: path.read_text() for path in Path(directory, "runs").glob("*/log.json")}


class Chaos(StudyTest):
    def processes_of(self, process):
        """A batch and its workers."""
        try:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        except OSError:
            children = []
        return [process.pid, *map(int, children)]

    def undisturbed(self, count):
        """What an undisturbed batch of the same script gives, in one process."""
        self.write("study.lua", STUDY % ("arg[1]", count))
        self.run_study("undisturbed", "run", "--workers", "1", timeout=600, env={"STUDY_SLEEP": "0"})
        return results(Path(self.home, "undisturbed")), logs(Path(self.home, "undisturbed"))

    def assert_settled(self, directory, expected):
        found, kept = results(directory), logs(directory)
        self.assertEqual(len(found), len(expected[0]))
        # The directory is an argument of the script, and no part of the function.
        self.assertEqual(found, expected[0])
        self.assertEqual(kept, expected[1])
        self.assertEqual(list(Path(directory, "runs").glob("*/claim-*")), [])
        self.assertEqual(list(Path(directory, "runs").glob("*/failure.json")), [])

    def test_a_batch_that_is_killed_again_and_again(self):
        expected = self.undisturbed(RUNS)
        directory = Path(self.home, "disturbed")
        place = directory
        mounted = self.mount_small_disk(directory)
        chance, kills, endings = random.Random(7), 0, set()
        while kills < KILLS and len(results(directory)) < RUNS:
            claims = lambda: set(directory.glob("runs/*/claim-*"))
            before = claims()
            # A run takes so long that there is work left to the last.
            process = self.start(str(place), "run", "--workers", "2", env={"STUDY_SLEEP": "0.04"})
            # Three of four kills meet a batch at work, however slow the machine; the others meet its start.
            if chance.random() < 0.75:
                self.wait_until(lambda: process.poll() is not None or claims() - before, "nothing is begun")
            time.sleep(chance.uniform(0.02, 0.45))
            kind = chance.choice(["SIGKILL", "SIGTERM", "SIGINT", "worker", "full"] if mounted else ["SIGKILL", "SIGTERM", "SIGINT", "worker"])
            endings.add(kind)
            if kind == "worker":
                victims = self.processes_of(process)[1:]
                if victims:
                    try:
                        os.kill(chance.choice(victims), signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                time.sleep(0.1)
                process.terminate()
            elif kind == "full":
                self.fill(directory, process, chance)
            else:
                process.send_signal(getattr(signal, kind))
            try:
                _, errors = process.communicate(timeout=LONGEST_WAIT)
            except subprocess.TimeoutExpired:
                self.fail(f"a batch goes on after {kind}")
            # Whatever happened, nothing is taken for a failed run.
            self.assertEqual(list(Path(directory, "runs").glob("*/failure.json")), [], errors)
            kills += 1
        self.assertGreater(len(endings), 3)
        self.assertGreater(kills, KILLS * 3 // 4)
        self.run_study(str(place), "run", "--workers", "2", timeout=600, env={"STUDY_SLEEP": "0"})
        self.assert_settled(directory, expected)

    def mount_small_disk(self, directory):
        directory.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(directory)], capture_output=True).returncode != 0:
            self.assertNotEqual(os.geteuid(), 0, "root can mount a file system")
            return False
        self.addCleanup(subprocess.run, ["umount", "-l", str(directory)], check=True)
        return True

    def fill(self, directory, process, chance):
        """Leaves no room for a moment."""
        path = directory / "filler"
        try:
            with open(path, "wb") as file:
                while True:
                    file.write(bytes(1 << 16))
                    file.flush()
        except OSError:
            pass
        time.sleep(chance.uniform(0.02, 0.2))
        path.unlink(missing_ok=True)
        time.sleep(0.05)
        if process.poll() is None:
            process.terminate()

    def test_two_batches_share_the_work(self):
        expected = self.undisturbed(60)
        batches = [self.start("shared", "run", "--workers", "1") for _ in range(2)]
        for batch in batches:
            _, errors = batch.communicate(timeout=LONGEST_WAIT)
            self.assertEqual(batch.returncode, 0, errors)
        directory = Path(self.home, "shared")
        self.assert_settled(directory, expected)
        counts = {}
        for path in directory.glob("runs/*/result.json"):
            worker = json.loads(path.read_text())["worker"]
            counts[worker] = counts.get(worker, 0) + 1
        self.assertEqual(len(counts), 2)
        self.assertGreater(min(counts.values()), 5)

    def claim(self, directory, run, **changes):
        """Lets a process that is none claim a run, as it would have done itself."""
        worker = next(directory.glob("workers/*.json"))
        record = json.loads(worker.read_text())
        record.update(token="f" * 16, **changes)
        directory.joinpath("workers", record["token"] + ".json").write_text(json.dumps(record) + "\n")
        claim = run / ("claim-" + record["token"])
        os.link(directory.joinpath("workers", record["token"] + ".json"), claim)
        return claim

    def prepared(self):
        """A study of four runs, of which one lost its result."""
        self.write("study.lua", STUDY % ("arg[1]", 4))
        self.run_study("study", "run", "--workers", "1")
        directory = Path(self.home, "study")
        run = sorted(directory.glob("runs/*"))[0]
        (run / "result.json").unlink()
        return directory, run

    def test_a_zombie_holds_nothing(self):
        directory, run = self.prepared()
        zombie = subprocess.Popen(["true"])
        stat = lambda: Path(f"/proc/{zombie.pid}/stat").read_text().rsplit(")", 1)[1].split()
        self.wait_until(lambda: stat()[0] == "Z", "no zombie")
        self.claim(directory, run, pid=zombie.pid, start_time=int(stat()[19]))
        self.run_study("study", "run", "--workers", "1")
        zombie.wait()
        self.assertTrue((run / "result.json").exists())
        self.assertEqual(list(run.glob("claim-*")), [])

    def test_a_process_that_lives_is_waited_for_and_its_number_used_again_is_not(self):
        directory, run = self.prepared()
        sleeper = subprocess.Popen(["sleep", "600"])
        self.addCleanup(sleeper.wait)
        self.addCleanup(sleeper.kill)
        start = int(Path(f"/proc/{sleeper.pid}/stat").read_text().rsplit(")", 1)[1].split()[19])
        claim = self.claim(directory, run, pid=sleeper.pid, start_time=start)
        self.run_study("study", "run", "--workers", "1", "--no-wait")
        self.assertFalse((run / "result.json").exists())
        self.assertIn("1 running", self.run_study("study", "status").stdout)
        claim.unlink()
        directory.joinpath("workers", "f" * 16 + ".json").unlink()
        self.claim(directory, run, pid=sleeper.pid, start_time=start - 1)
        self.assertIn("1 interrupted", self.run_study("study", "status").stdout)
        self.run_study("study", "run", "--workers", "1")
        self.assertTrue((run / "result.json").exists())

    def test_a_dead_machine_holds_its_run_until_its_heartbeat_is_old(self):
        directory, run = self.prepared()
        claim = self.claim(directory, run, host="elsewhere", boot="another", pid=1, start_time=1)
        self.run_study("study", "run", "--workers", "1", "--no-wait")
        self.assertFalse((run / "result.json").exists())
        os.utime(claim, (time.time() - 60, time.time() - 60))
        self.run_study("study", "run", "--workers", "1")
        self.assertTrue((run / "result.json").exists())


if __name__ == "__main__":
    unittest.main()
