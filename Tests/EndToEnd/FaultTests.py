"""Inputs that once ended the program, lost work or gave wrong answers, each of a kind: what comes of them now."""

import json
import re
import signal
import struct
import subprocess
import time
import unittest
from pathlib import Path

from support import PROGRAM, ProgramTest, environment

LIMIT = '<limit lower="-1" upper="1" effort="1" velocity="1"/>'


def joint(name, parent, child, limit=LIMIT, kind="revolute", more=""):
    return (f'<joint name="{name}" type="{kind}"><parent link="{parent}"/><child link="{child}"/><origin xyz="0.2 0 0.1"/>'
            f'<axis xyz="0 1 0"/>{limit}{more}</joint>')


def robot(extra="", limit=LIMIT, declaration='<?xml version="1.0"?>\n', attributes="", link_b=""):
    return (f'{declaration}<robot name="r"{attributes}><link name="a"/><link name="b">{link_b}</link><link name="c"/>'
            + joint("j1", "a", "b", limit) + joint("j2", "b", "c", limit) + extra + "</robot>")


# What a loader takes: the file's bytes.
TAKEN = {
    "a processing instruction without data": robot("<?foo?>").encode(),
    "a comment in Latin-1": robot("<!-- L\u00e4nge -->").encode("latin-1"),
    "the same without a declaration": robot("<!-- L\u00e4nge -->", declaration="").encode("latin-1"),
    "two hyphens in a comment": robot("<!-- a -- b -->").encode(),
    "version 0.0": robot(declaration='<?xml version="0.0" ?>\n').encode(),
    "no version": robot(declaration="<?xml ?>\n").encode(),
    "a namespace that is empty": robot(attributes=' xmlns:xacro=""').encode(),
    "a name with two colons": robot('<gazebo a:b:c="1"/>').encode(),
    "a leftover of xacro that means nothing": robot("<xacro:unused/>").encode(),
    "a mesh that has to be found": robot(link_b='<visual><geometry><mesh filename="$(find pkg)/m.stl"/></geometry></visual>').encode(),
    "an empty mass": robot(link_b="<inertial><mass/></inertial>").encode(),
    "a sphere without a radius": robot(link_b='<collision><geometry><sphere radius="r"/></geometry></collision>').encode(),
    "an infinite speed": robot(limit='<limit lower="-1" upper="1" effort="1" velocity="inf"/>').encode(),
    "a planar joint off the chain": robot('<link name="d"/>' + joint("pl", "a", "d", "", "planar")).encode(),
    "a floating joint at the root": robot('<link name="world"/>' + joint("f", "world", "a", "", "floating")).encode(),
    "infinite limits": robot(limit='<limit lower="-inf" upper="inf" effort="1" velocity="1"/>').encode(),
}


class Files(ProgramTest):
    def load(self, text, *arguments):
        Path(self.home, "r.urdf").write_bytes(text)
        return self.run_program(*arguments, "-e", "r = avips.robot 'r.urdf' print(r.dof) print(r)", timeout=60)

    def test_what_other_loaders_take(self):
        for name, text in TAKEN.items():
            with self.subTest(name):
                done = self.load(text, "--safe")
                self.assertEqual((done.returncode, done.stdout.split("\n")[0]), (0, "2"), done.stderr)

    def test_limits_that_are_exchanged_are_told(self):
        done = self.load(robot(limit='<limit lower="1" upper="-1" effort="1" velocity="1"/>').encode())
        self.assertRegex(done.stdout + done.stderr, r"limit")
        self.assertIn(done.returncode, (0, 1))
        self.assertNotIn("crash", done.stderr.lower())

    def test_a_joint_that_mimics_nobody_is_no_other_joint(self):
        done = self.load(robot('<link name="d"/>' + joint("m", "c", "d", more='<mimic joint="nope"/>')).encode())
        self.assertIn(done.returncode, (0, 1))
        self.assertIn("nope", done.stdout + done.stderr)

    def test_deep_nesting_is_an_error(self):
        for count, options in [(80_000, ["--safe"]), (100_000, [])]:
            Path(self.home, "deep.urdf").write_text('<robot name="x"><link name="l"/>' + "<a>" * count + "</a>" * count + "</robot>")
            done = self.run_program(*options, "-e", "print(pcall(avips.robot, 'deep.urdf')) print 'still here'")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(done.stdout.startswith("false") and done.stdout.endswith("still here\n"), done.stdout)

    def test_limits_of_a_mimicking_joint_hold(self):
        text = ('<robot name="m"><link name="l0"/><link name="l1"/><link name="l2"/><link name="l3"/>'
                '<joint name="j1" type="revolute"><parent link="l0"/><child link="l1"/><axis xyz="0 0 1"/><limit lower="-3" upper="3" effort="1" velocity="1"/></joint>'
                '<joint name="j2" type="revolute"><parent link="l1"/><child link="l2"/><origin xyz="1 0 0"/><axis xyz="0 0 1"/>'
                '<limit lower="-0.5" upper="0.5" effort="1" velocity="1"/><mimic joint="j1" multiplier="%s"/></joint>'
                '<joint name="t" type="fixed"><parent link="l2"/><child link="l3"/><origin xyz="1 0 0"/></joint></robot>')
        for multiplier, bound in [("1", 0.5), ("2", 0.25)]:
            Path(self.home, "m.urdf").write_text(text % multiplier)
            done = self.run_program("-e", "r = avips.robot 'm.urdf' print(r.joints[1].lower, r.joints[1].upper, #r:ik(avips.pose{ xyz = {-1, 0.5, 0} }, { seed = 1 }))")
            lower, upper, count = map(float, done.stdout.split())
            self.assertEqual((round(lower, 9), round(upper, 9), count), (-bound, bound, 0))


class Answers(ProgramTest):
    """Values that were wrong."""

    def check(self, script, timeout=120):
        """Runs a script that asserts what is right."""
        done = self.run_program("--no-progress", self.write("check.lua", script), timeout=timeout)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return done.stdout

    def test_joints_that_slide_without_limits(self):
        text = '<robot name="r"><link name="l0"/><link name="l1"/><link name="l2"/><link name="l3"/>%s</robot>'
        def slide(name, parent, child, axis, limit):
            return (f'<joint name="{name}" type="prismatic"><parent link="{parent}"/><child link="{child}"/><axis xyz="{axis}"/>'
                    f'<limit lower="-{limit}" upper="{limit}" effort="1" velocity="1"/></joint>')
        for limit in ("1e2", "1e4", "1e6", "1e9"):
            Path(self.home, f"g{limit}.urdf").write_text(text % (slide("x", "l0", "l1", "1 0 0", limit) + slide("y", "l1", "l2", "0 1 0", 5) + slide("z", "l2", "l3", "0 0 1", 2)))
        Path(self.home, "rail.urdf").write_text(text % (slide("x", "l0", "l1", "1 0 0", 1e6) + joint("q1", "l1", "l2", LIMIT.replace("1\"", "3\"", 2)) + joint("q2", "l2", "l3", LIMIT)))
        self.check("""
            for _, limit in ipairs{ "1e2", "1e4", "1e6", "1e9" } do
              local gantry = avips.robot("g" .. limit .. ".urdf")
              for i, x in ipairs{ 0.5, 3, 50, 5000 } do
                if x < tonumber(limit) then
                  local found = gantry:ik(avips.pose{ xyz = {x, 1, 0.5} }, { seed = i })
                  assert(#found == 1 and found[1].position_error < 1e-4, limit .. " " .. x)
                  local near = gantry:ik(avips.pose{ xyz = {x, 1, 0.5} }, { near = {x - 1, 0, 0}, seed = i })
                  assert(#near == 1, limit .. " near " .. x)
                end
              end
            end
            local rail = avips.robot "rail.urdf"
            local target = rail:fk{0.2, 0.3, 0.4}
            for seed = 1, 20 do
              local found = rail:ik(target, { seed = seed })
              assert(found.success, seed)
            end
            """)

    def test_turns_of_continuous_joints(self):
        links = "".join(f'<link name="l{index}"/>' for index in range(7))
        kinds = [("continuous", "0 0 1"), ("revolute", "0 1 0"), ("revolute", "0 1 0"), ("revolute", "1 0 0"), ("revolute", "0 1 0"), ("continuous", "1 0 0")]
        joints = "".join(
            f'<joint name="j{index + 1}" type="{kind}"><parent link="l{index}"/><child link="l{index + 1}"/><origin xyz="0 0 0.3"/><axis xyz="{axis}"/>'
            + ("" if kind == "continuous" else '<limit lower="-2" upper="2" effort="1" velocity="1"/>') + "</joint>" for index, (kind, axis) in enumerate(kinds))
        Path(self.home, "turning.urdf").write_text(f'<robot name="t">{links}{joints}</robot>')
        self.check("""
            local arm = avips.robot "turning.urdf"
            local path = {}
            for i = 0, 60 do path[#path + 1] = arm:fk{2.5 + 0.05 * i, 0.4, 0.5, 0.3, 0.6, 0} end
            local track = arm:track(path, { start = {2.5, 0.4, 0.5, 0.3, 0.6, 0}, seed = 1 })
            assert(#track.jumps == 0 and #track.unreached == 0)
            for i = 2, #track do assert(math.abs(track[i][1] - track[i - 1][1]) < 1, i) end
            local far = {7, 0.4, 0.5, 0.3, 0.6, -9}
            local found = arm:ik(arm:fk(far), { near = far, seed = 1 })
            assert(math.abs(found[1].q[1] - 7) < 1e-6 and math.abs(found[1].q[6] + 9) < 1e-6 and found[1].distance < 1e-6)
            local turned = arm:track({ arm:fk(far), arm:fk(far) }, { start = far, seed = 1 })
            assert(math.abs(turned[1][1] - 7) < 1e-6 and math.abs(turned[1][6] + 9) < 1e-6)
            local model = avips.model{ robot = arm, components = 4, hidden = {32, 32}, seed = 1 }
            model:train{ steps = 20, seed = 1 }
            local pose = arm:fk{3.1, 0.4, 0.5, 0.3, 0.6, 0.2}
            local samples, mixture = model:sample(pose, 500, { seed = 1 }), model:predict(pose)
            for i = 1, samples.rows do assert(math.abs(samples[i][1]) <= math.pi + 1e-6 and math.abs(samples[i][6]) <= math.pi + 1e-6, i) end
            local row = samples[1]:table()
            local before = mixture:logpdf(row)
            row[1] = row[1] - 2 * math.pi
            assert(math.abs(mixture:logpdf(row) - before) < 1e-3)
            """)

    def test_the_bound_where_the_density_is_zero(self):
        self.check("""
            local half = avips.target{ dimension = 2, logdensity = function(x) return x[1] > 0 and -x[1]^2 - x[2]^2 or -math.huge end }
            for seed = 1, 2 do
              local vips = avips.vips{ target = half, components = 3, seed = seed }
              vips:run{ iterations = 150 }
              local bound, error, more = vips:elbo{ samples = 5000, seed = 1 }
              -- log Z is 0.4516: no lower bound is above it, whatever the samples say.
              assert(bound <= 0.4516 + 4 * math.max(error == error and error or 0, 1e-3), bound)
              assert(more.elbo <= 0.4516 + 0.02 and more.zero_share < 0.2, more.elbo)
              if more.zero_share > 0 then assert(bound == -math.huge, bound) end
            end
            local box = avips.target{ dimension = 2, logdensity = function(x) return math.abs(x[1]) > 1 and -math.huge or math.abs(x[2]) > 1 and -math.huge or 0 end }
            local vips = avips.vips{ target = box, seed = 1, deviation = 0.3 }
            vips:run{ iterations = 100 }
            assert(select(3, vips:elbo{ samples = 5000, seed = 1 }).elbo <= math.log(4) + 0.02)
            """)

    def test_no_infinite_variances(self):
        self.check("""
            local target = avips.target{ dimension = 17, logdensity = function(x) local s = 0 for i = 1, #x do s = s - x[i]^2 end return s end }
            local vips = avips.vips{ target = target, components = 33, samples = 32, seed = 1, estimate = "more", add_interval = 2, additions = 20, delete_interval = 1,
              database = 1, prior_candidates = 33, new_weight = 0.5, selection = "mixture", reuse = 0.5, update = "iblr" }
            for _ = 1, 12 do
              local ok, message = pcall(vips.run, vips, { iterations = 1 })
              local mixture = vips.mixture
              for i = 1, mixture.means.rows do
                for _, value in ipairs(mixture.means[i]:table()) do assert(value == value) end
                for _, row in ipairs(mixture.covariances[i]:table()) do for _, value in ipairs(row) do assert(value == value and math.abs(value) < math.huge) end end
              end
            end
            """)

    def test_tables_in_files(self):
        shown = self.check("""
            local csv = avips.csv
            csv.write("t.csv", { { a = 1 }, { b = 2 }, { a = 3, c = 4 } })
            local rows = csv.read "t.csv"
            assert(#rows == 3 and rows[1].a == 1 and rows[2].b == 2 and rows[3].a == 3 and rows[3].c == 4)
            for _, value in ipairs{ math.huge, -math.huge } do
              csv.write("t.csv", { { x = value } })
              assert(csv.read "t.csv"[1].x == value)
            end
            csv.write("t.csv", { { x = 0/0 }, { x = 1 } })
            local x = csv.read "t.csv"[1].x
            assert(x ~= x)
            local function put(text) local file = io.open("t.csv", "wb") file:write(text) file:close() end
            put "x,y,x\\n1,2,3\\n"
            local ok, rows = pcall(csv.read, "t.csv")
            assert(not ok or rows[1].x == 1, "the first of two columns of a name")
            put "a,b\\r1,2\\r3,4\\r"
            assert(#csv.read "t.csv" == 2)
            put "\\xef\\xbb\\xbf1.5,0\\r\\n2.5,1\\r\\n3.5,1\\r\\n"
            assert(avips.target.logistic("t.csv").dimension == 2)
            local model = avips.model{ robot = "planar_3link", components = 2, hidden = {16}, seed = 1 }
            local log = model:train{ steps = 10, seed = 1 }
            csv.write("log.csv", log)
            assert(#csv.read "log.csv" == #log and #avips.json.encode(log) > 10)
            assert(avips.json.encode{ 0/0 } == "[null]")
            """)
        self.assertEqual(shown, "")

    def test_points_that_stand_alone_are_drawn(self):
        for columns, count in [("x = {1}, y = {1}", 1), ("x = {1, 2, 3, 4, 5}, y = {1, 0/0, 2, 0/0, 3}", 3), ("x = {1, 2, 3}, y = {1, 1/0, 2}", 2)]:
            with self.subTest(columns):
                done = self.run_program("-e", f"f = avips.plot.curves{{ {columns} }} print(f) f:save 'f.svg'")
                self.assertEqual(done.returncode, 0, done.stderr)
                marks = sum(0x2801 <= ord(character) <= 0x28FF or character == "\u25cf" for character in done.stdout)
                self.assertGreaterEqual(marks, count)
                picture = Path(self.home, "f.svg").read_text()
                self.assertGreaterEqual(len(re.findall(r"<circle|<use|h0|stroke-linecap=\"round\"", picture)), 1)


class Survival(ProgramTest):
    """What ended the process."""

    def test_values_that_run_code_when_they_are_shown(self):
        done = self.run_program("-E", "-i", "-q", input="setmetatable({}, { __tostring = function() print 'said' return 'shown' end })\n1 + 1\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(set(done.stdout.split()), {"said", "shown", "2"})

    def test_calls_within_calls(self):
        for script in [
            """local model = avips.model{ robot = "ur5", joints = 2, components = 2, hidden = {16}, seed = 1 }
               local pose = avips.robot("ur5"):fk{0, -1, 1, 0, 0, 0}
               print(pcall(model.solve, model, { pose, pose }))""",
            """local model = avips.model{ robot = "planar_3link", components = 3, hidden = {16}, seed = 1 }
               local training
               training = model:training{ steps = 20, batch = 16, interval = 1, seed = 1, learning_rate = function() if training then training() end return 1e-3 end }
               print(pcall(function() for report in training do end end))""",
        ]:
            with self.subTest(script):
                done = self.run_program("--safe", self.write("a.lua", script), timeout=60)
                self.assertIn(done.returncode, (0, 1), done.stderr)
                self.assertIn("false", done.stdout + done.stderr)

    def test_weights_beyond_all_measure(self):
        """A model whose numbers are finite, and whose answers would not be."""
        self.assertEqual(self.run_program("-e", "avips.model{ robot = 'planar_3link', components = 2, hidden = {16}, seed = 1 }:save 'm.safetensors'").returncode, 0)
        path = Path(self.home, "m.safetensors")
        data = bytearray(path.read_bytes())
        header = json.loads(data[8:8 + int.from_bytes(data[:8], "little")])
        start = 8 + int.from_bytes(data[:8], "little")
        for name, tensor in header.items():
            if name != "__metadata__" and tensor["dtype"] == "F32" and "bias" in name:
                begin, _ = tensor["data_offsets"]
                data[start + begin:start + begin + 4] = struct.pack("<f", 3e38)
        path.write_bytes(data)
        script = """
            local ok, model = pcall(avips.model, "m.safetensors")
            if not ok then print(model) return end
            local pose = model.robot:fk{0.3, 0.5, -0.4}
            print(pcall(function()
              local mixture = model:predict(pose)
              local sum = 0
              for _, weight in ipairs(mixture.weights) do sum = sum + weight end
              assert(sum == sum and math.abs(sum - 1) < 1e-3)
              model:sample(pose, 2, { seed = 1 })
              return #model:solve(pose, { count = 2, seed = 1 })
            end))
            """
        done = self.run_program("--safe", self.write("nan.lua", script))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("nan", done.stdout)

    def test_transcripts_hold_no_code_that_was_a_value(self):
        session = self.session()
        session.enter("\"progress 10 %\\rprint('THIS WAS A VALUE')\"")
        session.enter('session.save "cr.lua"')
        session.leave()
        for arguments in (["cr.lua"], ["--check", "cr.lua"]):
            done = self.run_program(*arguments)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertNotIn("\nTHIS WAS A VALUE\n", "\n" + done.stdout)

    def test_messages_name_what_was_meant(self):
        for code, wanted in [
            ("avips.robot'panda':ik{ xyz = {0.4, 0, 0.4}, nowhere = 1 }", "nowhere"), ("avips.robot'panda':ik{}", "empty table"),
            ("avips.plot.curves({ step = {1, 2}, loss = {0/0, 0/0} })", None), ("avips.vips{ target = avips.target.two_joint_arm(), components = 5, max_components = 2 }", "max_components"),
            ("avips.robot'panda'.dof = 8", "read-only"), ("avips.robot'panda':limits()", "limits"), ("x = [1, 2]", "a list is written"), ("if 1 != 2 then end", "~="), ("x += 1", "x = x + "),
        ]:
            with self.subTest(code):
                done = self.run_program("-e", code)
                self.assertNotIn("__newindex", done.stderr)
                if wanted:
                    self.assertEqual(done.returncode, 1, done.stdout)
                    self.assertIn(wanted, done.stderr)
        self.assertEqual(self.run_program("-e", "avips.plot.curves({ x = {1, 2}, y = {1, 2} }, nil)").returncode, 0)

    def test_a_training_that_is_asked_to_end_leaves_a_checkpoint(self):
        script = self.write("t.lua", "avips.model{ robot = 'planar_3link', components = 4, hidden = {32}, seed = 1 }:train{ minutes = 5, seed = 1, checkpoint = 't.safetensors' }")
        for number, status in [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]:
            with self.subTest(number):
                Path(self.home, "t.safetensors").unlink(missing_ok=True)
                process = subprocess.Popen([PROGRAM, "--no-progress", script], cwd=self.home, env=environment(self.home), stderr=subprocess.DEVNULL)
                self.addCleanup(process.kill)
                deadline = time.monotonic() + 60
                while time.monotonic() < deadline:
                    fields = Path("/proc", str(process.pid), "stat").read_text().rsplit(")", 1)[1].split()
                    if int(fields[11]) + int(fields[12]) > 50:  # half a second of work: it trains
                        break
                    time.sleep(0.1)
                process.send_signal(number)
                self.assertEqual(process.wait(timeout=60), status)
                self.assertTrue(Path(self.home, "t.safetensors").exists())


if __name__ == "__main__":
    unittest.main()
