"""What a session offers besides Lua: help, suggestions, strict globals, rows of JSON, transcripts."""

import json
import unittest
from pathlib import Path

from support import ROOT, ProgramTest


class Commands(ProgramTest):
    def test_help_functions_need_no_table(self):
        session = self.session()
        self.assertIn("robot:ik(pose", session.enter('help "robot:ik"'))
        self.assertIn("robot:jacobian", session.enter('apropos "jacobian"'))
        self.assertIn("avips.pose{", session.enter("example(avips.pose)"))
        session.enter("answer = 42")
        self.assertRegex(session.enter("who"), r"answer\s+integer\s+42")
        self.assertIn("avips.json", session.enter("help"))
        self.assertIn("two-link-arm", session.enter("demo"))

    def test_scripts_have_one_global(self):
        done = self.run_program("-e", "print(help, who, teach, demo, session, example, apropos)")
        self.assertEqual(done.stdout.split(), ["nil"] * 7)

    def test_twenty_results_are_kept(self):
        session = self.session()
        for number in range(1, 24):
            session.enter(f"{number} * 10")
        self.assertEqual(session.enter("_, _1, _20, _21").split(), ["230", "230", "40", "nil"])

    def test_one_variable_of_the_user_stays(self):
        self.assertEqual(self.session("-q", "-i", "-e", "who = 5").enter("who").strip(), "5")


class Suggestions(ProgramTest):
    def assert_suggests(self, entry, name):
        self.assertIn(f"did you mean '{name}'?", self.session().enter(entry))

    def test_globals_fields_methods_options_and_names(self):
        for entry, name in [
            ("pirnt(1)", "print"), ("string.rept('x', 3)", "rep"), ("('x'):uper()", "upper"), ("avips.robt 'panda'", "robot"),
            ("csv.read 'a.csv'", "avips.csv"), ("matrix{ {1} }", "avips.matrix"), ("histogram{1}", "avips.plot.histogram"), ("csv", "avips.csv"),
            ("avips.robot('panda'):jacobain{}", "jacobian"), ("avips.pose{ xzy = {1, 2, 3} }", "xyz"), ("?jacobain", "jacobian"),
            ("avips.demo 'two-link-am'", "two-link-arm"), ("avips.help 'jacobain'", "jacobian"),
        ]:
            with self.subTest(entry):
                self.assert_suggests(entry, name)

    def test_a_missing_variable(self):
        session = self.session()
        session.enter("panda = 1")
        shown = session.enter("pand")
        self.assertIn("nil", shown)
        self.assertIn("did you mean 'panda'?", shown)

    def test_robots_and_options_of_the_command_line(self):
        self.assertIn("panda", self.session().enter("avips.robot 'pandaa'"))
        done = self.run_program("--sede", "1")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--seed", done.stderr)


class Strictness(ProgramTest):
    def test_unknown_globals_are_errors(self):
        script = self.write("script.lua", "total = 0\nlocal function add(x)\n  totl = total + x\nend\nadd(1)\n")
        done = self.run_program("--strict", script)
        self.assertEqual(done.returncode, 1)
        self.assertIn("script.lua:3: the global 'totl' was not assigned before", done.stderr)
        self.assertIn("did you mean 'total'?", done.stderr)
        self.assertEqual(self.run_program(script).returncode, 0)

    def test_the_prompt_goes_on(self):
        session = self.session("-q", "--strict")
        self.assertIn("there is no global 'y'", session.enter("y"))
        session.enter("y = 5")
        self.assertEqual(session.enter("y + 1").strip(), "6")
        self.assertEqual(session.enter("_ + 1").strip(), "7")

    def test_the_examples_in_scripts_are_strict(self):
        done = self.run_program("--strict", str(ROOT / "examples/1-kinematics.lua"))
        self.assertEqual((done.stderr, done.returncode), ("", 0))


class Rows(ProgramTest):
    def rows(self, *arguments, **keywords):
        done = self.run_program("--json", *arguments, **keywords)
        return [json.loads(line) for line in done.stdout.splitlines()], done

    def test_each_result_is_a_row(self):
        rows, done = self.rows("-e", "1 + 1, 'two'", "-e", "x = 5", "-e", "{1, {a = 0/0}}", "-e", "print 'said'")
        self.assertEqual([row["value"] for row in rows], [2, "two", [1, {"a": None}]])
        self.assertEqual([row["result"] for row in rows], [1, 2, 3])
        self.assertEqual(done.stderr, "said\n")

    def test_objects_are_written_by_their_fields(self):
        rows, _ = self.rows("-e", "panda = avips.robot 'panda'", "-e", "panda", "-e", "panda:ik(panda:fk(panda:random()), { count = 2, seed = 1 })",
                            "-e", "panda:jacobian(panda:random())")
        robot, answers, jacobian = (row["value"] for row in rows)
        self.assertEqual((robot["type"], robot["dof"], len(robot["joints"])), ("Robot", 7, 7))
        self.assertEqual((answers["robot"], answers["found"], len(answers["elements"][0]["q"])), ("panda", 2, 7))
        self.assertLess(answers["elements"][0]["position_error"], 1e-4)
        self.assertEqual([len(row) for row in jacobian], [7] * 6)

    def test_scripts_return_rows_and_errors_are_rows(self):
        script = self.write("script.lua", "local t = {1} t.loop = t return t, print")
        rows, done = self.rows(script)
        self.assertEqual(rows[0]["value"], {"1": 1, "loop": "(cycle)"})
        self.assertEqual(rows[1]["type"], "function")
        rows, done = self.rows("-e", "error 'oh no'")
        self.assertEqual(done.returncode, 1)
        self.assertIn("oh no", rows[0]["error"])
        self.assertIn("oh no", done.stderr)

    def test_a_program_can_drive_the_prompt(self):
        rows, done = self.rows("-i", "-q", input="x = 3\nx * 2\nnope()\nx\n")
        self.assertEqual([row.get("value", row.get("kind")) for row in rows], [6, "runtime", 3])
        self.assertEqual(done.returncode, 0)


class Transcripts(ProgramTest):
    def record(self, *entries, arguments=("-q",)):
        session = self.session(*arguments)
        for entry in entries:
            session.enter(entry)
        self.assertIn("today.lua", session.enter('session.save "today.lua"'))
        return Path(self.home, "today.lua")

    ENTRIES = (
        'panda = avips.robot "panda"', "target = panda:fk(panda:random())", "panda:ik(target, { count = 3 })",
        "for i = 1, 2 do print(i, math.random(1000)) end", "error 'told'", "local hidden = 5", "_ and _1", "return 7", "{ b = 1, a = { 2 } }",
        "panda.dof;", "_ + 1", "who", "student = avips.model{ robot = 'planar_3link', components = 2, hidden = {16} }",
        "student:train{ steps = 20 };", "student:sample(student.robot:fk{0.1, 0.2, 0.3}, 3)",
    )

    def test_run_again_without_a_difference(self):
        path = self.record(*self.ENTRIES, arguments=("-q", "--no-progress"))
        self.assertNotIn("session.save", path.read_text().split("-- [1]")[1])
        done = self.run_program("--check", str(path))
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("14 entries, no difference\n", "", 0), path.read_text())

    def test_differences_are_shown_and_end_with_1(self):
        path = self.record("panda = avips.robot 'panda'", "panda.dof")
        path.write_text(path.read_text().replace("--> 7", "--> 8"))
        done = self.run_program("--check", str(path))
        self.assertEqual(done.returncode, 1)
        self.assertIn("- 8", done.stdout)
        self.assertIn("+ 7", done.stdout)
        self.assertIn("1 of 2 entries differ", done.stdout)

    def test_are_scripts(self):
        path = self.record("x = 6", "x * 7", "error 'told'", "print 'end'")
        done = self.run_program(str(path))
        self.assertEqual((done.stdout, done.returncode), ("42\nstdin:1: told\nend\n", 0))

    def test_the_seed_is_kept(self):
        path = self.record("avips.robot('panda'):random()[1]", arguments=("-q", "--seed", "9"))
        self.assertIn("seed = 9", path.read_text())
        self.assertEqual(self.run_program("--check", str(path)).returncode, 0)

    def test_multi_line_entries_and_other_terminals(self):
        session = self.session("-q", env={"TERM": "dumb", "LC_ALL": "C"})
        session.paste("function twice(x)\n  return 2 * x\nend")
        session.enter("")
        session.enter("avips.robot 'panda'")
        session.enter("twice(21)")
        session.enter('session.save "other.lua"')
        done = self.run_program("--check", str(Path(self.home, "other.lua")))
        self.assertEqual((done.stdout, done.returncode), ("3 entries, no difference\n", 0))

    def test_what_is_no_transcript_is_told(self):
        script = self.write("script.lua", "print(1)")
        done = self.run_program("--check", script)
        self.assertEqual((done.stdout, done.returncode), ("", 1))
        self.assertIn("no transcript", done.stderr)
        self.assertEqual(self.run_program("--check", "missing.lua").returncode, 1)
        self.assertEqual(self.run_program("--check").returncode, 2)


class Generated(ProgramTest):
    def test_the_reference_and_the_stub_are_printed(self):
        self.assertEqual(self.run_program("--reference").stdout, (ROOT / "share/doc/reference.md").read_text())
        self.assertEqual(self.run_program("--stub").stdout, (ROOT / "share/meta/avips.lua").read_text())


if __name__ == "__main__":
    unittest.main()
