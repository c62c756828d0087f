"""Studies on Slurm: a real controller and daemon on this machine, and stand-ins for the habits of other sites."""

import json
import os
import stat
import subprocess
import unittest
from pathlib import Path

from slurm import Cluster
from studies import StudyTest
from support import LONGEST_WAIT, PROGRAM, environment

STUDY = """
avips.experiment{
  name = "study", grid = { x = {1, 2, 3, 4, 5, 6} }, seeds = 1, patience = 20,
  run = function(c, run)
    local state = run:load "state" or { sum = 0, next = 1 }
    for i = state.next, 5 do
      state.sum, state.next = state.sum + c.x * i, i + 1
      run:save("state", state)
      avips.system.sleep(tonumber(avips.system.environment "STUDY_SLEEP" or "0.05"))
    end
    local file = io.open("ended", "a") file:write(run.id, "\\n") file:close()
    return { sum = state.sum, drawn = math.random() }
  end,
}
"""


class OnSlurm(StudyTest):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        try:
            cls.cluster.start()
        except BaseException:
            cls.cluster.stop()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.cluster.stop()

    def setUp(self):
        super().setUp()
        self.write("study.lua", STUDY)
        self.run_study("run", "--workers", "1")
        self.expected = self.results()
        Path(self.home, "study").rename(Path(self.home, "undisturbed"))
        Path(self.home, "ended").unlink()

    def study_command(self, *words, sleep="0.05", code=0):
        return self.run_study(*words, env={**self.cluster.environment, "STUDY_SLEEP": sleep}, code=code).stdout

    def submit(self, *options, sleep="0.05"):
        shown = self.study_command("submit", "--time", "10", *options, sleep=sleep)
        return [line.split()[1].rstrip(":") for line in shown.splitlines()]

    def assert_settled(self):
        """All results are there and the same as without Slurm, and none was made twice."""
        self.cluster.wait_until_idle()
        output = "".join(path.read_text() for path in Path(self.home).glob("study/slurm/*.txt"))
        self.assertEqual(self.results(), self.expected, output)
        self.assertEqual(len(Path(self.home, "ended").read_text().split()), len(self.expected), output)
        self.assertIn(f"{len(self.expected)} of {len(self.expected)} done", self.study_command("status"))

    def running(self, count=1):
        claims = list(Path(self.home).glob("study/runs/*/claim-*"))
        return claims if len(claims) >= count else []

    def test_an_array_with_a_throttle(self):
        jobs = self.submit("--array", "4", "--throttle", "2", sleep="0.3")
        self.assertEqual(len(jobs), 1)
        self.cluster.wait(lambda: len(self.running(2)) == 2, "nothing runs")
        told = self.study_command("status")
        self.assertIn(f"job {jobs[0]}, 4 tasks: ", told)
        self.assertIn("2 running", told)
        self.assertEqual(sum(state == "RUNNING" for state in self.cluster.queue().values()), 2)
        self.assert_settled()

    def test_cancel_and_go_on(self):
        jobs = self.submit("--array", "2", sleep="5")
        self.cluster.wait(lambda: self.running(2), "nothing runs")
        self.assertIn(f"cancelled: {jobs[0]}", self.study_command("cancel"))
        self.cluster.wait_until_idle()
        self.assertIn("interrupted", self.study_command("status"))
        self.assertEqual(list(Path(self.home).glob("study/runs/*/claim-*")), [])
        self.submit("--array", "2")
        self.assert_settled()

    def test_a_task_that_is_killed_and_one_that_is_requeued(self):
        jobs = self.submit("--array", "2", sleep="0.4")
        self.cluster.wait(lambda: self.running(2), "nothing runs")
        self.cluster.run("scancel", "--signal=KILL", "--full", jobs[0] + "_1", check=True)
        self.cluster.run("scontrol", "requeue", jobs[0] + "_2", check=True)
        self.cluster.wait_until_idle(180)
        self.submit("--array", "1")
        self.assert_settled()

    def test_a_task_that_is_out_of_time_is_started_again(self):
        jobs = self.submit("--array", "1", "--signal", "30", sleep="0.3")
        self.cluster.wait(lambda: self.running(), "nothing runs")
        # What Slurm sends that long before the end of the time.
        self.cluster.run("scancel", "--batch", "--signal=USR1", jobs[0] + "_1", check=True)
        self.cluster.wait_until_idle(180)
        output = next(Path(self.home).glob("study/slurm/*_1.txt")).read_text()
        self.assertIn("restart 1", output)
        self.assertIn("ended with status 75", output)
        self.assert_settled()

    @unittest.skipUnless(os.environ.get("AVIPS_LONG"), "takes five minutes: scripts/check-long")
    def test_the_limit_of_time_itself(self):
        """Slurm, not the test, says when: twice the limit's worth of work is done by one task that asks to be requeued before it is killed."""
        self.study_command("submit", "--array", "1", "--time", "2", "--signal", "30", sleep="7")
        self.cluster.wait(lambda: len(self.results()) == len(self.expected), "the task does not come back", 900)
        output = next(Path(self.home).glob("study/slurm/*_1.txt")).read_text()
        self.assertIn("restart 1", output)
        self.assertNotIn("TIME LIMIT", output)
        self.assert_settled()

    @unittest.skipUnless(os.environ.get("AVIPS_LONG"), "takes five minutes: scripts/check-long")
    def test_a_task_that_is_killed_at_its_limit(self):
        """A run that heeds no signal loses its time, and nothing else."""
        self.write("study.lua", STUDY.replace("local state", "if avips.system.environment 'STUDY_DEAF' then os.execute('trap \"\" USR1 TERM; exec sleep 600') end local state"))
        self.study_command("submit", "--array", "1", "--time", "1", "--signal", "10")
        # The version of the function is another one now: the undisturbed results are those of the same values.
        self.cluster.wait_until_idle(300)
        first = self.results()
        self.assertEqual(sorted(record["measures"]["sum"] for record in first.values()), sorted(record["measures"]["sum"] for record in self.expected.values()))
        self.study_command("forget", "all")
        self.cluster.environment["STUDY_DEAF"] = "1"
        self.addCleanup(self.cluster.environment.pop, "STUDY_DEAF", None)
        self.study_command("submit", "--array", "1", "--time", "1", "--signal", "10")
        self.cluster.wait_until_idle(600)
        self.assertEqual(self.results(), {})
        del self.cluster.environment["STUDY_DEAF"]
        self.submit("--array", "1")
        self.cluster.wait_until_idle(180)
        self.assertEqual(self.results(), first)

    def test_preemption(self):
        self.submit("--array", "2", sleep="4")
        self.cluster.wait(lambda: self.running(2), "nothing runs")
        urgent = self.write("urgent.sh", "#!/bin/bash\n#SBATCH --output=/dev/null\nsleep 2\n")
        self.cluster.run("sbatch", "--wait", "-p", "urgent", "-n", "2", urgent, check=True)
        self.cluster.wait_until_idle(180)
        output = "".join(path.read_text() for path in Path(self.home).glob("study/slurm/*.txt"))
        self.assertEqual(output.count("restart 1"), 2, output)
        self.assert_settled()

    def test_a_site_with_small_arrays(self):
        """Arrays beyond the greatest size are several, which together keep the throttle: the third waits for the first."""
        self.write("study.lua", STUDY.replace("{1, 2, 3, 4, 5, 6}", "(function() local t = {} for i = 1, 25 do t[i] = i end return t end)()"))
        jobs = self.submit("--array", "25", "--throttle", "2", sleep="0")
        self.assertEqual(len(jobs), 3)
        self.assertEqual({state for task, state in self.cluster.queue().items() if task.startswith(jobs[2])}, {"PENDING"})
        most = 0
        def is_idle():
            nonlocal most
            states = list(self.cluster.queue().values())
            most = max(most, states.count("RUNNING"))
            return not {"PENDING", "RUNNING", "COMPLETING"} & set(states)
        self.cluster.wait(is_idle, "jobs do not end", 240)
        self.assertEqual(most, 2)
        self.assertEqual(len(self.results()), 25)
        self.assertEqual(len(Path(self.home, "ended").read_text().split()), 25)

    def test_a_site_that_requeues_nothing(self):
        """A task that is out of time submits itself anew, and the new job is the study's like the first one."""
        job, = self.submit("--array", "1", "--sbatch=--no-requeue", "--signal", "30", sleep="0.5")
        self.cluster.wait(lambda: self.running(), "nothing runs")
        self.cluster.run("scancel", "--batch", "--signal=USR1", job + "_1", check=True)
        notes = lambda: {path.stem.split("-")[1] for path in Path(self.home).glob("study/slurm/job-*.json")}
        self.cluster.wait(lambda: len(notes()) == 2, "nothing is submitted anew")
        other, = notes() - {job}
        self.cluster.wait(lambda: self.cluster.queue().get(other + "_1") == "RUNNING", "the new job does not run")
        self.assertIn(f"job {other}, 1 task: 1 running", self.study_command("status"))
        self.assertIn(f"cancelled: {other}", self.study_command("cancel"))
        self.cluster.wait_until_idle()
        self.assertEqual(notes(), {job, other}, "a task that is cancelled comes back")
        self.submit("--array", "1")
        self.assert_settled()

    def test_retry(self):
        """What failed on the cluster stays failed until it is asked for again, and is then the same as without a cluster."""
        self.write("study.lua", STUDY.replace("local file", "local broken = io.open 'broken' if broken and c.x > 3 then broken:close() error 'broken' end local file"))
        Path(self.home, "broken").touch()
        self.submit("--array", "2", sleep="0")
        self.cluster.wait_until_idle()
        told = self.study_command("status")
        self.assertIn("3 of 6 done", told)
        self.assertIn("3 failed", told)
        self.assertIn("nothing is left", self.study_command("submit"))
        Path(self.home, "broken").unlink()
        self.assertIn("3 runs can be tried again", self.study_command("retry"))
        self.submit("--array", "2", sleep="0")
        self.cluster.wait_until_idle()
        # Another function has other runs; their values are those of the first one.
        values = lambda results: sorted(tuple(sorted(record["measures"].items())) for record in results.values())
        self.assertEqual(values(self.results()), values(self.expected))
        self.assertEqual(len(Path(self.home, "ended").read_text().split()), 6)


class OtherSites(StudyTest):
    """Stand-ins for sbatch, squeue and scontrol: what is asked of them, and what the study makes of what they answer."""

    def setUp(self):
        super().setUp()
        self.write("study.lua", STUDY)
        Path(self.home, "bin").mkdir()

    def program(self, name, text):
        path = Path(self.write("bin/" + name, "#!/bin/bash\n" + text))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def study_command(self, *words, code=0):
        return self.run_study(*words, env={"PATH": f"{self.home}/bin:{os.environ['PATH']}", "STUDY_SLEEP": "0"}, code=code)

    def run_task(self, index, **variables):
        """Runs what was submitted last as a task, as Slurm would."""
        script = sorted(Path(self.home).glob("study/slurm/*.sh"))[-1]
        return subprocess.run(["bash", script], cwd="/", capture_output=True, text=True, timeout=LONGEST_WAIT, env={
            "PATH": f"{self.home}/bin:{os.environ['PATH']}", "HOME": self.home, "STUDY_SLEEP": "0", "SLURM_ARRAY_JOB_ID": "7", "SLURM_JOB_ID": str(7 + index),
            "SLURM_ARRAY_TASK_ID": str(index), **variables})

    def test_a_site_with_small_arrays_and_its_own_words(self):
        self.program("scontrol", 'echo "MaxArraySize            = 3"')
        self.program("sbatch", 'echo "Welcome to the cluster"; echo "$2" >>submitted; echo $((100 + $(wc -l <submitted)));')
        shown = self.study_command("submit", "--array", "5", "--cpus", "2", "--mem", "4G", "--partition", "long", "--after", "55", "--time", "1-00:00:00").stdout
        self.assertEqual([line.split(":")[0] for line in shown.splitlines()], ["job 101", "job 102", "job 103"])
        scripts = [path.read_text() for path in sorted(Path(self.home).glob("study/slurm/*.sh"))]
        self.assertEqual([text.split("--array=")[1].split("\n")[0] for text in scripts], ["1-2", "1-2", "1-1"])
        for line in ("--cpus-per-task=2", "--mem=4G", "--partition=long", "--dependency=afterany:55", "--time=1-00:00:00", "--signal=B:USR1@300", "--requeue", "--open-mode=append"):
            self.assertIn(f"#SBATCH {line}\n", scripts[0])

    def test_dry_run_submits_nothing(self):
        self.program("sbatch", "touch submitted")
        shown = self.study_command("submit", "--dry-run", "--array", "2").stdout
        self.assertTrue(shown.startswith("#!/bin/bash\n#SBATCH --job-name=study\n#SBATCH --array=1-2\n"))
        self.assertFalse(Path(self.home, "submitted").exists())

    def test_a_site_without_requeue_gets_the_task_anew(self):
        self.program("sbatch", 'echo "$@ $AVIPS_RESUBMITTED" >>asked; echo 200')
        self.program("scontrol", '[ "$1" = requeue ] && echo "Job is not requeueable" >&2; exit 1')
        self.study_command("submit", "--array", "2")
        # The program is out of time at once.
        self.write("study.lua", STUDY.replace("local state", "os.execute('kill -USR1 ' .. avips.system.pid()) avips.system.sleep(9) local state"))
        done = self.run_task(1)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        self.assertIn("ended with status 75", done.stdout)
        asked = Path(self.home, "asked").read_text().splitlines()
        self.assertRegex(asked[-1], r"--array=1 .*submission-.*\.sh 1$")
        # The job that came of it is known to status and cancel.
        self.program("squeue", "exit 0")
        self.assertIn("submitted anew as job 200", done.stdout)
        self.assertEqual(json.loads(Path(self.home, "study/slurm/job-200.json").read_text())["tasks"], 1)
        self.assertIn("job 200, 1 task: submitted, not in the queue yet", self.study_command("status").stdout)

    def test_a_scheduler_that_reports_late(self):
        self.program("sbatch", "echo 300")
        self.program("squeue", "exit 0")
        self.study_command("submit", "--array", "2")
        self.assertIn("job 300, 2 tasks: submitted, not in the queue yet", self.study_command("status").stdout)
        path = Path(self.home, "study/slurm/job-300.json")
        record = json.loads(path.read_text())
        record["submitted"] -= 1000
        path.write_text(json.dumps(record))
        self.assertIn("1 job has ended", self.study_command("status").stdout)
        self.program("squeue", "echo 'down' >&2; exit 1")
        self.assertIn("the queue does not answer", self.study_command("status").stdout)

    def test_a_task_does_what_is_left_and_no_more(self):
        self.program("sbatch", "echo 300")
        self.study_command("submit", "--array", "2")
        self.assertEqual(self.run_task(1).returncode, 0)
        self.assertEqual(len(self.results()), 6)
        self.assertIn("nothing is left", self.study_command("submit").stdout)
        self.assertEqual(self.run_task(2).returncode, 0)
        self.assertEqual(len(Path(self.home, "ended").read_text().split()), 6)

    def test_what_sbatch_refuses_is_told(self):
        self.program("sbatch", "echo 'sbatch: error: invalid account' >&2; exit 1")
        self.assertIn("invalid account", self.study_command("submit", code=1).stderr)
        self.assertIn("must be a time as sbatch takes it", self.study_command("submit", "--time", "soon", code=1).stderr)


class OpenMPI(StudyTest):
    def test_two_ranks(self):
        self.write("study.lua", STUDY)
        done = subprocess.run(
            ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "2", PROGRAM, "--no-progress", "study.lua"], cwd=self.home, capture_output=True, text=True,
            timeout=LONGEST_WAIT, env=environment(self.home, OPENBLAS_NUM_THREADS="1", STUDY_SLEEP="0.02"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.results()), 6)
        self.assertEqual(len(Path(self.home, "ended").read_text().split()), 6)
        self.assertEqual(len({json.loads(path.read_text())["worker"] for path in Path(self.home).glob("study/runs/*/result.json")}), 2)


if __name__ == "__main__":
    unittest.main()
