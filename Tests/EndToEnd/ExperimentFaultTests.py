"""Studies whose runs fail, or are interrupted and go on as if they had not been."""

import json
import os
import shutil
import signal
import time
import unittest
from pathlib import Path

from studies import GO_ON_LATER, LOSS, StudyTest
from support import LONGEST_WAIT


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

    def test_files_without_a_result_are_told(self):
        self.study(seeds="{1}")
        self.run_study()
        path = next(Path(self.home).glob("study/runs/*/result.json"))
        path.write_text("<<<<<<< HEAD\n" + path.read_text())
        for words in (["table"], ["compare", "--axis", "robot"], ["report"], []):
            with self.subTest(words):
                self.assertRegex(self.run_study(*words, code=1).stderr, r'study/runs/\w+/result.json" holds no result; where it is removed, .*seed=1 is run again')
        path.unlink()
        self.run_study()
        self.assertEqual(len(self.results()), 4)

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


if __name__ == "__main__":
    unittest.main()
