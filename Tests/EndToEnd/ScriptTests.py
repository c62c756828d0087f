"""Scripts, statements, pipes and exit codes, without a terminal."""

import json
import os
import resource
import signal
import subprocess
from pathlib import Path

from support import PROGRAM, ROOT, ProgramTest, environment


class Rows(ProgramTest):
    """With --json, standard output is rows and nothing else."""

    def test_whatever_a_script_writes_goes_to_standard_error(self):
        script = self.write("j.lua", "io.write('one\\n') io.stdout:write('two\\n') print 'three' io.output():write('four\\n') avips.show 'five' os.execute 'echo six'\nreturn 42")
        done = self.run_program("--json", script)
        self.assertEqual([json.loads(row)["value"] for row in done.stdout.splitlines()], [42])
        self.assertEqual(done.stderr.split(), ["one", "two", "three", "four", "five", "six"])
        self.assertEqual(done.returncode, 0)

    def test_output_that_is_lost_is_an_error(self):
        for arguments in (["--json", "-e", "1 + 1"], ["-e", "print(1)"], ["-e", "io.write(1)"], ["-e", "print(1) os.exit(0)"], ["--version"], ["--reference"]):
            with self.subTest(arguments=arguments), open("/dev/full", "w") as full:
                done = subprocess.run([PROGRAM, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, env=environment(self.home), timeout=30)
                self.assertEqual(done.returncode, 1, done.stderr)
                if "os.exit" not in arguments[-1]:
                    self.assertIn("No space left", done.stderr)


class Statements(ProgramTest):
    def test_run_in_order(self):
        done = self.run_program("-e", "x = 1", "-e", "print(x + 1)")
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("2\n", "", 0))

    def test_may_stick_to_the_option_and_begin_with_a_dash(self):
        self.assertEqual(self.run_program("-eprint(3)").stdout, "3\n")
        self.assertEqual(self.run_program("-e", "--comment").returncode, 0)

    def test_errors_end_with_1(self):
        done = self.run_program("-e", "error 'oh no'", "-e", "print 'never'")
        self.assertEqual((done.stdout, done.returncode), ("", 1))
        self.assertIn("oh no", done.stderr)

    def test_syntax_errors_name_the_place(self):
        done = self.run_program("-e", "x = = 1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("(command line):1:", done.stderr)

    def test_run_before_the_script(self):
        script = self.write("script.lua", "print(x)")
        self.assertEqual(self.run_program("-e", "x = 8", script).stdout, "8\n")

    def test_the_avips_table_is_there(self):
        self.assertRegex(self.run_program("-e", "print(avips.version)").stdout, r"^\d+\.\d+")


    def test_a_seed_is_any_whole_number_as_in_lua(self):
        draw = ("-e", "print(avips.random.uniform())")
        expected = self.run_program("-e", "avips.seed(-1)", *draw)
        for options in (["--seed", "-1"], ["--seed=-1"], ["--seed", "18446744073709551615"]):
            done = self.run_program(*options, *draw)
            self.assertEqual((done.stdout, done.stderr), (expected.stdout, ""))
        self.assertNotEqual(self.run_program("--seed", "1", *draw).stdout, expected.stdout)
        for wrong in ("1.5", "x", "18446744073709551616", "-9223372036854775809"):
            done = self.run_program("--seed", wrong)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"'{wrong}' is invalid for '--seed <n>'", done.stderr)


class Scripts(ProgramTest):
    def test_arguments_are_in_arg_and_in_dots(self):
        script = self.write("script.lua", "print(arg[0], #arg, arg[1], ...) print(arg[-1] ~= nil)")
        done = self.run_program(script, "-x", "two")
        self.assertEqual(done.stdout, f"{script}\t2\t-x\t-x\ttwo\ntrue\n")

    def test_models_in_parts_are_made_from_the_tip_and_keep_their_parts(self):
        script = self.write("parts.lua", """
            local panda = avips.robot "panda"
            local function small(robot, joints) return avips.model{ robot = robot, joints = joints, components = 2, hidden = {16}, seed = 1 } end
            local back = panda:reversed()
            local _, six = back:split(1)
            local _, four = six:split(2)
            local rest = avips.model{ lead = small(six, 2), rest = small(four) }
            rest:learn_feasibility{ steps = 1, pairs = 64, tolerance = 0.3, hidden = {16}, seed = 1 }
            local whole = avips.model{ robot = panda, lead = small(back, 1), rest = rest }
            whole:learn_feasibility{ steps = 1, pairs = 64, hidden = {16}, seed = 1 }
            whole:learn_feasibility{ tolerance = 0.25, confidence = 0.1 }
            whole:save "parts.safetensors"
            local read = avips.model "parts.safetensors"
            print(read.tolerance, read.confidence, read.rest.tolerance, read.joints, read.rest.joints, read.robot.dof)
            print(read.lead.robot.tip, read.rest.rest.robot.dof, read.parameters == whole.parameters)
            local target = panda:fk(panda:random(1, { seed = 1 })[1])
            local one, two = whole:sample(target, 5, { seed = 2 }), read:sample(target, 5, { seed = 2 })
            print(one[5][7] == two[5][7], #read:solve(target, { seed = 1 }))
            for _, options in ipairs{ { lead = whole.lead, rest = 5 }, { lead = whole.lead, rest = whole.rest, robot = "iiwa14" }, { lead = rest, rest = rest } } do
              print(select(2, pcall(avips.model, options)))
            end
            """)
        done = self.run_program(script)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[:3], ["0.25\t0.1\t0.3\t1\t2\t7", "panda_link0\t4\ttrue", "true\t1"])
        self.assertIn("must be a Model or a FactoredModel, got number 5", lines[3])
        self.assertIn("must be models of iiwa14 or of iiwa14 reversed, not of panda reversed", lines[4])
        self.assertIn("lead must be a Model", lines[5])

    def test_a_model_of_a_robot_alone_is_cut_into_parts_and_trained_as_a_whole(self):
        script = self.write("plain.lua", """
            local target = avips.robot "panda":fk(avips.robot "panda":random(1, { seed = 1 })[1])
            local function options(extra)
              local result = { steps = 70, batch = 64, seed = 2, checkpoint = "plain.safetensors", checkpoint_interval = 0 }
              for name, value in pairs(extra or {}) do result[name] = value end
              return result
            end
            local plain = avips.model{ robot = "panda", seed = 1 }
            print(plain.joints, plain.rest.joints, plain.rest.rest.joints)
            local function small() return avips.model{ robot = "panda", parts = true, hidden = {16}, seed = 1 } end
            local whole = small()
            local log = whole:train{ steps = 70, batch = 64, seed = 2 }
            print(log)
            print(log.outcome.poses, log.outcome.position > 0, log.step[#log], log.phase[#log])
            local begun = small()
            for report in begun:training(options{ interval = 10 }) do if report.step >= 30 then break end end
            local resumed = avips.model "plain.safetensors"
            print(resumed)
            print(resumed:train(options()).step[1])
            print(whole:sample(target, 3, { seed = 3 })[3][7] == resumed:sample(target, 3, { seed = 3 })[3][7])
            print(avips.model("plain.safetensors"):train(options()).outcome.poses)
            print(select(2, pcall(whole.train, whole, { phases = {} })))
            print(select(2, pcall(whole.train, whole, { steps = 3 })))
            for _, made in ipairs{ { components = 4 }, { hidden = {16} }, { parts = false }, { context = "position" } } do
              made.robot = "panda"
              print(avips.model(made).components)
            end
            local four = avips.model{ robot = "valkyrie_lower_arm", parts = true, hidden = {16}, seed = 1 }
            print(four.components, four:train{ steps = 5, batch = 64, seed = 1 }.outcome ~= nil, avips.model{ robot = "ur5", components = 2, seed = 1 }:train{ steps = 5, batch = 64, seed = 1 }.outcome)
            """)
        done = self.run_program(script, timeout=200)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"m, [\d.]+°, \d+ % inside the limits: means of 50 raw samples at each of 200 unseen poses")
        self.assertRegex(done.stdout, r"200\ttrue\t70.0\t7.0\n")
        self.assertRegex(done.stdout, r"interrupted +at step 30 of 70; model:train\(\) continues")
        self.assertRegex(done.stdout, r"\n1.0\ntrue\n200\n")
        self.assertIn("unknown option 'phases'", done.stdout)
        self.assertIn("is trained in 7 stages: at least as many steps are needed, not 3", done.stdout)
        self.assertTrue(done.stdout.endswith("4\n32\n32\n32\n3\ttrue\tnil\n"), done.stdout)

    def test_options_end_at_two_dashes(self):
        self.write("-strange.lua", "print 'strange'")
        self.assertEqual(self.run_program("--", "-strange.lua").stdout, "strange\n")

    def test_a_missing_script_ends_with_1(self):
        done = self.run_program("missing.lua")
        self.assertEqual(done.returncode, 1)
        self.assertIn("missing.lua", done.stderr)

    def test_a_directory_is_no_script(self):
        done = self.run_program(self.home)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr)

    def test_syntax_errors_name_file_and_line(self):
        script = self.write("broken.lua", "x = 1\ny = = 2\n")
        done = self.run_program(script)
        self.assertEqual(done.returncode, 1)
        self.assertIn("broken.lua:2:", done.stderr)

    def test_runtime_errors_have_a_traceback(self):
        script = self.write("deep.lua", "local function f() error 'deep' end\nf()\n")
        done = self.run_program(script)
        self.assertEqual(done.returncode, 1)
        self.assertIn("deep.lua:1: deep", done.stderr)
        self.assertIn("traceback", done.stderr)
        self.assertIn("deep.lua:2", done.stderr)

    def test_a_first_line_for_the_shell_is_skipped(self):
        script = self.write("tool.lua", f"#!{PROGRAM}\nprint('run', ...)\nprint(debug.getinfo(1).currentline)\n")
        os.chmod(script, 0o755)
        done = subprocess.run([script, "a"], capture_output=True, text=True, env=environment(self.home))
        self.assertEqual(done.stdout, "run\ta\n3\n")

    def test_bytecode_is_refused(self):
        Path(self.home, "code.luac").write_bytes(b"\x1bLua" + bytes(100))
        done = self.run_program("code.luac")
        self.assertEqual(done.returncode, 1)

    def test_modules_lie_beside_the_script(self):
        self.write("tools/helper.lua", "return {answer = 42}")
        script = self.write("tools/script.lua", "print(require 'helper'.answer)")
        self.assertEqual(self.run_program(script).stdout, "42\n")

    def test_modules_can_be_loaded_from_the_command_line(self):
        self.write("helper.lua", "return {answer = 42}")
        self.assertEqual(self.run_program("-l", "helper", "-e", "print(helper.answer)").stdout, "42\n")
        done = self.run_program("-l", "missing")
        self.assertEqual(done.returncode, 1)
        self.assertIn("missing", done.stderr)

    def test_exit_codes(self):
        self.assertEqual(self.run_program("-e", "os.exit(5)").returncode, 5)
        self.assertEqual(self.run_program("-e", "os.exit(false)").returncode, 1)
        self.assertEqual(self.run_program("-e", "os.exit(true)").returncode, 0)
        self.assertEqual(self.run_program("-e", "io.write 'kept' os.exit(0)").stdout, "kept")


class StandardInput(ProgramTest):
    def test_is_one_chunk_without_prompt_or_echo(self):
        done = self.run_program(input="local x = 1\nprint(x)\nx + 1 == 2 or nil\n".replace("x + 1 == 2 or nil\n", "print(x + 1)\n"))
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("1\n2\n", "", 0))

    def test_errors_name_the_line(self):
        done = self.run_program(input="x = 1\nerror 'oh no'\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("stdin:2: oh no", done.stderr)

    def test_dash_is_a_script_with_arguments(self):
        self.assertEqual(self.run_program("-", "a", input="print(arg[1], ...)").stdout, "a\ta\n")
        self.assertEqual(self.run_program("-", input="\ufeffprint(1)").stdout, "1\n")

    def test_statements_leave_it_alone(self):
        self.assertEqual(self.run_program("-e", "print(io.read())", input="a line\n").stdout, "a line\n")

    def test_interactive_reads_it_line_by_line(self):
        done = self.run_program("-i", "-q", input="x = 2\nx + 1\nerror 'oh no'\nfor i = 1, 2 do\nprint(i)\nend\n")
        self.assertEqual(done.stdout, "3\n1\n2\n")
        self.assertIn("oh no", done.stderr)
        self.assertEqual(done.returncode, 0)


class Options(ProgramTest):
    def test_version_and_help(self):
        self.assertRegex(self.run_program("-v").stdout, r"^avips \d+\.\d+")
        self.assertEqual(self.run_program("--version").returncode, 0)
        done = self.run_program("--help")
        self.assertIn("--seed", done.stdout)
        self.assertEqual(done.returncode, 0)

    def test_what_is_not_understood_ends_with_2(self):
        for arguments in (["--bogus"], ["-z"], ["--seed", "many"], ["--color=pink"], ["-e"], ["-l"]):
            done = self.run_program(*arguments)
            self.assertEqual((done.stdout, done.returncode), ("", 2), arguments)
            self.assertIn("sage", done.stderr)

    def test_the_environment_names_modules_and_resources_unless_ignored(self):
        self.write("modules/helper.lua", "return 1")
        self.write("home/robots/none.txt", "")
        variables = {"LUA_PATH": f"{self.home}/modules/?.lua", "AVIPS_HOME": f"{self.home}/home"}
        statements = ["-e", "print(pcall(require, 'helper'))", "-e", "print(#avips.robots() > 0)"]
        done = self.run_program(*statements, env=variables)
        self.assertTrue(done.stdout.startswith("true") and done.stdout.endswith("false\n"), done.stdout)
        done = self.run_program("-E", *statements, env=variables)
        self.assertTrue(done.stdout.startswith("false") and done.stdout.endswith("true\n"), done.stdout)

    def test_seeds_repeat_the_session(self):
        statement = "print(math.random())"
        first = self.run_program("--seed", "3", "-e", statement).stdout
        self.assertEqual(first, self.run_program("--seed", "3", "-e", statement).stdout)
        self.assertNotEqual(first, self.run_program("--seed", "4", "-e", statement).stdout)


class Pipes(ProgramTest):
    def test_a_reader_that_leaves_is_no_error(self):
        shell = f"{PROGRAM} -e 'for i = 1, 1e6 do print(i) end' | head -1"
        done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, env=environment(self.home), timeout=30)
        self.assertEqual((done.stdout, done.stderr), ("1\n", ""))

    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, "-e", "print 'lost'"], stdout=full, stderr=subprocess.PIPE, text=True,
                                  env=environment(self.home))
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr)

    def test_errors_are_plain_where_nobody_looks(self):
        self.assertNotIn("\x1b", self.run_program("-e", "error 'x'").stderr)
        self.assertIn("\x1b", self.run_program("--color=always", "-e", "error 'x'").stderr)


class Launcher(ProgramTest):
    def test_runs_from_anywhere_and_through_links(self):
        link = Path(self.home, "link")
        link.symlink_to(ROOT / "scripts/avips")
        done = subprocess.run([str(link), "-e", "print(1)"], capture_output=True, text=True, cwd="/",
                              env=environment(self.home))
        self.assertEqual((done.stdout, done.returncode), ("1\n", 0))


class FullDisks(ProgramTest):
    """A limit on the size of files stands for a disk that has no room left."""

    def run_limited(self, script):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

        return subprocess.run(
            [PROGRAM, "-e", script], capture_output=True, text=True, timeout=30, cwd=self.home, env=environment(self.home),
            preexec_fn=limit)

    def test_the_old_model_stays_where_the_new_one_cannot_be_written(self):
        small = "avips.model{ robot = 'planar_3link', components = 2, hidden = {16}, seed = 1 }"
        self.assertEqual(self.run_limited(f"{small}:save 'm.safetensors'").returncode, 0)
        before = Path(self.home, "m.safetensors").read_bytes()
        done = self.run_limited("avips.model{ robot = 'panda', seed = 1 }:save 'm.safetensors'")
        self.assertEqual(done.returncode, 1)
        self.assertIn("m.safetensors: cannot be written: File too large", done.stderr)
        self.assertEqual(Path(self.home, "m.safetensors").read_bytes(), before)
        self.assertEqual(os.listdir(self.home), ["m.safetensors"])

    def test_the_old_figure_stays_where_the_new_one_cannot_be_written(self):
        Path(self.home, "a.svg").write_text("old")
        done = self.run_limited(
            "p = avips.robot 'panda'; avips.plot.poses(p, p:random(200, { seed = 1 })):save 'a.svg'")
        self.assertEqual(done.returncode, 1)
        self.assertIn("File too large", done.stderr)
        self.assertEqual(Path(self.home, "a.svg").read_text(), "old")


class ShippedModels(ProgramTest):
    def test_the_first_query_runs_as_the_readme_says(self):
        done = self.run_program(str(ROOT / "scripts/first-query.lua"))
        self.assertEqual((done.stderr, done.returncode), ("", 0))
        self.assertIn("panda · 100 solutions", done.stdout)
        self.assertTrue(Path(self.home, "answers.svg").read_text().startswith("<"))

    def test_every_reachable_pose_is_solved(self):
        done = self.run_program("-e", """
            local model = avips.model "panda"
            local configurations = model.robot:random(200, { seed = 11 })
            for i = 1, 200 do
              local target = model.robot:fk(configurations[i])
              local answers = model:solve(target, { count = 10, seed = i })
              assert(#answers == 10, "pose " .. i .. ": " .. tostring(answers.reason))
            end
            print "solved" """)
        self.assertEqual((done.stdout, done.stderr), ("solved\n", ""))

    def test_a_truncated_model_is_refused(self):
        whole = (ROOT / "share/models/panda.safetensors").read_bytes()
        Path(self.home, "m.safetensors").write_bytes(whole[:len(whole) // 2])
        done = self.run_program("-e", "avips.model 'm.safetensors'")
        self.assertEqual(done.returncode, 1)
        self.assertIn("m.safetensors", done.stderr)
