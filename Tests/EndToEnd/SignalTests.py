"""Signals that ask for the end, or tell of a limit: nothing that was computed is lost, and the exit status says what happened."""

import os
import resource
import signal
import subprocess
import time
import unittest
from pathlib import Path

import pexpect

from support import LONGEST_WAIT, PROGRAM, SLOWEST_ANSWER, ProgramTest, environment

STUDENT = "student = avips.model{ robot = 'planar_3link', components = 4, hidden = {32, 32}, seed = 1 }"
TRAINING = STUDENT + """
io.write 'started\\n' io.flush()
student:train{ minutes = 10, seed = 1, checkpoint = 'c.safetensors' }
"""


class Endings(ProgramTest):
    def start(self, text, **keywords):
        script = self.write("script.lua", text)
        process = subprocess.Popen(
            [PROGRAM, "--no-progress", script], env=environment(self.home), cwd=self.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            **keywords)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "started\n")
        time.sleep(0.3)
        return process

    def test_a_training_writes_its_checkpoint_and_its_log(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
            with self.subTest(signal=number.name):
                Path(self.home, "c.safetensors").unlink(missing_ok=True)
                process = self.start(TRAINING)
                process.send_signal(number)
                process.communicate(timeout=LONGEST_WAIT)
                self.assertEqual(process.returncode, 128 + number)
                done = self.run_program("--no-progress", "-e", "m = avips.model 'c.safetensors' print(m, #m.log > 0, m.log.step[#m.log] == m.history.steps)")
                self.assertIn("interrupted", done.stdout)
                self.assertIn("true\ttrue", done.stdout)

    def test_a_loop_that_is_left_writes_its_checkpoint(self):
        loop = STUDENT + """
        local count = 0
        for report in student:training{ steps = 1000000, seed = 1, interval = 3, checkpoint = 'c.safetensors' } do
          count = count + 1
          if count == 2 then %s end
        end
        """
        checkpoint = Path(self.home, "c.safetensors")
        for ending in ("break", "error 'the body failed'", "os.exit(3)"):
            with self.subTest(ending=ending):
                checkpoint.unlink(missing_ok=True)
                self.run_program("--no-progress", self.write("loop.lua", loop % ending))
                self.assertEqual(self.steps(), "6")
        checkpoint.unlink(missing_ok=True)
        process = self.start(loop % "io.write 'started\\n' io.flush() while true do end")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LONGEST_WAIT)
        self.assertEqual((process.returncode, self.steps()), (128 + signal.SIGTERM, "6"))

    def steps(self):
        return self.run_program("--no-progress", "-e", "print(avips.model('c.safetensors').history.steps)").stdout.strip()

    def test_ctrl_c_before_a_script_begins_is_heeded(self):
        """While the program starts and reads a long script there is no code to stop yet."""
        script = self.write("script.lua", "--" + "x" * 50_000_000 + "\navips.system.sleep(600)\n")
        for delay in (0.02, 0.04, 0.06, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3):
            process = subprocess.Popen(
                [PROGRAM, "--no-progress", script], env=environment(self.home), cwd=self.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.addCleanup(process.communicate)
            self.addCleanup(process.kill)
            time.sleep(delay)
            process.send_signal(signal.SIGINT)
            try:
                # What comes before the program can catch it ends it as any other.
                self.assertIn(process.wait(timeout=SLOWEST_ANSWER), (130, -signal.SIGINT))
            except subprocess.TimeoutExpired:
                self.fail(f"Ctrl-C after {delay} s is lost")

    def test_code_that_catches_errors_ends(self):
        process = self.start("io.write 'started\\n' io.flush() while true do pcall(function() while true do end end) end")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LONGEST_WAIT)
        self.assertEqual(process.returncode, 128 + signal.SIGTERM)

    def test_a_finalizer_that_is_interrupted_at_the_end_is_no_success(self):
        finalizer = "kept = setmetatable({}, { __gc = function() io.write 'started\\n' io.flush() io.read() end })"
        for ending, number in (("", signal.SIGINT), (" os.exit()", signal.SIGINT), (" os.exit()", signal.SIGTERM)):
            with self.subTest(ending=ending, signal=number.name):
                process = self.start(finalizer + ending, stdin=subprocess.PIPE)
                process.send_signal(number)
                self.assertEqual(process.wait(timeout=LONGEST_WAIT), 128 + number)
                process.communicate()

    def test_a_request_that_was_switched_off_is_not_heeded(self):
        process = self.start(
            "io.write 'started\\n' io.flush() local t = os.time() + 3 while os.time() < t do end print 'done'",
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        process.send_signal(signal.SIGHUP)
        output, _ = process.communicate(timeout=LONGEST_WAIT)
        self.assertEqual((output, process.returncode), ("done\n", 0))

    def test_the_prompt_leaves(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
            with self.subTest(signal=number.name):
                session = self.session()
                session.enter("1 + 1")
                session.child.kill(number)
                self.assertEqual(session.exit_code(), 128 + number)
        session = self.session()
        session.send("print('star' .. 'ted') while true do end\r")
        session.child.expect_exact("started")
        session.child.kill(signal.SIGTERM)
        self.assertEqual(session.exit_code(), 128 + signal.SIGTERM)

    def test_a_terminal_that_is_closed_ends_a_training_with_its_checkpoint(self):
        session = self.session()
        session.enter(STUDENT)
        session.send("print('star' .. 'ted') student:train{ minutes = 10, seed = 1, checkpoint = 'c.safetensors' }\r")
        session.child.expect_exact("started")
        time.sleep(0.5)
        nothing = os.open("/dev/null", os.O_RDWR)
        os.dup2(nothing, session.child.child_fd)  # which closes the terminal
        os.close(nothing)
        self.assertEqual(session.child.wait(), 128 + signal.SIGHUP)
        self.assertTrue(Path(self.home, "c.safetensors").exists())

    def test_ctrl_backslash_ends_without_a_word(self):
        session = self.session()
        session.enter("1 + 1")
        session.send("\x1c")
        session.child.expect(pexpect.EOF)
        self.assertNotIn("rash", session.child.before)
        session.child.close()
        self.assertEqual(session.child.exitstatus, 128 + signal.SIGQUIT)
        session = self.session()
        session.send("print('star' .. 'ted') while true do end\r")
        session.child.expect_exact("started")
        session.send("\x1c")
        self.assertEqual(session.exit_code(), 128 + signal.SIGQUIT)

    def test_a_limit_on_the_size_of_files_is_an_error(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

        script = self.write("big.lua", "print(pcall(avips.json.write, 'big.json', ('x'):rep(100000)))")
        done = subprocess.run([PROGRAM, script], env=environment(self.home), cwd=self.home, capture_output=True, text=True, preexec_fn=limit)
        self.assertIn("File too large", done.stdout)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(sorted(os.listdir(self.home)), ["big.lua"])


class Checkpoints(ProgramTest):
    def test_a_checkpoint_that_cannot_be_written_ends_nothing(self):
        script = self.write("train.lua", STUDENT + """
            avips.files.make 'd'
            local function rate(progress)
                if avips.files.exists 'd' then avips.files.remove 'd' end
                return 1e-3
            end
            local log = student:train{ steps = 20, batch = 32, seed = 1, learning_rate = rate, checkpoint = 'd/c.safetensors', checkpoint_interval = 0 }
            print(log.step[#log], log.warnings[1])
            """)
        done = self.run_program("--no-progress", script)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith("20.0\t"), done.stdout)
        self.assertIn("could not be written", done.stdout)
        self.assertIn("could not be written", done.stderr)

    def test_a_script_that_is_started_again_goes_on_or_is_done(self):
        script = self.write("train.lua", """
            local file = io.open "c.safetensors"
            local model = file and avips.model "c.safetensors" or avips.model{ robot = "planar_3link", components = 4, hidden = {32}, seed = 1 }
            local before = model.history.steps
            local log = model:train{ steps = 30, batch = 32, seed = 1, checkpoint = "c.safetensors" }
            print(before, model.history.steps, #log, log.loss[#log])
            """)
        first = self.run_program("--no-progress", script)
        self.assertEqual(first.stdout.split("\t")[:2], ["0", "30"], first.stderr)
        again = self.run_program("--no-progress", script)
        self.assertEqual(again.stdout.split("\t"), ["30", *first.stdout.split("\t")[1:]], again.stderr)
        # Without options a finished training is done as well, and with others it goes on.
        more = self.run_program("--no-progress", "-e", "m = avips.model 'c.safetensors' print(#m:train()) m:train{ steps = 5, batch = 32 } print(m.history.steps)")
        self.assertEqual(more.stdout.split(), [first.stdout.split("\t")[2], "35"], more.stderr)


if __name__ == "__main__":
    unittest.main()
