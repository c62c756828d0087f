"""Ctrl-C while functions of Lua's own libraries work on gigabytes, and while commands run."""

import os
import signal
import subprocess
import time
import zipfile

import pexpect

from support import PROGRAM, ProgramTest, environment


class Libraries(ProgramTest):
    """Functions of Lua's own libraries on gigabytes, and commands."""

    def test_errors_that_are_caught(self):
        self.assert_stops("while true do pcall(error) end")
        self.assert_stops("while true do pcall(error, setmetatable({}, { __tostring = function() return 'x' end })) end")
        self.assert_stops("while true do select(2, pcall(string.rep)) end")
        self.assert_stops("while true do pcall(error, 'x') end")
        self.assert_stops("while true do coroutine.resume(coroutine.create(error), 'x') end")

    def test_commands(self):
        # The command and the program get Ctrl-C alike: one press ends the loop, not one turn of it.
        self.assert_stops("while true do os.execute('sleep 1') end")
        self.assert_stops("while true do os.execute('sleep 1; true') end")
        self.assert_stops("while true do local pipe = io.popen('sleep 1') pipe:read 'a' pipe:close() end")

    def test_a_command_may_have_ctrl_c_for_itself(self):
        session = self.session()
        session.send("print 'started' os.execute(\"trap 'echo own' INT; sleep 1; sleep 0.2\") print('be' .. 'hind')\r")
        session.child.expect_exact("started\r\n")
        time.sleep(0.4)
        session.child.send("\x03")
        self.assertIn("behind", session.answer())
        self.assertEqual(session.enter("os.execute('exit 3')").split(), ["nil", "exit", "3"])
        self.assertEqual(session.enter("os.execute()").split(), ["true"])
        self.assertEqual(session.leave(), 0)

    def presses_until_prompt(self, session):
        """Presses Ctrl-C until the prompt is back, not hastily; how often, and what was shown."""
        for presses in range(1, 20):
            session.child.send("\x03")
            if session.child.expect_exact([session.prompt, pexpect.TIMEOUT], timeout=0.7) == 0:
                return presses, session.child.before
        self.fail(f"no prompt; shown: {session.child.before!r}")

    def test_a_command_that_ignores_ctrl_c_is_ended_by_further_presses(self):
        for call, ignored, least in (('os.execute("%s")', "INT TERM", 3), ('io.popen("%s"):close()', "INT", 2)):
            with self.subTest(call):
                session = self.session()
                session.send(call % f"trap '' {ignored}; echo rea''dy >&2; sleep 600" + " print('be' .. 'hind')\r")
                session.child.expect_exact("ready")
                presses, shown = self.presses_until_prompt(session)
                self.assertGreaterEqual(presses, least)
                self.assertEqual(shown.count("the command ignores Ctrl-C"), 1)
                self.assertIn("interrupted", shown)
                self.assertNotIn("behind", shown)
                self.assertEqual(session.enter("1 + 1").strip(), "2")

    def test_a_command_of_the_prompt_that_ignores_ctrl_c_is_ended_by_further_presses(self):
        session = self.session()
        session.send("!trap '' INT TERM; echo rea''dy; sleep 600\r")
        session.child.expect_exact("ready")
        presses, shown = self.presses_until_prompt(session)
        self.assertGreaterEqual(presses, 3)
        self.assertEqual(shown.count("the command ignores Ctrl-C"), 1)
        self.assertIn("ended by signal 9", shown)
        self.assertEqual(session.enter("1 + 1").strip(), "2")

    def test_a_command_that_catches_ctrl_c_keeps_it_however_often_it_is_pressed(self):
        session = self.session()
        session.send("os.execute \"trap 'echo ca''ught' INT; echo rea''dy; while ! [ -e done ]; do sleep 0.1; done\" print('be' .. 'hind')\r")
        session.child.expect_exact("ready")
        for _ in range(3):
            session.child.send("\x03")
            session.child.expect_exact("caught")
            time.sleep(0.6)
        self.write("done", "")
        self.assertIn("behind", session.answer())

    def test_an_interruption_of_the_process_alone(self):
        # The commands are not sent the signal; who waits for them passes it on.
        fifo = os.path.join(self.home, "fifo")
        os.mkfifo(fifo)
        for code in (
            "os.execute 'sleep 30'", "os.execute 'sleep 30; true'", "while true do pcall(os.execute, 'sleep 30') end",
            "local pipe = io.popen 'sleep 30' pipe:read 'a'", "for line in io.popen('sleep 30'):lines() do end", "local pipe = io.popen 'sleep 30' pipe:close()",
            "local pipe = io.popen('sleep 30', 'w') pipe:write(('x'):rep(1e7))",
            "for line in io.lines() do end", f"dofile '{fifo}'", f"loadfile '{fifo}'", "package.path = ... require 'nothing'",
        ):
            with self.subTest(code):
                script = self.write("waits.lua", "io.write 'started\\n' io.flush() " + code.replace("...", f"'{fifo}'") + " print 'behind'")
                process = subprocess.Popen([PROGRAM, script], env=environment(self.home), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                self.assertEqual(process.stdout.readline(), "started\n")
                time.sleep(0.5)
                process.send_signal(signal.SIGINT)
                try:
                    self.assertEqual(process.wait(timeout=5), 130)
                finally:
                    process.kill()
                    out, errors = process.communicate()
                self.assertNotIn("behind", out)
                self.assertIn("interrupted", errors)
                self.assertNotIn("Interrupted system call", errors)

    def test_long_texts(self):
        self.assert_stops("s = ('ä'):rep(2e8);", "while true do utf8.len(s) end")
        self.assert_stops("s = ('ä'):rep(2e8);", "while true do utf8.offset(s, 2e8 // 1 | 0) end")
        self.assert_stops("t = {} for i = 1, 200 do t[i] = ('x'):rep(5e6) end;", "while true do table.concat(t) end")
        self.assert_stops("while true do local s = ('x'):rep(1e9) s = nil collectgarbage() end")
        # What is made last is one copy of the text, which nothing interrupts.
        self.assert_stops("while true do local s = ('x'):rep(2e8) s = nil collectgarbage() end")
        self.assert_stops("s = ('x'):rep(1e8);", "while true do local t = s .. 'y' end")

    def test_long_files(self):
        with open(os.path.join(self.home, "long.txt"), "wb") as file:
            file.truncate(200 << 20)
        path = os.path.join(self.home, "long.txt")
        for call in ("f:read 'a'", "f:read 'l'", "f:read(200 << 20)"):
            self.assert_stops(f"f = io.open '{path}'", f"while true do f:seek 'set' local s = {call} s = nil collectgarbage() end")
        self.assert_stops(f"while true do for line in io.lines '{path}' do end end")
        self.assert_stops(f"f = io.open '{path}'", "while true do f:seek 'set' for line in f:lines(200 << 20) do end end")
        self.assert_stops("for line in io.lines '/dev/zero' do end")

    def test_own_functions_on_many_numbers(self):
        self.assert_stops("m = avips.mixture{ means = {{0, 0}}, deviations = {{1, 1}} }", "while true do m:entropy{ samples = 5000000 } end")
        self.assert_stops("m = avips.mixture{ means = {{0, 0}}, deviations = {{1, 1}} }", "while true do m:sample(5000000) end")
        self.assert_stops("a = avips.random.normal(50000, { columns = 500, seed = 1 })", "while true do a:covariance() end")
        for method in ("mean()", "deviation()", "quantile(0.5)", "max()"):
            self.assert_stops("a = avips.random.normal(50000, { columns = 500, seed = 1 })", f"while true do a:{method} end")
        for call in ("transpose()", "part{ rows = {2, 3000} }"):
            self.assert_stops("a = avips.random.normal(3000, { columns = 3000, seed = 1 })", f"while true do a:{call} end")
        path = os.path.join(self.home, "rows.csv")
        for call in ("a:table()", "avips.json.encode(a)", "a:column(1)", f"avips.csv.write('{path}', a)"):
            self.assert_stops("a = avips.random.normal(3000, { columns = 3000, seed = 1 })", f"while true do {call} end")
        self.assert_stops("a = avips.random.normal(5000000, { columns = 1, seed = 1 }):column(1)", "while true do avips.json.encode(a) end")
        self.assert_stops("a = avips.random.normal(5000000, { columns = 1, seed = 1 })", "while true do a:quantile(0.5) end")
        self.assert_stops("b = avips.robot 'talos_28dof'", "while true do b:random(200000) end")

    def test_steps_that_take_seconds(self):
        self.assert_stops(
            "n = avips.network{ inputs = 2000, hidden = {4000}, outputs = 2000, seed = 1 } x = avips.random.normal(3000, { columns = 2000, seed = 1 })",
            "n:train{ inputs = x, targets = x, batch = 3000, steps = 100 }")
        self.assert_stops(
            "m = avips.model{ robot = 'panda', components = 64, hidden = {1024, 1024, 1024}, seed = 1 }", "m:train{ steps = 1000, batch = 8192, seed = 1 }")
        self.assert_stops(
            "x = avips.random.normal(300000, { columns = 50, seed = 1 })", "while true do avips.model{ pairs = { contexts = x, values = x }, components = 4 } end")

    def test_long_inference(self):
        # One iteration takes seconds; the mixture stays that of the last whole one. More samples than these take the system too long to find memory for.
        self.assert_stops(
            "v = avips.vips{ target = avips.target.gaussian_mixture{ dimension = 40 }, components = 200, samples = 3000, seed = 1 }",
            "v:run{ iterations = 100 }")

    def target(self, dimension, options=""):
        """A line that makes a conditional target."""
        density = f"function(x, c) local s = 0 for i = 1, {dimension} do s = s + (x[i] - c.a)^2 end return -s / 2 end"
        return f"t = avips.target{{ dimension = {dimension}, context = {{ a = {{-1, 1}} }}, logdensity = {density}, {options} }}"

    def test_steps_whose_shards_take_long(self):
        pairs = "x = avips.random.normal(20000, { columns = 6, seed = 1 }) y = avips.random.normal(20000, { columns = 4, seed = 2 })"
        flow = "kind = 'flow', coupling = 'spline', blocks = 12, hidden = {256, 256}"
        for kind in (flow, "kind = 'gan', hidden = {1024, 1024}, discriminator = {1024, 1024}"):
            self.assert_stops(pairs, f"m = avips.model{{ pairs = {{ contexts = y, values = x }}, {kind}, seed = 1 }}", "m:train{ batch = 16384, steps = 100, forward_share = 1, seed = 1 }")
        self.assert_stops(
            self.target(20), "m = avips.model{ target = t, components = 64, hidden = {512, 512, 512}, seed = 1 }",
            "m:train{ batch = 4096, steps = 100, seed = 1 }")

    def test_samples_of_the_objectives_without_a_snapshot(self):
        # The network is small: what takes long are the samples of the components and the density there.
        model = "m = avips.model{ target = t, components = 64, hidden = {32}, adapt = false, seed = 1 }"
        for objective in ("path", "reverse"):
            self.assert_stops(
                self.target(10), model, f"m:train{{ objective = '{objective}', batch = 4096, component_samples = 32, steps = 100, seed = 1 }}")

    def test_refinement(self):
        model = "m = avips.model{ target = t, components = 64, hidden = {32, 32}, seed = 1 }"
        for options in ("", "trace = false"):
            self.assert_stops(self.target(10, options), model, "m:predict({ a = 0.1 }, { refine = 1000, seed = 1 })")

    def test_large_models(self):
        self.assert_stops(self.target(10), "while true do avips.model{ target = t, adapt = false, components = 300, hidden = {2048, 2048}, seed = 1 } end")

    def test_matrices_of_millions(self):
        self.assert_stops("m = avips.zeros(3000000, 7);", "avips.csv.write(os.tmpname(), m)")
        self.assert_stops("m = avips.zeros(3000000, 7);", "avips.json.encode(m)")
        self.assert_stops("m = avips.zeros(4000000, 2);", "while true do m:table() end")
        self.assert_stops("while true do avips.random.normal(5000000, { columns = 3 }) end")
        path = os.path.join(self.home, "numbers.npz")
        self.assert_stops(f"avips.npz.write('{path}', {{ a = avips.zeros(30000, 1000) }})", f"while true do avips.npz.read('{path}') end")

    def test_an_archive_that_would_be_huge_is_refused_before_it_is_inflated(self):
        path = os.path.join(self.home, "bomb.npz")
        header = b"\x93NUMPY\x01\x00\x76\x00" + b"{'descr': '|b1', 'fortran_order': False, 'shape': (1000000000,), }".ljust(117) + b"\n"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("a.npy", "w") as member:
            member.write(header)
            for _ in range(1000):
                member.write(bytes(10 ** 6))
        done = self.run_program("-e", f"print(select(2, pcall(avips.npz.read, {path!r})))")
        self.assertIn("members of more than", done.stdout)

    def test_formats_of_reading_are_those_of_lua(self):
        path = self.write("formats.txt", "12 0x1F word\nline\n\nrest of it")
        script = f"""
            local f = io.open {path!r}
            assert(table.concat({{ f:read('n', 'n', 'l', 'L', 'L', 'l', 'l') }}, '|') == '12|31| word|line\\n|\\n|rest of it')
            assert(f:read 'a' == '' and f:read 'l' == nil and f:read(0) == nil and f:read(5) == nil)
            f:seek 'set'
            assert(f:read(2, 0) == '12' and select('#', f:read('l', 'n', 'l')) == 2 and not pcall(f.read, f, 'x'))
            f:seek 'set'
            assert(f:read('*a', 'l') == '12 0x1F word\\nline\\n\\nrest of it')
            io.input(f) f:seek 'set'
            assert(io.read 'n' == 12 and io.read() == ' 0x1F word' and io.read 'L' == 'line\\n')
            assert(select(2, io.open('/'):read 'a') == 'Is a directory')
            local s = ('aä'):rep(2000000)
            assert(utf8.len(s) == 4000000 and utf8.len(s, 2) == 3999999 and utf8.len(s .. '\\xff', 1) == nil and select(2, utf8.len(s .. '\\xff' .. s)) == #s + 1)
            assert(utf8.len(s, -2) == 1 and not pcall(utf8.len, s, #s + 2) and utf8.len(s, 1, 3000000) == 2000000)
            assert(utf8.offset(s, 4000000) == #s - 1 and utf8.offset(s, -4000000) == 1 and utf8.offset(s, 4000002) == nil and utf8.offset(s, 4000001) == #s + 1)
            print 'good'
            """
        result = self.run_program(self.write("formats.lua", script))
        self.assertEqual((result.stdout, result.stderr), ("good\n", ""))
