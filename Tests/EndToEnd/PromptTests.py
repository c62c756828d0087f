"""The prompt in a real terminal: echo, continuation, editing, history, paste."""

import os
import stat
import subprocess
import time
from pathlib import Path

from support import CONTINUATION, ESCAPES, PROGRAM, ProgramTest, environment, make_latin_1_locale


class Echo(ProgramTest):
    def test_shows_the_values_of_expressions(self):
        session = self.session()
        self.assertEqual(session.enter("1 + 1").strip(), "2")
        self.assertIn("hello", session.enter("'hel' .. 'lo'"))
        self.assertEqual(session.enter("= 6 * 7").strip(), "42")
        self.assertEqual(session.enter("1, nil, 3").split(), ["1", "nil", "3"])
        self.assertEqual(session.enter("nil").strip(), "nil")

    def test_shows_nothing_for_statements(self):
        session = self.session()
        self.assertEqual(session.enter("x = 5").strip(), "")
        self.assertEqual(session.enter("print(x)").strip(), "5")

    def test_a_semicolon_silences(self):
        session = self.session()
        self.assertEqual(session.enter("1 + 1;").strip(), "")
        self.assertEqual(session.enter("_").strip(), "2")

    def test_keeps_results(self):
        session = self.session()
        session.enter("11")
        session.enter("22")
        self.assertEqual(session.enter("_1, _2").split(), ["22", "11"])

    def test_warns_of_a_local_that_ends_with_its_line(self):
        session = self.session()
        self.assertIn("local", session.enter("local x = 1"))
        self.assertEqual(session.enter("x").strip(), "nil")

    def test_tells_the_time_of_long_lines(self):
        session = self.session()
        shown = session.enter("local t = os.clock() while os.clock() - t < 2.6 do end")
        self.assertRegex(shown, r"\n[1-9]\d*\.\d+ s")

    def test_pasted_prompts_are_no_part_of_the_line(self):
        session = self.session()
        session.send("avips> 3 * 3")
        session.answer()  # the typed prompt
        self.assertEqual(session.enter("").strip(), "9")

    def test_question_mark_shows_help(self):
        session = self.session()
        self.assertIn("avips", session.enter("?"))
        self.assertIn("avips.version", session.enter("?avips.version"))


class Continuation(ProgramTest):
    def test_an_open_block_goes_on(self):
        session = self.session()
        session.send("for i = 1, 2 do\r")
        session.answer(CONTINUATION)
        session.send("\r")  # a blank line does not end it
        session.answer(CONTINUATION)
        session.send("print(i * 10)\r")
        session.answer(CONTINUATION)
        self.assertEqual(session.enter("end").split(), ["10", "20"])

    def test_an_open_expression_goes_on_and_is_shown(self):
        session = self.session()
        session.send("1 +\r")
        session.answer(CONTINUATION)
        self.assertEqual(session.enter("2").strip(), "3")

    def test_ctrl_c_ends_it(self):
        session = self.session()
        session.send("while true do\r")
        session.answer(CONTINUATION)
        session.send("\x03")
        session.answer()
        self.assertEqual(session.enter("4").strip(), "4")

    def test_a_syntax_error_is_told_at_once(self):
        session = self.session()
        self.assertIn("unexpected symbol near '='", session.enter("x = = 1"))
        self.assertIn("unfinished string", session.enter("print('abc"))
        self.assertIn("function arguments expected", session.enter("string:rep"))


class Errors(ProgramTest):
    def test_messages_have_a_place_and_the_prompt_returns(self):
        session = self.session()
        self.assertRegex(session.enter("error('oh no')"), r"stdin:1: oh no")
        self.assertEqual(session.enter("1").strip(), "1")

    def test_nested_errors_have_a_traceback(self):
        session = self.session()
        session.enter("function f() error('deep') end")
        session.enter("function g() f() end")
        shown = session.enter("g()")
        self.assertIn("deep", shown)
        self.assertIn("traceback", shown)

    def test_values_that_are_no_strings_can_be_thrown(self):
        session = self.session()
        self.assertIn("table", session.enter("error({})"))
        self.assertIn("nil", session.enter("error()"))
        self.assertEqual(session.enter("1").strip(), "1")


class History(ProgramTest):
    def test_lasts_across_sessions(self):
        first = self.session()
        first.enter("remembered = 1")
        self.assertEqual(first.leave(), 0)
        second = self.session()
        second.send("\x1b[A\r")
        self.assertIn("remembered = 1", second.answer())

    def test_file_is_private_and_follows_xdg(self):
        state = str(Path(self.home, "state"))
        session = self.session(env={"XDG_STATE_HOME": state})
        session.enter("1")
        history = Path(state, "avips/history")
        self.assertEqual(stat.S_IMODE(os.stat(history).st_mode), 0o600)
        self.assertIn("1", history.read_text().splitlines())  # written before the session ends

    def test_an_entry_of_several_rows_is_one_item(self):
        session = self.session()
        session.enter("before = 0")
        session.send("for i = 7, 8 do\r")
        session.answer(CONTINUATION)
        session.send("print(i)\r")
        session.answer(CONTINUATION)
        session.enter("end")
        self.assertEqual(session.leave(), 0)
        again = self.session()
        again.send("\x1b[A\r")
        shown = again.answer()
        self.assertEqual(shown.split()[-2:], ["7", "8"])

    def test_repeated_entries_are_kept_once(self):
        session = self.session()
        session.enter("a = 1")
        session.enter("b = 2")
        session.enter("b = 2")
        session.send("\x1b[A\x1b[A\r")
        self.assertIn("a = 1", session.answer())

    def test_older_equal_entries_are_met_once(self):
        first = self.session()
        for line in ("a = 1", "b = 2", "a = 1", "c = 3", "a = 1"):
            first.enter(line)
        first.send("\x1b[A\x1b[A\x1b[A\r")
        self.assertIn("b = 2", first.answer())
        self.assertEqual(first.leave(), 0)
        second = self.session()
        second.send("\x1b[A\x1b[A\x1b[A\r")  # b = 2, a = 1, c = 3
        self.assertIn("c = 3", second.answer())

    def test_two_sessions_keep_both_histories(self):
        first, second = self.session(), self.session()
        first.enter("first = 1")
        second.enter("second = 2")
        self.assertEqual((first.leave(), second.leave()), (0, 0))
        third = self.session()
        third.send("\x1b[A\x1b[A\r")
        self.assertIn("first = 1", third.answer())

    def test_arrows_search_for_what_is_typed(self):
        session = self.session()
        session.enter("alpha = 10")
        session.enter("beta = 20")
        session.send("al\x1b[A\r")
        self.assertIn("alpha = 10", session.answer())


class Editing(ProgramTest):
    def test_a_paste_of_200_lines_runs_whole(self):
        rows = "\n".join(f"total = (total or 0) + {number}" for number in range(200))
        session = self.session()
        session.paste(rows)
        session.send("\r")
        session.answer()
        self.assertEqual(session.enter("total").strip(), str(sum(range(200))))

    def test_tabs_in_a_paste_are_no_completion(self):
        session = self.session()
        session.paste("x = '\tpri\t'")
        self.assertEqual(session.enter("").strip(), "")
        self.assertEqual(session.enter("#x").strip(), "5")

    def test_ctrl_c_discards_the_line_at_once(self):
        session = self.session()
        session.send("some text")
        session.child.expect_exact("some text")
        watch = session.time_to_prompt("\x03")
        self.assertTrue(watch.is_within(0.2), watch)
        self.assertEqual(session.enter("8").strip(), "8")

    def test_inputrc_knows_the_program(self):
        inputrc = self.write("inputrc", '$if avips\n"\\C-o": "12345\\r"\n$endif\n')
        session = self.session(env={"INPUTRC": inputrc})
        session.send("\x0f")
        self.assertEqual(session.answer().split(), ["12345", "12345"])

    def test_resizing_keeps_the_line(self):
        session = self.session()
        session.send("1 +")
        session.child.expect_exact("1 +")
        session.child.setwinsize(30, 60)
        time.sleep(0.1)
        session.send(" 1\r")
        session.child.expect(r"2004l\r+2\r\n")

    def test_values_fit_a_terminal_that_was_resized_while_a_command_ran(self):
        session = self.session()
        session.send("print 'begun' local t = os.time() while os.time() < t + 2 do end avips.show(avips.matrix{ avips.random.normal(30) })\r")
        session.child.expect_exact("begun\r\n")
        session.child.setwinsize(24, 50)
        rows = session.answer().split("\n")
        self.assertTrue(any("more columns" in row for row in rows), rows)
        self.assertTrue(all(len(row) <= 50 for row in rows), rows)

    def test_letters_beyond_ascii(self):
        session = self.session()
        self.assertEqual(session.enter("#'äö€'").strip(), "7")


class Leaving(ProgramTest):
    def test_ctrl_d_leaves_with_0(self):
        self.assertEqual(self.session().leave(), 0)

    def test_os_exit_leaves_with_its_code(self):
        session = self.session()
        session.send("os.exit(7)\r")
        self.assertEqual(session.exit_code(), 7)

    def test_exit_and_quit_leave(self):
        for word in ("exit", "quit"):
            session = self.session()
            session.send(word + "\r")
            self.assertEqual(session.exit_code(), 0)

    def test_a_closed_terminal_ends_the_program(self):
        session = self.session()
        process = session.child.pid
        session.child.close(force=False)
        self.assertFalse(Path(f"/proc/{process}/exe").exists() and session.child.isalive())


class Appearance(ProgramTest):
    def test_banner_names_the_version_unless_quiet(self):
        session = self.session("-E")
        self.assertRegex(session.opening, r"avips \d+\.\d+")
        self.assertEqual(self.session("-q").opening.strip(), "")

    def test_no_color_and_dumb_terminals_get_no_colour(self):
        for change in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": None}, {"TERM": "no-such-terminal"}):
            session = self.session(env=change)
            session.send("error('oh no')\r")
            session.child.expect_exact("oh no')")
            session.child.expect_exact("avips> ")
            self.assertNotIn("\x1b[3", session.child.before)
            self.assertNotIn("\x1b[1;", session.child.before)

    def test_color_can_be_forced(self):
        session = self.session("-q", "--color=always", env={"NO_COLOR": "1"}, prompt="\x1b[1;34mavips> ")
        self.assertIsNotNone(session.opening)

    def test_a_real_latin_1_locale(self):
        locale = {"LOCPATH": self.home, "LC_ALL": make_latin_1_locale(self.home)}
        session = self.session(env=locale, encoding="latin-1")
        self.assertTrue(session.enter("avips.robot 'panda'").isascii())
        self.assertEqual(session.enter("1.5").strip(), "1.5")
        self.assertEqual(session.enter("#'\xe4'").strip(), "2")  # a typed letter of Latin-1 is UTF-8 for Lua
        done = subprocess.run([PROGRAM, "-e", "print(avips.robot 'panda')"], capture_output=True, timeout=30,
                              env=environment(self.home, **locale))
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout.isascii())

    def test_other_locales(self):
        for locale in ("C", "POSIX", "en_US.ISO-8859-1"):
            session = self.session(env={"LC_ALL": locale})
            self.assertEqual(session.enter("1.5 + 1").strip(), "2.5")
            self.assertTrue(session.enter("{1, {2}}").isascii())


class Harmlessness(ProgramTest):
    """What comes from files and arguments is shown, but does nothing to the terminal, and is no code."""

    # Sets the title, clears the screen, turns text around; the last two as characters of C1 and of Unicode.
    HOSTILE = "\\27]0;pwned\\7\\27[2J\\194\\1552J\\226\\128\\174x"

    def assert_harmless(self, shown, what):
        for sequence in ("\x1b]", "\x07", "\x1b[2J", "\u009b", "\u202e"):
            self.assertNotIn(sequence, shown, what)

    def test_values_errors_and_names_of_files(self):
        links = "".join(f'<link name="l{i}&#x9b;2J&#x202e;"/>' for i in range(3))
        joints = "".join(
            f'<joint name="j{i}&#x9b;2J" type="revolute"><parent link="l{i}&#x9b;2J&#x202e;"/><child link="l{i + 1}&#x9b;2J&#x202e;"/>'
            '<origin xyz="0 0 1"/><axis xyz="0 1 0"/><limit lower="-1" upper="1"/></joint>' for i in range(2))
        self.write("r.urdf", f'<robot name="&#x9b;2J&#x202e;">{links}{joints}</robot>')
        session = self.session()
        for line in (
            f"'{self.HOSTILE}'", f"{{ a = '{self.HOSTILE}', ['{self.HOSTILE}'] = 1 }}", f"error '{self.HOSTILE}'", f"avips.robot '{self.HOSTILE}'",
            f"avips.help '{self.HOSTILE}'", f"avips.model{{ robot = 'panda', context = '{self.HOSTILE}' }}", f"avips['{self.HOSTILE}']()",
            f"setmetatable({{}}, {{ __tostring = function() return '{self.HOSTILE}' end }})", f"avips.json.read '{self.HOSTILE}'",
            "r = avips.robot 'r.urdf'", "r", "print(r)", "m = avips.model{ robot = r, hidden = {16}, components = 2, seed = 1 }", "m", "print(m)",
            "r:ik(r:fk{0.1, 0.2})", "pcall(error, r)", "select(2, pcall(avips.robot, 'r.urdf', { tip = 'l9' }))", "avips.who()",
        ):
            session.send(line + "\r")
            # The echo of the line itself is the editor's, which shows what was typed.
            session.answer()
            self.assert_harmless(session.child.before, line)
        self.assertEqual(session.leave(), 0)

    def test_arguments_of_the_command_line(self):
        done = self.run_program("--\x1b]0;pwned\x07")
        self.assert_harmless(done.stdout + done.stderr, "an option")
        done = self.run_program("\x1b[2J.lua")
        self.assert_harmless(done.stdout + done.stderr, "a script")
        self.assertEqual(done.returncode, 1)

    def test_a_value_that_prints_while_it_is_shown(self):
        session = self.session()
        shown = session.enter("setmetatable({}, { __tostring = function() print 'seen' avips.show(1) return 'told' end })")
        self.assertIn("seen", shown)
        self.assertIn("told", shown)
        self.assertEqual(session.enter("1 + 1").strip(), "2")

    def test_a_transcript_holds_values_as_text(self):
        session = self.session()
        session.enter("\"10 %\\rprint('THIS WAS A VALUE')\"")
        session.enter("print \"20 %\\rprint('THIS WAS PRINTED')\"")
        session.enter("session.save 't.lua'")
        session.leave()
        self.assertNotIn(b"\r", Path(self.home, "t.lua").read_bytes())
        again = self.run_program("t.lua")
        self.assertNotIn("\nTHIS WAS", "\n" + again.stdout.replace("\r", " "))
        self.assertEqual(self.run_program("--check", "t.lua").returncode, 0)

    def test_a_history_that_is_no_file_is_left_alone(self):
        state = Path(self.home, ".local/state/avips")
        state.mkdir(parents=True)
        os.mkfifo(state / "history")
        session = self.session()
        self.assertEqual(session.enter("1 + 1").strip(), "2")
        self.assertEqual(session.leave(), 0)


class StartUp(ProgramTest):
    def test_rc_file_runs_before_the_prompt(self):
        self.write(".config/avips/init.lua", "fromInit = 99\n")
        self.assertEqual(self.session().enter("fromInit").strip(), "99")
        self.assertEqual(self.session("-q", "-E").enter("fromInit").strip(), "nil")

    def test_a_broken_rc_file_is_told_and_survived(self):
        self.write(".config/avips/init.lua", "x = = 1\n")
        session = self.session()
        self.assertIn("init.lua:1", session.opening)
        self.assertEqual(session.enter("1").strip(), "1")

    def test_interactive_after_a_script(self):
        script = self.write("script.lua", "x = 5")
        self.assertEqual(self.session("-q", "-i", script).enter("x").strip(), "5")
        self.assertEqual(self.session("-q", "-i", "-e", "y = 6").enter("y").strip(), "6")
