"""Studies as their scripts' command lines have them: running, failing, interrupting, going on, and what is told of it."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

from support import LONGEST_WAIT, PROGRAM, ROOT, ProgramTest, environment

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


class Failing(StudyTest):
    FAULTY = "if c.robot == 'panda' and c.seed == 2 then error('diverged at ' .. c.components) end " + LOSS

    def test_a_failure_is_recorded_and_the_others_go_on(self):
        self.study(self.FAULTY)
        done = self.run_study(code=1)
        self.assertIn("failed: components=4 robot=panda seed=2", done.stderr)
        self.assertEqual(len(self.results()), 10)
        failure = json.loads(next(Path(self.home).glob("study/runs/*/failure.json")).read_text())
        self.assertRegex(failure["error"], r"^study.lua:5: diverged at (4|16)$")
        self.assertTrue(any("study.lua:5" in line for line in failure["traceback"]), failure)
        self.assertIn("(2 of 3)", self.run_study("table").stdout)
        # It is not tried again by itself.
        self.run_study(code=1)
        self.assertEqual(len(self.results()), 10)
        self.study("local repaired = true " + LOSS)
        self.run_study("adopt")
        self.run_study()
        self.assertEqual(len(self.results()), 12)

    def test_retry(self):
        self.study("local file = io.open 'broken' if file then file:close() error 'broken' end " + LOSS)
        Path(self.home, "broken").touch()
        self.run_study(code=1)
        Path(self.home, "broken").unlink()
        self.assertIn("12 failed", self.run_study("status").stdout)
        self.assertIn("12 runs can be tried again", self.run_study("retry").stdout)
        self.run_study()
        self.assertEqual(len(self.results()), 12)

    def test_a_failure_may_end_the_batch(self):
        self.study("avips.system.sleep(0.05) error 'no'")
        self.run_study("--stop-at-failure", "--workers", "2", code=1)
        self.assertLess(len(list(Path(self.home).glob("study/runs/*/failure.json"))), 12)
        self.run_study("forget", "all")
        self.run_study("--stop-at-failure", "--workers", "1", code=1)
        self.assertEqual(len(list(Path(self.home).glob("study/runs/*/failure.json"))), 1)

    def test_what_is_no_number_is_a_failure(self):
        self.study("return { loss = c.components == 4 and 0/0 or 1 }", seeds="{1}")
        self.assertIn('the result "loss" is not a finite number', self.run_study(code=1).stderr)
        self.assertEqual(len(self.results()), 2)

    def test_results_lose_nothing_unsaid(self):
        self.write("study.lua", """
            local made = { function() return { share = { [10] = 0.5, [100] = 0.25 } } end, function() return 1, 2 end, function() return { 1, 0/0 } end,
              function() return { list = { 1, math.huge } } end, function() return { [0.5] = 1 } end }
            avips.experiment{ name = "study", grid = { x = {1, 2, 3, 4, 5} }, run = function(c) return made[c.x]() end }""")
        shown = self.run_study("--workers", "1", code=1)
        self.assertIn('the result "2" is not a finite number', shown.stderr)
        self.assertIn('the result "list.2" is not a finite number', shown.stderr)
        self.assertIn("has a key that is number 0.5: keys are names or whole numbers", shown.stderr)
        self.assertCountEqual([record["measures"] for record in self.results().values()], [{"share.10": 0.5, "share.100": 0.25}, {"value": 1, "value2": 2}])

    def test_infinite_numbers_stay_what_they_are(self):
        self.write("study.lua", """
            avips.experiment{ name = "study", allow_nan = true, grid = { x = {1} }, run = function(c, run)
              run:log{ step = 1, loss = math.huge, other = 0/0 }
              run:log{ step = 2, loss = 1, other = 1 }
              return { most = math.huge, least = -math.huge, none = 0/0, list = {1, math.huge} }
            end }""")
        self.run_study("--workers", "1")
        value = next(iter(self.results().values()))["value"]
        self.assertEqual(value, {"most": float("inf"), "least": float("-inf"), "none": None, "list": [1, float("inf")]})
        shown = self.run_program("-e", """
            local s = avips.experiment.open 'study'
            local row, log = s:rows()[1], select(2, next(s:logs()))[1]
            print(row.most, row.least, log.loss[1], log.other[1])
            print(avips.plot.curves(s, { columns = {'loss'} }) and 'drawn')""")
        self.assertEqual(shown.stdout.splitlines(), ["inf\t-inf\tinf\tnan", "drawn"], shown.stderr)

    def test_a_worker_that_cannot_work_is_no_silence(self):
        # A value that differs from process to process would mix versions.
        self.write("study.lua", "local t = os.tmpname() os.remove(t) avips.experiment{ name = 'study', grid = { x = {1, 2, 3, 4} }, run = function(c) return #t end }")
        done = self.run_program("study.lua", "--workers", "2")
        self.assertEqual(done.returncode, 1)
        self.assertIn("is another version in each process", done.stderr)

    def test_a_run_that_ends_its_process_is_given_up(self):
        self.study("if c.components == 4 then os.execute('kill -9 ' .. avips.system.pid()) end return 1", seeds="{1}")
        done = self.run_program("study.lua", "--workers", "2", timeout=LONGEST_WAIT)
        self.assertEqual(done.returncode, 1)
        self.assertIn("died four times", done.stderr)

    def test_a_safe_session_has_no_studies(self):
        done = self.run_program("--safe", "-e", "print(pcall(avips.experiment, { name = 'x', run = print }))  print(pcall(avips.system.environment, 'HOME')) print(pcall(avips.files.make, 'x'))")
        self.assertIn("a safe session writes no files and starts no processes", done.stdout)
        self.assertIn("a safe session tells nothing", done.stdout)
        self.assertFalse(Path(self.home, "x").exists())


class Interrupting(StudyTest):
    TRAINING = """
        local model = avips.model{ robot = "planar_3link", components = c.components, hidden = {16}, seed = c.seed }
        local ok, log = pcall(run.train, run, model, { steps = 400, batch = 64, checkpoint_interval = 0 })
        avips.system.sleep(0.01)
        return { loss = log.loss[#log], sum = model:sample(model.robot:fk{0.1, 0.2, 0.3}, 1, { seed = 1 })[1][1] }"""

    def undisturbed(self):
        self.run_study("--workers", "1")
        found = self.results()
        logs = self.logs()
        Path(self.home, "study").rename(Path(self.home, "undisturbed"))
        return found, logs

    def logs(self, name="study"):
        found = {}
        for path in Path(self.home, name, "runs").glob("*/log.json"):
            columns = json.loads(path.read_text())
            for times in ("seconds", "samples_per_second"):
                columns.pop(times)
            found[path.parent.name] = columns
        return found

    def assert_goes_on(self, number, *arguments):
        self.study(self.TRAINING, seeds="{1}")
        expected, logs = self.undisturbed()
        for delay in (0.15, 0.3):
            process = self.start(*arguments)
            self.wait_until(lambda: list(Path(self.home).glob("study/runs/*/claim-*")) or process.poll() is not None, "nothing was begun")
            time.sleep(delay)
            process.send_signal(number)
            _, errors = process.communicate(timeout=LONGEST_WAIT)
            if process.returncode != 0:
                self.assertEqual(process.returncode, GO_ON_LATER, errors)
                self.assertEqual(list(Path(self.home).glob("study/runs/*/claim-*")), [])
                self.assertEqual(list(Path(self.home).glob("study/runs/*/failure.json")), [])
        self.run_study()
        self.assertEqual(self.results(), expected)
        self.assertEqual(self.logs(), logs)
        self.assertEqual(list(Path(self.home).glob("study/runs/*/training-*.safetensors")), [])

    def test_ctrl_c_in_one_process(self):
        self.assert_goes_on(signal.SIGINT, "--workers", "1")

    def test_sigterm_with_workers(self):
        self.assert_goes_on(signal.SIGTERM, "--workers", "2")

    def test_sigusr1(self):
        self.assert_goes_on(signal.SIGUSR1, "--workers", "2")

    def test_a_saved_value_and_its_rows_are_of_one_moment(self):
        # The process ends behind the third value: in one case it is there, in the other only its rows are, beside the second value.
        for is_there in (True, False):
            with self.subTest(is_there=is_there):
                self.write("study.lua", """
                    avips.experiment{ name = "study", run = function(c, run)
                      local state = run:load "state" or { next = 1 }
                      if state.next > 1 then run:save("resumed", state.next) end
                      for i = state.next, 5 do
                        run:log{ step = i }
                        run:save("state", { next = i + 1 })
                        if state.next == 1 and i == 2 then os.execute("ln " .. run.directory .. "/state.json second") end
                        if state.next == 1 and i == 3 then os.execute("kill -9 " .. avips.system.pid()) end
                      end
                    end }""")
                process = self.start("--workers", "1")
                process.communicate(timeout=LONGEST_WAIT)
                self.assertEqual(process.returncode, -signal.SIGKILL)
                directory = next(Path(self.home).glob("study/runs/*"))
                if not is_there:
                    os.replace(Path(self.home, "second"), directory / "state.json")
                self.run_study("--workers", "1")
                self.assertEqual(json.loads((directory / "resumed.json").read_text()), 4 if is_there else 3)
                self.assertEqual(json.loads((directory / "log.json").read_text()), {"step": [1, 2, 3, 4, 5]})
                shutil.rmtree(Path(self.home, "study"))
                Path(self.home, "second").unlink(missing_ok=True)

    def test_a_run_goes_on_as_if_it_had_not_been_killed(self):
        # A value that is saved seldom is loaded first; numbers that are not finite, random numbers of both kinds and a training go on.
        self.write("study.lua", """
            avips.experiment{ name = "study", run = function(c, run)
              local best = run:load "best" or { value = math.huge, last = 0/0 }
              local model = run:load "model" or avips.model{ robot = "planar_3link", components = 2, hidden = {16}, seed = 1 }
              local state = run:load "state" or { next = 1, sum = 0 }
              for i = state.next, 8 do
                state.sum = state.sum + avips.random.normal() + math.random()
                model:train{ steps = 2, batch = 16 }
                run:log{ step = i, sum = state.sum, best = best.value, last = best.last }
                if i == 2 then run:save("best", { value = math.huge, last = 0/0 }) end
                run:save("model", model)
                state.next = i + 1
                run:save("state", state)
                if i == 5 and avips.system.environment "STUDY_KILL" and run.attempt == 1 then
                  os.execute("kill -9 " .. avips.system.pid())
                end
              end
              return { sum = state.sum, drawn = math.random(), sample = model:sample(model.robot:fk{0.1, 0.2, 0.3}, 1, { seed = 1 })[1][1] }
            end }""")
        self.run_study("--workers", "1")
        expected = self.results(), next(Path(self.home).glob("study/runs/*/log.json")).read_text()
        shutil.rmtree(Path(self.home, "study"))
        process = self.start("--workers", "1", env={"STUDY_KILL": "1"})
        process.communicate(timeout=LONGEST_WAIT)
        self.assertEqual(process.returncode, -signal.SIGKILL)
        self.run_study("--workers", "1")
        self.assertEqual((self.results(), next(Path(self.home).glob("study/runs/*/log.json")).read_text()), expected)

    def test_what_was_saved_is_read_by_its_kind(self):
        self.study("""
            run:save("mixture", avips.mixture{ means = { {0, 0} }, deviations = { {1, 1} } })
            run:save("network", avips.network{ inputs = 2, hidden = {4}, outputs = 1, seed = 1 })
            run:save("inference", avips.vips{ target = avips.target.two_joint_arm(), seed = 1 })
            local ok, message = pcall(run.load, run, "inference")
            assert(not ok and message:find("needs its target: avips.vips(", 1, true), message)
            local ok, message = pcall(run.log, run, { a = 1, 2 })
            assert(not ok and message:find("must have names alone", 1, true), message)
            return #run:load "mixture" + #run:load "network"{1, 2}""", seeds="{1}")
        self.run_study("--workers", "1")
        self.assertEqual([record["value"] for record in self.results().values()], [2] * 4)

    def test_a_value_of_another_kind_takes_the_place_of_the_one_before(self):
        self.study("""
            local own = assert(io.open(run.directory .. "/kept.safetensors", "w"))
            own:write("the script's own")
            own:close()
            run:save("kept", avips.plot.schedule{ rate = 0.1 })
            run:save("kept", { 1, 2 })
            assert(io.open(run.directory .. "/kept.safetensors"):read "a" == "the script's own" and not io.open(run.directory .. "/kept.svg"))
            return #run:load 'kept'""", seeds="{1}")
        self.run_study("--workers", "1")
        self.assertEqual([record["measures"] for record in self.results().values()], [{"value": 2}] * 4)
        self.assertEqual([record["files"] for record in self.results().values()], [["kept.json"]] * 4)

    def test_workers_end_with_the_process_that_started_them(self):
        self.study("avips.system.sleep(60)", seeds="{1}")
        process = self.start("--workers", "2")
        claims = lambda: list(Path(self.home).glob("study/runs/*/claim-*"))
        self.wait_until(lambda: len(claims()) >= min(2, len(os.sched_getaffinity(0))), "nothing was begun")
        workers = [json.loads(path.read_text())["pid"] for path in claims()]
        process.kill()
        process.wait()
        self.wait_until(lambda: not any(Path("/proc", str(pid)).exists() for pid in workers if pid != process.pid), "workers go on alone")

    def test_the_prompt_comes_back(self):
        session = self.session("-q", "--no-progress")
        session.enter("study = avips.experiment{ name = 'typed', grid = { x = {1, 2, 3} }, run = function(c) if c.x == 2 and slow then avips.system.sleep(60) end return c.x end } slow = true")
        session.send("print('star' .. 'ted') study:run()\r")
        session.child.expect_exact("started")
        self.wait_until(lambda: len(list(Path(self.home).glob("typed/runs/*/result.json"))) == 1, "nothing was done")
        time.sleep(0.2)
        session.child.send("\x03")
        self.assertIn("interrupted: 1 of 3 done", session.answer())
        session.enter("slow = false")
        self.assertEqual(session.enter("study.todo, study.interrupted").split(), ["1", "1"])
        session.enter("study:run();")
        self.assertEqual(session.enter("study.done, study:rows()[3].value").split(), ["3", "3"])
        self.assertEqual(session.leave(), 0)


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


if __name__ == "__main__":
    unittest.main()
