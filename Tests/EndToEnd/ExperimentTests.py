"""Studies as their scripts' command lines have them: running, going on, and what is told of it; the project's own studies."""

import json
import os
import re
import shutil
import unittest
from pathlib import Path

from studies import LOSS, STUDY, StudyTest
from support import LONGEST_WAIT, ROOT


class Running(StudyTest):
    def test_a_script_that_defines_a_study_runs_it_and_shows_a_table(self):
        self.study()
        self.assertIn("0 of 12 done, 12 to do", self.run_study("status").stdout)
        shown = self.run_study("--workers", "2").stdout
        self.assertIn("mean ± standard error, n = 3", shown)
        self.assertEqual(len(shown.splitlines()), 6)
        self.assertIn("12 of 12 done", self.run_study("status").stdout)
        self.assertEqual(len(self.results()), 12)

    def test_workers_and_one_process_give_the_same(self):
        self.study()
        self.run_study("--workers", "1")
        first = self.results()
        Path(self.home, "study").rename(Path(self.home, "other"))
        self.run_study("--workers", "2")
        self.assertEqual(self.results(), first)
        self.assertEqual(len({record["measures"]["loss"] for record in first.values()}), 12)

    def test_only_what_is_new_is_run(self):
        self.study()
        self.run_study()
        before = {path: path.stat().st_mtime_ns for path in Path(self.home).glob("study/runs/*/result.json")}
        self.study(seeds="{1, 2, 3, 4}")
        self.assertIn("12 of 16 done", self.run_study("status").stdout)
        self.run_study()
        self.assertEqual(len(self.results()), 16)
        for path, changed in before.items():
            self.assertEqual(path.stat().st_mtime_ns, changed)

    def test_another_function_is_told_and_nothing_is_mixed(self):
        self.study()
        self.run_study()
        self.study("-- a comment\n   " + LOSS)
        self.assertIn("12 of 12 done", self.run_study("status").stdout)
        self.study("local x = 1 " + LOSS)
        told = self.run_study("status").stdout
        self.assertIn("0 of 12 done", told)
        self.assertIn("12 results are of an earlier version of the function (what changed: run)", told)
        self.assertIn("12 results taken", self.run_study("adopt").stdout)
        self.assertIn("12 of 12 done", self.run_study("status").stdout)
        # Values that the function sees are part of it.
        self.study(text="local steps = 10\n" + STUDY, body="local x = steps " + LOSS)
        self.run_study()
        self.study(text="local steps = 20\n" + STUDY, body="local x = steps " + LOSS)
        self.assertIn("24 results are of an earlier version of the function (what changed: steps)", self.run_study("status").stdout)
        self.assertIn("removed", self.run_study("forget", "earlier").stdout)
        self.assertEqual(self.results(), {})

    def test_settings_with_names_and_objects(self):
        self.write("study.lua", """
            avips.experiment{
              name = "study",
              grid = { { rate = { slow = avips.schedule.linear(1, 0), fast = avips.schedule.linear(2, 0) }, hidden = { {16}, {16, 16} } }, { extra = true } },
              where = function(c) return not (c.hidden and #c.hidden == 2 and c.rate(0) == 2) end,
              run = function(c)
                if c.extra then return -1 end
                c.hidden[1] = c.hidden[1] + 1 -- no other run sees this
                return c.rate(0) * 100 + c.hidden[1]
              end,
            }""")
        self.run_study("--workers", "1")
        values = sorted(record["value"] for record in self.results().values())
        self.assertEqual(values, [-1, 117, 117, 217])
        self.assertIn("slow", self.run_study("table").stdout)

    def test_a_study_within_a_script_goes_on_behind_it(self):
        self.write("study.lua", """
            local study = avips.experiment{ name = "study", grid = { x = {1, 2} }, seeds = 2, run = function(c) return c.x * c.seed end }
            print "before"
            study:run{ workers = 2 }
            print(study.done, #study:rows())
            print(study:compare{ axis = "x", value = "value" })""")
        shown = self.run_study().stdout
        self.assertEqual(shown.splitlines()[:2], ["before", "4\t4"])
        self.assertIn("1.50 ± 0.50", shown)

    def test_the_only_axis_need_not_be_named_with_a_baseline(self):
        self.write("study.lua", """
            avips.experiment{ name = "study", grid = { x = {1, 2, 3} }, seeds = 2, run = function(c) return { loss = c.x * c.seed } end }""")
        self.run_study("--workers", "1")
        shown = self.run_study("compare", "--baseline", "2").stdout
        self.assertEqual(shown, self.run_study("compare", "--axis", "x", "--baseline", "2").stdout)
        self.assertIn("difference to x=2", shown)
        self.assertNotIn("others:", shown)

    def test_faults_of_study_commands_take_one_line(self):
        self.write("study.lua", """
            avips.experiment{ name = "study", grid = { rate = {1, 2} }, seeds = 2, run = function(c) return { zeta = c.rate * c.seed, alpha = c.seed } end }""")
        self.run_study("--workers", "1")
        for arguments, words in (
            (("compare", "--axis", "ratee"), "there is no axis \"ratee\"; did you mean 'rate'? the axes are rate, seed"),
            (("table", "--value", "zet"), "no result has a measure \"zet\"; did you mean 'zeta'? there are alpha, zeta, "),
            (("table", "--vale", "zeta"), "has no option --vale; did you mean 'value'? it has "),
            (("tabel",), "there is no command \"tabel\"; did you mean 'table'? a word of the script's own"),
            (("table", "--save", "x.xyz"), "the option --save must name a file that ends in .csv, .json, .md, .tex or .txt, got \"x.xyz\""),
            (("table", "--save", "nowhere/x.csv"), "cannot write \"nowhere/x.csv\": "),
        ):
            failed = self.run_study(*arguments, code=1)
            self.assertIn(words, failed.stderr)
            self.assertEqual(failed.stderr.strip().count("\n"), 0, failed.stderr)
        self.run_study("table", "--save", "table.csv")
        self.assertTrue((Path(self.home) / "table.csv").read_text().startswith("rate,"))
        self.assertIn("alpha is the first measure; others: zeta", self.run_study("compare").stdout)
        self.assertNotIn("others:", self.run_study("compare", "--value", "zeta").stdout)

    def test_a_study_without_results_has_nothing_to_tell(self):
        self.study()
        self.assertIn("nothing to tabulate, as no run is done: 0 of 12 done, 12 to do", self.run_study("table").stderr)
        self.assertIn("nothing to report, as no run is done: 0 of 12 done, 12 to do", self.run_study("report", code=1).stderr)

    def test_help_shows_the_commands_and_runs_nothing(self):
        self.study()
        for command in ("help", "--help"):
            shown = self.run_study(command).stdout
            self.assertRegex(shown, r"(?m)^  table: .*\n      --columns --only --rows ")
            self.assertFalse(Path(self.home, "study").exists())

    def test_a_script_has_arguments_of_its_own(self):
        self.study(text="print(table.concat(avips.experiment.arguments(), ' '))\n" + STUDY)
        for command in ([], ["status"], ["run", "--workers", "1"], ["--only", "robot=ur5"]):
            self.assertEqual(self.run_study("few", "seeds=1", *command).stdout.splitlines()[0], "few seeds=1", command)
        self.assertEqual(self.run_program("-e", "print(#avips.experiment.arguments())").stdout, "0\n")

    def test_logs_and_saved_values(self):
        self.study("""
            for step = 1, 5 do run:log{ step = step, loss = c.components / step, note = "a" } end
            run:save("numbers", { 1, 2, 3 })
            run:save("figure", avips.plot.schedule{ rate = 0.1 })
            return avips.plot.schedule{ rate = 0.2 }, { a = 1, deep = { b = 2 } }""", seeds="{1}")
        self.run_study()
        directory = next(Path(self.home).glob("study/runs/*"))
        self.assertEqual(json.loads((directory / "log.json").read_text())["step"], [1, 2, 3, 4, 5])
        self.assertEqual(json.loads((directory / "numbers.json").read_text()), [1, 2, 3])
        record = json.loads((directory / "result.json").read_text())
        self.assertEqual(record["measures"], {"a": 1, "deep.b": 2})
        self.assertEqual(sorted(record["files"]), ["figure-2.svg", "figure.svg", "numbers.json"])
        self.assertTrue((directory / "figure.svg").read_text().startswith("<svg"))
        shown = self.run_program("-e", "s = avips.experiment.open 'study' print(avips.plot.curves(s, { band = 'standard error', columns = {'loss'} })) print(#s:logs()['components=4 ur5'])")
        self.assertEqual(shown.stdout.splitlines()[-1:], ["1"], shown.stderr)

    def test_arguments_of_the_script_come_before_the_command(self):
        self.write("study.lua", """
            local steps = tonumber(arg[1]) or 10
            avips.experiment{ name = "study", grid = { x = {1, 2} }, run = function(c) return steps * c.x end }""")
        self.run_study("50", "run", "--workers", "2")
        self.assertEqual(sorted(record["value"] for record in self.results().values()), [50, 100])
        self.assertIn("2 of 2 done", self.run_study("50", "status").stdout)
        self.assertIn("0 of 2 done", self.run_study("status").stdout)

    def test_unknown_words_are_refused(self):
        self.study()
        for arguments, message in ((["run", "--worker", "2"], "did you mean 'workers'"), (["run", "quickly"], "takes no word"), (["statsu"], "did you mean 'status'"), (["forgt", "all"], "did you mean 'forget'"), (["panda", "repotr"], "did you mean 'report'"), (["run", "--workers"], "needs a value"),
                                   (["run", "--workers", "0"], "whole number from 1"), (["forget"], "needs to know what"), (["forget", "robot=ur6"], "no run has robot=ur6; robot is ur5"),
                                   (["table", "--rows", "robt"], "did you mean 'robot'")):
            done = self.run_program("study.lua", *arguments)
            self.assertIn(message, done.stdout + done.stderr)
            self.assertEqual(done.returncode, 1)

    def test_ranks_of_a_parallel_program_share_the_runs(self):
        self.study("avips.system.sleep(0.02) " + LOSS)
        ranks = [self.start(env={"OMPI_COMM_WORLD_RANK": str(rank), "OMPI_COMM_WORLD_SIZE": "2"}) for rank in range(2)]
        shown = [rank.communicate(timeout=LONGEST_WAIT) for rank in ranks]
        self.assertEqual([rank.returncode for rank in ranks], [0, 0], shown)
        self.assertEqual(len(self.results()), 12)
        self.assertIn("n = 3", shown[0][0])
        self.assertEqual(shown[1][0], "")
        workers = {json.loads(path.read_text())["worker"] for path in Path(self.home).glob("study/runs/*/result.json")}
        self.assertEqual(len(workers), 2)

    def test_workers_have_no_more_threads_than_there_are_cores(self):
        self.study("avips.system.sleep(0.05) return avips.system.cores()", seeds="{1}")
        self.run_study("--workers", "2")
        cores = len(os.sched_getaffinity(0))
        self.assertEqual({record["value"] for record in self.results().values()}, {max(1, cores // min(2, cores))})
        self.run_study("forget", "all")
        self.run_study("--workers", "64", "--threads", "64", env={"SLURM_JOB_ID": "1", "SLURM_CPUS_PER_TASK": "1"})
        self.assertEqual({record["value"] for record in self.results().values()}, {1})


class Halving(StudyTest):
    """Successive halving with real processes."""

    TEXT = """
    avips.experiment{
      name = "study", grid = { rate = { 1e-4, 2e-4, 4e-4, 1e-3, 2e-3, 4e-3, 8e-3, 1.6e-2, 3e-2 } }, seeds = 1,
      search = { budget = "steps", rungs = { 4, 8, 16 }, by = "loss" },
      run = function(c, run)
        local model = avips.model{ robot = "planar_3link", components = 2, hidden = {16}, seed = c.seed }
        local log = run:train(model, { steps = c.steps, batch = 64, learning_rate = avips.schedule.constant(c.rate) })
        local file = io.open("ended", "a") file:write(c.steps, " ", c.rate, "\\n") file:close()
        return { loss = log.loss[#log], last = log.step[#log] }
      end,
    }
    """

    def test_the_best_third_goes_on_from_its_checkpoints(self):
        self.write("study.lua", self.TEXT)
        self.run_study("run", "--workers", "2", timeout=3 * LONGEST_WAIT)
        records = list(self.results().values())
        rungs = {steps: {record["point"]["rate"]: record["measures"] for record in records if record["point"]["steps"] == steps} for steps in (4, 8, 16)}
        self.assertEqual([len(rung) for rung in rungs.values()], [9, 3, 1])
        for earlier, later in [(4, 8), (8, 16)]:
            best = sorted(rungs[earlier], key=lambda rate: rungs[earlier][rate]["loss"])[:len(rungs[later])]
            self.assertEqual(sorted(rungs[later]), sorted(best))
        for steps, rung in rungs.items():
            self.assertEqual({measures["last"] for measures in rung.values()}, {steps})
        self.assertEqual(len(Path(self.home, "ended").read_text().splitlines()), 13)
        self.assertIn("13 of 13 done", self.run_study("status").stdout)

    def test_it_goes_on_where_it_was_killed(self):
        self.write("study.lua", self.TEXT)
        self.run_study("run", "--workers", "1", timeout=3 * LONGEST_WAIT)
        expected = self.results()
        shutil.rmtree(Path(self.home, "study"))
        process = self.start("run", "--workers", "2")
        self.wait_until(lambda: len(list(Path(self.home).glob("study/runs/*/result.json"))) >= 3, "nothing was done")
        process.kill()
        process.wait()
        self.run_study("run", "--workers", "2", timeout=3 * LONGEST_WAIT)
        self.assertEqual(self.results(), expected)


class OwnStudies(StudyTest):
    """The project's own studies, the smallest of each."""

    def test_targets_of_inference(self):
        script = str(ROOT / "scripts/experiments/vips-targets.lua")
        arguments = ["seeds=1", "results=found", "out=report.md", "GMM20"]
        self.run_study(*arguments, "run", "--workers", "1", script=script)
        found = json.loads(Path(self.home, "found/GMM20.json").read_text())
        self.assertEqual([run["seed"] for run in found["runs"]], [1])
        self.assertLess(found["runs"][0]["value"], 0.01)
        self.assertIn("| GMM20 | 1 |", Path(self.home, "report.md").read_text())
        # What is gathered is not run again.
        self.run_study(*arguments, script=script)
        self.run_study("seeds=2", *arguments[1:], "run", "--workers", "1", script=script)
        self.assertEqual([run["seed"] for run in json.loads(Path(self.home, "found/GMM20.json").read_text())["runs"]], [1, 2])

    def test_the_training_of_models(self):
        """With twenty steps in place of thousands: two phases of a whole model, and a model in parts."""
        text = (ROOT / "scripts/maintain/train-models.lua").read_text()
        script = self.write("train.lua", re.sub(r"\b\d{4,}\b", "20", text).replace("pairs = 20", "pairs = 64"))
        Path(self.home, "models").mkdir()
        names = ["valkyrie_lower_arm", "atlas2013_arm_factored"]
        self.assertIn("0 of 2 done", self.run_study("models", *names, "status", script=script).stdout)
        self.run_study("models", *names, "run", "--workers", "1", script=script, timeout=5 * LONGEST_WAIT)
        self.assertEqual({record["measures"]["trained"] for record in self.results("training").values()}, {1})
        for name, kind in zip(names, ("2 components", "in 2 parts")):
            self.assertIn(kind, self.run_program("-e", f"print(avips.model 'models/{name}.safetensors')").stdout)

    def test_the_evaluation_of_models(self):
        text = (ROOT / "scripts/maintain/evaluate-models.lua").read_text()
        small, count = re.subn(r"poses = \d+, samples = \d+, references = \d+, timed = \d+", "poses = 10, samples = 20, references = 4, timed = 2", text)
        self.assertEqual(count, 1)
        for directory in ("scripts/maintain", "share/doc", "share/models"):
            Path(self.home, directory).mkdir(parents=True)
        shutil.copy(ROOT / "share/models/valkyrie_arm_factored.safetensors", Path(self.home, "share/models"))
        script = self.write("scripts/maintain/evaluate-models.lua", small)
        self.run_study("valkyrie_arm_factored", "run", "--workers", "1", script=script, timeout=5 * LONGEST_WAIT)
        self.assertIn("## valkyrie_arm_factored\n", Path(self.home, "share/doc/results.md").read_text())
        self.assertEqual(json.loads(Path(self.home, "share/doc/results/valkyrie_arm_factored.json").read_text())["poses"], 10)

    def test_the_ablation(self):
        self.run_study("planar_3link", "10", "5", "1", "run", "--workers", "1", script=str(ROOT / "scripts/experiments/ablation.lua"), timeout=5 * LONGEST_WAIT)
        self.assertEqual((len(self.results("ablation-planar_3link-start")), len(self.results("ablation-planar_3link"))), (2, 2))
        self.assertRegex(Path(self.home, "ablation-planar_3link/ablation-planar_3link.md").read_text(), r"(?m)^\| all techniques \| \d")

    def test_no_study_is_run_with_a_share_of_its_trainings(self):
        self.study()
        done = self.run_program("--training-share", "0.1", "study.lua", "run", "--workers", "1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--training-share", done.stderr)
        self.assertEqual(self.results(), {})


if __name__ == "__main__":
    unittest.main()
