"""Untrusted scripts: known ways out of a Lua sandbox, each tried in a safe session, and none gets out."""

import os
import subprocess
import sys
import unittest
from pathlib import Path

from support import PROGRAM, ROOT, ProgramTest, environment

# Each script tries one way out. It must fail, or print nothing but "contained"; no file may be made, and no time or memory without bound
# be spent. A script that gets out prints "escaped".
ESCAPES = {
    "io.open for writing": "if io and io.open('escaped.txt', 'w') then print 'escaped' end",
    "io.open through the string metatable": "local s = getmetatable('') for k, v in pairs(s.__index) do if k == 'open' then print 'escaped' end end",
    "io.popen": "if io and io.popen('touch escaped.txt') then print 'escaped' end",
    "os.execute": "os.execute 'touch escaped.txt' print 'escaped'",
    "os.remove": "os.remove 'kept.txt' print 'escaped'",
    "os.rename": "os.rename('kept.txt', 'escaped.txt') print 'escaped'",
    "os.tmpname": "local name = os.tmpname() print('escaped ' .. name)",
    "os.getenv": "if os.getenv 'HOME' then print 'escaped' end",
    "os.exit": "os.exit(77)",
    "os.setlocale": "os.setlocale '' print 'escaped'",
    "require of a library": "require 'io' print 'escaped'",
    "package.loaded": "package.loaded.io.open('escaped.txt', 'w') print 'escaped'",
    "package.loadlib": "package.loadlib('libc.so.6', '*') print 'escaped'",
    "package.searchers": "package.searchers[3] 'x' print 'escaped'",
    "dofile": "dofile '/etc/passwd' print 'escaped'",
    "loadfile": "loadfile '/etc/passwd' print 'escaped'",
    "bytecode by load": "if load('\\27Lua\\x54\\0\\x19\\x93\\r\\n\\x1a\\n') then print 'escaped' end",
    "bytecode by load with a mode": "if load('\\27Lua', 'x', 'b') then print 'escaped' end",
    "bytecode piece by piece": "local p = {'\\27', 'Lua'} if load(function() return table.remove(p, 1) end) then print 'escaped' end",
    "bytecode by string.dump": "string.dump(function() end) print 'escaped'",
    "debug.getregistry": "debug.getregistry()._LOADED.io.open('escaped.txt', 'w') print 'escaped'",
    "debug.sethook": "debug.sethook() while true do end",
    "debug.getupvalue of a builtin": "debug.setupvalue(avips.robot, 1, 999) print 'escaped'",
    "the metatable of an object": "getmetatable(avips.robot 'panda').__close(3) print 'escaped'",
    "a changed metatable of an object": "setmetatable(avips.robot 'panda', {}) print 'escaped'",
    "the metatable of the avips table": "setmetatable(avips, {}) print 'escaped'",
    "collectgarbage without end": "collectgarbage('generational') print 'escaped'",
    "a robot outside the working directory": "avips.robot '/etc/hostname.urdf' print 'escaped'",
    "a table outside the working directory": "print('escaped', avips.csv.read '/etc/passwd')",
    "JSON by way of the parent": "print('escaped', avips.json.read '../../etc/hostname')",
    "a symbolic link out": "print('escaped', avips.csv.read 'link')",
    "a model outside the working directory": "avips.model '/etc/passwd.safetensors' print 'escaped'",
    "a device": "print('escaped', avips.json.read '/dev/stdin')",
    "writing JSON": "avips.json.write('escaped.txt', 1) print 'escaped'",
    "writing CSV": "avips.csv.write('escaped.txt', {{1}}) print 'escaped'",
    "writing a figure": "local p = avips.robot 'panda' avips.plot.poses(p, p:random(1)):save 'escaped.svg' print 'escaped'",
    "writing a model": "avips.model{ robot = 'planar_3link', hidden = {16} }:save 'escaped.safetensors' print 'escaped'",
    "writing a checkpoint": "avips.model{ robot = 'planar_3link', hidden = {16} }:train{ steps = 2, checkpoint = 'escaped.safetensors' } print 'escaped'",
    "writing a transcript": "avips.session.save 'escaped.lua' print 'escaped'",
    "a module": "require 'helper' print 'escaped'",
    "an external entity in a URDF": "local r = avips.robot 'entity.urdf' print('escaped', r.name)",
    "entities that grow": "avips.robot 'laughs.urdf' print 'escaped'",
    "memory by string.rep": "print('escaped', #('x'):rep(1 << 34))",
    "memory by doubling": "local s = 'x' while true do s = s .. s end",
    "memory by tables": "local t = {} while true do t = { t, t, {}, {} } t[5] = t end",
    "memory by table.concat": "local t = {} for i = 1, 100 do t[i] = ('x'):rep(1 << 24) end print('escaped', #table.concat(t))",
    "memory outside Lua": "local t, r = {}, avips.robot 'panda' while true do t[#t + 1] = r:random(1000000) end",
    "a number of huge precision": "print('escaped', #('%1000000d'):format(1))",
    "the stack": "local function f() return 1 + f() end f() print 'escaped'",
    "the C stack": "local t = setmetatable({}, {}) for i = 1, 1e5 do t = setmetatable({}, { __index = t }) end print('escaped', t.x, string.rep)",
}

# These would run for ever; a safe session ends them.
ENDLESS = {
    "a loop": "while true do end",
    "a loop that catches": "while true do pcall(function() while true do end end) end",
    "a coroutine": "coroutine.wrap(function() while true do pcall(error) end end)()",
    "coroutines": "while true do coroutine.wrap(function() while true do end end)() end",
    "a message handler": "while true do xpcall(error, function() while true do end end) end",
    "a finalizer": "setmetatable({}, { __gc = function() while true do end end }) for i = 1, 1e9 do local t = {} end",
    "a comparison": "local t = {} for i = 1, 50 do t[i] = i end table.sort(t, function(a, b) while true do end end)",
    "a pattern": "local s = ('a'):rep(40000) s:find('.-.-.-.-b')",
    "a search": "avips.robot('panda'):ik(avips.pose{ xyz = {9, 9, 9} }, { restarts = 10000000, count = 1000000 }) while true do end",
    "a training": "avips.model{ robot = 'panda' }:train{ minutes = 1000 }",
}


class Safety(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("kept.txt", "kept")
        self.write("helper.lua", "return 1")
        self.write("entity.urdf", '<?xml version="1.0"?><!DOCTYPE robot [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
                   '<robot name="a&x;"><link name="b"/><link name="t"/><joint name="j" type="revolute"><parent link="b"/><child link="t"/>'
                   '<axis xyz="0 0 1"/><limit lower="-1" upper="1" effort="1" velocity="1"/></joint></robot>')
        levels = "".join(f'<!ENTITY l{i} "{"&l" + str(i - 1) + ";" if i else "lol"}{("&l" + str(i - 1) + ";") * 9 if i else ""}">' for i in range(12))
        self.write("laughs.urdf", f'<?xml version="1.0"?><!DOCTYPE robot [{levels}]><robot name="&l11;"><link name="b"/></robot>')
        Path(self.home, "link").symlink_to("/etc/passwd")

    def test_nothing_is_told_of_what_lies_outside(self):
        self.write("inside.json", "1")
        Path(self.home, "out").symlink_to("/etc")
        Path(self.home, "dangling").symlink_to("/no/such/file")

        def message(path):
            done = self.run_program("--safe", "-e", f"print(select(2, pcall(avips.json.read, '{path}')))")
            self.assertEqual(done.returncode, 0)
            return done.stdout.replace(path, "PATH")

        refusals = {message(path) for path in (
            "/etc/passwd", "/etc/no-such-file", "/etc", "/no/such/place", "out/passwd", "out/no-such-file", "dangling", "../x", "none/../../x", "/dev/zero")}
        self.assertEqual(len(refusals), 1, refusals)
        self.assertIn("only below its working directory", refusals.pop())
        self.assertIn("there is no file", message("none.json"))
        self.assertEqual(message("inside.json").strip(), "1")
        for call in ("avips.robot", "avips.csv.read", "avips.model"):
            told = {self.run_program("--safe", "-e", f"print(select(2, pcall({call}, '{path}')))").stdout.replace(path, "PATH")
                    for path in ("/etc/passwd.urdf", "/etc/hostname/x.safetensors", "/no/such/x.safetensors")}
            self.assertEqual(len(told), 1, told)

    def test_a_file_that_is_said_to_be_large_costs_nothing(self):
        with open(Path(self.home, "sparse.json"), "wb") as file:
            file.truncate(1 << 30)
        for call in ("avips.json.read 'sparse.json'", "avips.csv.read 'sparse.json'"):
            script = f"import resource, subprocess; subprocess.run({[PROGRAM, '--safe', '-e', call]!r}); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
            done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=self.home, env=environment(self.home))
            self.assertIn("at most", done.stderr)
            self.assertLess(int(done.stdout), 400_000)  # in KiB

    def test_no_known_escape_gets_out(self):
        self.assertGreaterEqual(len(ESCAPES), 30)
        hostname = Path("/etc/hostname").read_text().strip() if Path("/etc/hostname").exists() else "no hostname"
        before = sorted(os.listdir(self.home))
        for name, script in ESCAPES.items():
            with self.subTest(name):
                done = self.run_program("--safe", "--no-progress", "-e", script, timeout=240, env={"AVIPS_SAFE_SECONDS": "3"})
                self.assertIn(done.returncode, (0, 1), done.stderr[-500:])  # neither killed nor by its own exit
                if name == "an external entity in a URDF":
                    self.assertNotIn(hostname, done.stdout)
                    self.assertNotIn("root:", done.stdout)
                elif name == "the C stack":
                    continue  # a long chain of tables is slow, but no harm
                else:
                    self.assertNotIn("escaped", done.stdout)
                self.assertEqual(sorted(os.listdir(self.home)), before)
        self.assertEqual(Path(self.home, "kept.txt").read_text(), "kept")

    def test_what_is_endless_is_ended(self):
        for name, script in ENDLESS.items():
            with self.subTest(name):
                # A second of processor time; many times as much may pass on a busy machine, but what is never ended hangs.
                done = self.run_program("--safe", "--no-progress", "-e", script, timeout=240, env={"AVIPS_SAFE_SECONDS": "1"})
                self.assertEqual(done.returncode, 1, done.stderr[-500:])
                self.assertIn("a safe session allows", done.stderr)

    def test_what_is_harmless_works(self):
        script = self.write("script.lua", """
            local panda = avips.robot "panda"
            local answers = panda:ik(panda:fk(panda:random()), { count = 3, seed = 1 })
            print(#answers, #avips.csv.read "data.csv", load("return 1 + 1")(), os.time() > 0, arg[1])
            """)
        self.write("data.csv", "a,b\n1,2\n")
        done = self.run_program("--safe", script, "x")
        self.assertEqual((done.stderr, done.returncode), ("", 0))
        self.assertEqual(done.stdout.split(), ["3", "1", "2", "true", "x"])

    def test_the_prompt_goes_on_after_a_limit(self):
        session = self.session("-q", "--safe", env={"AVIPS_SAFE_SECONDS": "1"})
        shown = session.enter("while true do end")
        self.assertIn("a safe session allows", shown)
        self.assertEqual(session.enter("1 + 1").strip(), "2")
        self.assertIn("a safe session allows", session.enter("while true do pcall(error) end"))
        self.assertEqual(session.enter("2 + 1").strip(), "3")

    def test_errors_name_what_a_safe_session_lacks(self):
        for code, name in (("io.open 'x'", "io"), ("os.rename('a', 'b')", "os.rename"), ("collectgarbage()", "collectgarbage"), ("require 'x'", "require")):
            with self.subTest(code):
                self.assertIn("a safe session has no " + name, self.run_program("--safe", "-e", code).stderr)
        self.assertIn("no os.remove, if that is meant", self.run_program("--safe", "-e", "mine = {} mine.remove(1)").stderr)

    def test_modules_are_refused(self):
        done = self.run_program("--safe", "-l", "helper")
        self.assertEqual(done.returncode, 1)
        self.assertIn("safe session", done.stderr)


if __name__ == "__main__":
    unittest.main()
