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
        for change in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
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
