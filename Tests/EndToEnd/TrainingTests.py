"""Training from the prompt and from scripts: its progress, and Ctrl-C that loses nothing."""

import signal
import subprocess
import time

from support import LONGEST_WAIT, PROGRAM, ProgramTest, environment

STUDENT = 'student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }'


class Progress(ProgramTest):
    def test_is_one_line_on_a_terminal_and_gone_at_the_end(self):
        session = self.session()
        session.enter(STUDENT)
        session.send("log = student:train{ minutes = 0.02, seed = 1 }\r")
        session.child.expect(r"\rtraining  [━╌]{20}  \d+ %  [^\n]*samples/s  loss -?\d+\.\d+")
        session.child.expect_exact("\r\x1b[K")
        session.answer()
        self.assertEqual(session.enter("#log > 0").strip(), "true")

    def test_is_plain_lines_elsewhere(self):
        done = self.run_program("-e", STUDENT, "-e", "student:train{ steps = 400, seed = 1 }")
        self.assertEqual((done.stdout, done.returncode), ("", 0), done.stderr)
        lines = done.stderr.splitlines()
        self.assertTrue(1 <= len(lines) <= 12, done.stderr)
        self.assertRegex(lines[-1], r"^training: \d+ %, [\d ]+ of 400 steps, ")

    def test_can_be_switched_off(self):
        done = self.run_program("--no-progress", "-e", STUDENT, "-e", "student:train{ steps = 100, seed = 1 }")
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("", "", 0))


class Interrupts(ProgramTest):
    def test_the_prompt_is_back_at_once_and_the_model_usable(self):
        session = self.session()
        session.enter(STUDENT)

        def begin():
            session.send("student:train{ minutes = 1, seed = 1 }\r")
            session.child.expect_exact("samples/s")
            time.sleep(0.3)

        shown = self.assert_interruptible(session, begin)
        self.assertIn("interrupted at", shown)
        self.assertIn("continues", shown)
        self.assertNotIn("traceback", shown)
        self.assertIn("1", session.enter("student:sample(student.robot:fk{0.1, 0.2, 0.3}, 1).rows"))
        session.send("student:train()\r")
        session.child.expect_exact("samples/s")
        session.send("\x03")
        self.assertIn("interrupted at", session.answer())

    def test_a_hasty_second_press_loses_nothing(self):
        session = self.session()
        session.enter(STUDENT)
        for presses in (2, 3, 10):
            session.send("student:train{ minutes = 1, seed = 1 }\r")
            session.child.expect_exact("samples/s")
            time.sleep(0.3)
            for _ in range(presses):
                session.send("\x03")
                time.sleep(0.02)
            session.child.expect_exact("interrupted at")
            time.sleep(0.1)
            # The presses that came too late have discarded lines at the prompt.
            session.send("\x15print('to' .. 'gether')\r")
            session.child.expect_exact("together\r\n")
            session.answer()
        self.assertIn("interrupted", session.enter("student"))
        self.assertIn("3", session.enter("student:sample(student.robot:fk{0.1, 0.2, 0.3}, 3).rows"))

    def test_a_script_that_trains_ends_with_130(self):
        script = self.write("train.lua", STUDENT + "\nio.write 'started\\n' io.flush()\nstudent:train{ minutes = 1 }\n")
        process = subprocess.Popen([PROGRAM, "--no-progress", script], env=environment(self.home),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(process.stdout.readline(), "started\n")
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=LONGEST_WAIT)
        self.assertEqual(process.returncode, 130)
        self.assertIn("interrupted", errors)


class Queries(ProgramTest):
    def test_long_searches_can_be_interrupted(self):
        session = self.session()
        session.enter('panda = avips.robot "panda"')
        self.assert_stops(session, "for i = 1, 1e9 do panda:ik(panda:fk(panda:random()), { count = 200 }) end")
        self.assertEqual(session.enter("panda.dof").strip(), "7")

    def assert_stops(self, session, call):
        def begin():
            session.send("print 'started' " + call + "\r")
            session.child.expect_exact("started\r\n")
            time.sleep(0.5)

        self.assert_interruptible(session, begin)

    def test_solving_and_evaluating_can_be_interrupted(self):
        session = self.session("-q", "--no-progress")
        session.enter('model = avips.model "panda"')
        self.assert_stops(session, "answers = model:solve(avips.pose{ xyz = {9, 9, 9} }, { count = 1000000 })")
        self.assert_stops(session, "model:evaluate{ poses = 100000, samples = 100, seed = 1 }")
        self.assert_stops(session, "for report in model:training{ minutes = 10 } do end")
        self.assertEqual(session.enter("#model:solve(model.robot:fk(model.robot:random()), { count = 3 })").strip(), "3")

    def test_a_script_that_is_interrupted_writes_its_checkpoint(self):
        script = self.write("train.lua", STUDENT + "\nio.write 'started\\n' io.flush()\n"
                            "student:train{ minutes = 10, checkpoint = 'c.safetensors' }\n")
        process = subprocess.Popen([PROGRAM, "--no-progress", script], env=environment(self.home), cwd=self.home,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(process.stdout.readline(), "started\n")
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
        self.assertEqual(process.returncode, 130)
        done = self.run_program("--no-progress", "-e", "print(avips.model 'c.safetensors')")
        self.assertIn("interrupted", done.stdout)
