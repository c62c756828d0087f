"""Ctrl-C while Lua runs: the prompt is back within 0.2 seconds, whatever the code does."""

import signal
import subprocess
import time

from support import PROGRAM, ProgramTest, environment

PATIENCE = 0.2


class Interrupts(ProgramTest):
    def assert_stops(self, *lines):
        session = self.session()
        for line in lines[:-1]:
            session.enter(line)

        def begin():
            session.send("print 'started' " + lines[-1] + "\r")
            session.child.expect_exact("started\r\n")
            time.sleep(0.1)

        self.assert_interruptible(session, begin, PATIENCE)
        self.assertEqual(session.enter("1 + 1").strip(), "2")
        self.assertEqual(session.leave(), 0)

    def test_an_endless_loop(self):
        self.assert_stops("while true do end")

    def test_a_loop_that_catches_errors(self):
        self.assert_stops("function f() while true do end end", "while true do pcall(f) end")

    def test_a_coroutine(self):
        self.assert_stops("coroutine.wrap(function() while true do end end)()")

    def test_a_coroutine_that_catches_errors(self):
        self.assert_stops(
            "function f() while true do end end",
            "coroutine.wrap(function() while true do pcall(f) end end)()")

    def test_an_endless_metamethod(self):
        self.assert_stops(
            "t = setmetatable({}, {__index = function(t, k) while true do end end})", "return t.x")

    def test_many_presses_leave_the_prompt(self):
        session = self.session()
        for _ in range(20):
            session.send("\x03")
            session.answer()
        self.assertEqual(session.enter("1").strip(), "1")

    def test_what_does_not_heed_it_ends_only_after_a_warning(self):
        # A search for a pattern in C cannot be interrupted.
        session = self.session()
        session.send("print 'started' s = ('a'):rep(100000) s:find('.-.-.-.-.-b')\r")
        session.child.expect_exact("started\r\n")
        time.sleep(0.1)
        session.send("\x03\x03\x03")  # hasty presses are one
        time.sleep(0.5)
        self.assertTrue(session.child.isalive())
        time.sleep(2)
        session.send("\x03")
        session.child.expect_exact("Ctrl-C once more ends avips at once")
        self.assertTrue(session.child.isalive())
        time.sleep(0.7)
        session.send("\x03")
        self.assertEqual(session.exit_code(), 130)

    def test_a_script_ends_with_130(self):
        script = self.write("loop.lua", "io.write 'started\\n' io.flush() while true do end")
        process = subprocess.Popen([PROGRAM, script], env=environment(self.home), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.assertEqual(process.stdout.readline(), "started\n")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=5)
        self.assertEqual(process.returncode, 130)
        self.assertIn("interrupted", errors)
