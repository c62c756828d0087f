"""The debugger: breakpoints, steps, variables, code in a frame, and the calls that led to an error."""

import time
import unittest

from support import ESCAPES, ProgramTest

SCRIPT = """local function square(x)
  local result = x * x
  return result
end

local total = 0
for i = 1, 3 do
  local part = square(i)
  total = total + part
end
print("total " .. total)
"""
SIZES = [(24, 80), (40, 120)]


class Debugger(ProgramTest):
    PROMPT = "debug> "

    def open(self, size=(24, 80), arguments=("-q",), **keywords):
        self.write("work.lua", SCRIPT)
        return self.session(*arguments, dimensions=size, **keywords)

    def say(self, session, text, prompt=None):
        session.child.send(text + "\r")
        session.child.expect_exact(prompt or self.PROMPT)
        shown = ESCAPES.sub("", session.child.before)
        return shown.split("\n", 1)[1] if "\n" in shown else shown

    def test_a_script_is_stepped_through(self):
        for size in SIZES:
            with self.subTest(size=size):
                session = self.open(size)
                shown = self.say(session, "%debug work.lua")
                self.assertIn("work.lua:4: in main chunk", shown)  # where Lua makes the function of the lines before
                self.assertIn("->", shown)
                for place in ["work.lua:6", "work.lua:7", "work.lua:8"]:
                    self.assertIn(place, self.say(session, "next"))
                self.assertIn("work.lua:2: in ", self.say(session, "step"))
                self.assertIn("work.lua:3", self.say(session, "n"))
                self.assertRegex(self.say(session, "locals"), r"x +1\s+result +1")
                self.assertRegex(self.say(session, "where"), r"-> .*work.lua:3.*\n +.*work.lua:8: in main chunk")
                self.assertIn("work.lua:8", self.say(session, "up"))
                self.assertEqual(self.say(session, "total, i").split(), ["0", "1"])
                self.assertIn("work.lua:3", self.say(session, "down"))
                self.assertIn("work.lua:9", self.say(session, "finish"))
                self.assertIn("total 14", self.say(session, "continue", session.prompt))
                self.assertEqual(session.enter("1 + 1").strip(), "2")

    def test_breakpoints_stop_where_a_condition_holds(self):
        session = self.open()
        self.say(session, "%debug work.lua")
        self.assertIn("breakpoint at", self.say(session, "break 9 if i == 2"))
        self.assertIn("work.lua:9 if i == 2", self.say(session, "break"))
        self.assertIn("work.lua:9", self.say(session, "c"))
        self.assertEqual(self.say(session, "i, part").split(), ["2", "4"])
        self.assertIn("there is no breakpoint 7", self.say(session, "delete 7"))
        self.say(session, "delete 1")
        self.assertIn("total 14", self.say(session, "c", session.prompt))

    def test_variables_are_changed_in_the_frame(self):
        session = self.open()
        self.say(session, "%debug work.lua")
        self.say(session, "break work.lua:3")
        self.say(session, "c")
        self.say(session, "result = 100")
        self.say(session, "new_global = result + x")
        self.say(session, "delete")
        self.assertIn("total 113", self.say(session, "c", session.prompt))
        self.assertEqual(session.enter("new_global").strip(), "101")

    def test_a_breakpoint_in_a_script(self):
        path = self.write("stops.lua", "local a = 5\navips.breakpoint(false)\navips.breakpoint()\na = a + 1\nprint('end ' .. a)\n")
        session = self.open(arguments=(path,), wait=False)
        session.child.expect_exact(self.PROMPT)
        self.assertIn("stops.lua:4", ESCAPES.sub("", session.child.before))
        self.assertEqual(self.say(session, "a").strip(), "5")
        self.assertIn("nil value", self.say(session, "nowhere.x"))
        session.child.send("c\r")
        session.child.expect_exact("end 6")
        self.assertEqual(session.exit_code(), 0)

    def test_without_a_terminal_nothing_stops(self):
        done = self.run_program("-e", "for i = 1, 3 do avips.breakpoint() end print 'went on'")
        self.assertEqual((done.stdout, done.returncode), ("went on\n", 0))

    def test_quitting_ends_the_script_whatever_it_catches(self):
        self.write("catches.lua", "print(pcall(function()\n  local a = 1\n  return a\nend))\nprint 'caught'\n")
        session = self.open()
        self.say(session, "%debug catches.lua")
        self.say(session, "step")
        shown = self.say(session, "quit", session.prompt)
        self.assertNotIn("caught", shown)
        self.assertEqual(session.enter("1 + 1").strip(), "2")

    def test_the_calls_that_led_to_an_error(self):
        for size in SIZES:
            with self.subTest(size=size):
                session = self.open(size)
                session.enter("function inner(x) local y = x .. '!' return y.z.w end")
                session.enter("function outer(n) local before = n * 2 return (inner('value' .. n)) end")
                self.assertIn("index a nil value", session.enter("total = outer(21)"))
                shown = self.say(session, "%debug")
                self.assertIn("index a nil value", shown)
                self.assertIn("in function 'inner'", shown)
                self.assertIn("return y.z.w", shown)
                self.assertEqual(self.say(session, "y, x").split(), ["value21!", "value21"])
                self.assertIn("in function 'outer'", self.say(session, "up"))
                self.assertEqual(self.say(session, "before").strip(), "42")
                self.assertIn("can only be looked at", self.say(session, "next"))
                session.child.send("q\r")
                session.answer()
                self.assertEqual(session.enter("1 + 1").strip(), "2")

    def test_the_line_that_failed_stays_the_one_shown(self):
        session = self.open(SIZES[0])
        session.enter("error('zzz')")
        session.enter("c = 3")
        shown = self.say(session, "%debug")
        self.assertIn("error('zzz')", shown)
        self.assertNotIn("c = 3", shown)
        session.child.send("q\r")
        session.answer()

    def test_after_a_script_that_failed(self):
        path = self.write("fails.lua", "local limit = 3\nlocal function check(value)\n  error('beyond ' .. limit)\nend\ncheck(4)\n")
        session = self.session("-q", "-i", path)
        self.assertIn("beyond 3", session.opening)
        self.assertIn("fails.lua:3", self.say(session, "%debug"))
        self.assertEqual(self.say(session, "value, limit").split(), ["4", "3"])

    def test_code_that_is_typed_is_stepped_through(self):
        session = self.open()
        session.send("function f(x)\r")
        session.answer("  ...> ")
        session.send("local y = x + 1\r")
        session.answer("  ...> ")
        session.send("return y * 2\r")
        session.answer("  ...> ")
        session.enter("end")
        self.say(session, "%debug f(4)")
        shown = self.say(session, "s")
        self.assertIn("local y = x + 1", shown)
        self.say(session, "n")
        self.assertEqual(self.say(session, "y").strip(), "5")
        self.assertEqual(self.say(session, "c", session.prompt).strip(), "10")

    def test_coroutines_and_steps_over_them(self):
        self.write("threads.lua", "local co = coroutine.wrap(function()\n  coroutine.yield(1)\n  coroutine.yield(2)\nend)\nlocal a = co()\nlocal b = co()\nprint(a + b)\n")
        session = self.open()
        shown = self.say(session, "%debug threads.lua")
        for _ in range(3):  # the function's lines come first
            if "threads.lua:5" not in shown:
                shown = self.say(session, "next")
        self.assertIn("threads.lua:5", shown)
        self.assertIn("threads.lua:6", self.say(session, "next"))
        self.assertIn("threads.lua:3", self.say(session, "step"))
        self.assertIn("3", self.say(session, "c", session.prompt))

    def test_ctrl_c_stops_what_is_evaluated_and_keeps_the_debugger(self):
        session = self.open()
        self.say(session, "%debug work.lua")

        def begin():
            session.send("while true do end\r")
            session.child.expect_exact("end\r\n")
            time.sleep(0.3)

        begin()
        with session.stopwatch() as watch:
            session.child.send("\x03")
            session.child.expect_exact(self.PROMPT)
        self.assertTrue(watch.is_within(0.2), watch)
        self.assertEqual(self.say(session, "6 * 7").strip(), "42")
        session.child.send("\x03")
        session.child.expect_exact(self.PROMPT)
        self.assertIn("total 14", self.say(session, "c", session.prompt))

    def test_help_and_what_is_wrong(self):
        session = self.open()
        self.assertIn("no error was met", session.enter("%debug"))
        self.assertIn("nothing.lua", session.enter("%debug nothing.lua"))
        self.say(session, "%debug work.lua")
        self.assertIn("breakpoint", self.say(session, "help"))
        self.assertIn("a breakpoint is written", self.say(session, "break here"))
        self.assertIn("outermost", self.say(session, "up"))
        self.assertIn("total 14", self.say(session, "c", session.prompt))


if __name__ == "__main__":
    unittest.main()
