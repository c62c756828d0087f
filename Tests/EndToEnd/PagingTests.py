"""What a person reads at the prompt: long texts page by page, sentences broken at words, marks of prompts, the editor."""

import os
import stat
import unittest
from pathlib import Path

from support import CONTINUATION, ESCAPES, ProgramTest

SIZES = [(24, 80), (40, 120)]


class Paging(ProgramTest):
    def paging_session(self, size=(24, 80), **env):
        return self.session(env={"PAGER": None, **env}, dimensions=size)

    def begin(self, session, count=200):
        session.send(f"lines = {{}} for i = 1, {count} do lines[i] = 'row ' .. i end table.concat(lines, '\\n')\r")
        session.answer()
        session.send("table.concat(lines, '\\n')\r")
        session.child.expect_exact("q leave")
        return ESCAPES.sub("", session.child.before)

    def type_at_a_page(self, entries, check):
        """Types each entry at the first page of a session of its own, which goes on after what is checked."""
        for typed in entries:
            with self.subTest(typed=typed):
                session = self.paging_session()
                self.begin(session)
                session.send(typed)
                check(session)
                self.assertEqual(session.enter("1 + 1").strip(), "2")

    def test_a_page_at_a_time(self):
        for size in SIZES:
            with self.subTest(size=size):
                session = self.paging_session(size)
                shown = self.begin(session)
                page = size[0] - 1
                self.assertIn(f"row {page}\n", shown)
                self.assertNotIn(f"row {page + 1}", shown)
                session.send(" ")
                session.child.expect_exact("q leave")
                shown = ESCAPES.sub("", session.child.before)
                self.assertIn(f"row {2 * page}\n", shown)
                self.assertNotIn(f"row {2 * page + 1}\n", shown)
                session.send("\r")
                session.child.expect_exact(f"row {2 * page + 1}\r\n")
                session.child.expect_exact("q leave")
                session.send("g")
                self.assertIn("row 200", session.answer())
                self.assertEqual(session.enter("1 + 1").strip(), "2")

    def test_nobody_is_caught(self):
        self.type_at_a_page(["q", "\x03", "\x04", "\x1b"], lambda session: self.assertNotIn("row 199", session.answer()))

    def test_typing_leaves_and_is_kept(self):
        session = self.paging_session()
        self.begin(session)
        session.send("x")
        session.answer()
        session.send(" = 40\r")
        session.answer()
        self.assertEqual(session.enter("x + 2").strip(), "42")

    def test_what_comes_with_the_last_key_is_run(self):
        def check(session):
            session.answer()
            self.assertIn("42", session.answer())

        self.type_at_a_page(["q7 * 6\r", "7 * 6\r", "q7 *\r 6\r", "g7 * 6\r"], check)

    def test_what_was_typed_ahead_waits_for_nothing(self):
        session = self.paging_session()
        self.begin(session)
        session.send("q")
        session.answer()
        session.send("table.concat(lines, '\\n')\r1 + 1\r")
        self.assertIn("row 200", session.answer())
        self.assertEqual(session.answer().split()[-1], "2")

    def test_help_is_paged_and_short_texts_are_not(self):
        session = self.paging_session()
        session.send("?\r")
        session.child.expect_exact("q leave")
        session.send("q")
        session.answer()
        self.assertEqual(session.enter("('row\\n'):rep(5)").split(), ["row"] * 5)

    def test_it_can_be_turned_off(self):
        session = self.paging_session()
        self.begin(session)
        session.send("q")
        session.answer()
        session.enter("avips.pager(false);")
        self.assertIn("row 200", session.enter("table.concat(lines, '\\n')"))
        other = self.session()  # PAGER=cat
        self.assertIn("row 200", other.enter("lines = {} for i = 1, 200 do lines[i] = 'row ' .. i end return table.concat(lines, '\\n')"))
        dumb = self.paging_session(TERM="dumb")
        self.assertIn("row 200", dumb.enter("lines = {} for i = 1, 200 do lines[i] = 'row ' .. i end return table.concat(lines, '\\n')"))

    def test_pipes_have_none(self):
        done = self.run_program("-i", input="('row\\n'):rep(100)\n", env={"PAGER": None})
        self.assertEqual(done.stdout.split().count("row"), 100)
        self.assertNotIn("leave", done.stdout + done.stderr)


class Words(ProgramTest):
    def test_sentences_are_broken_at_blanks(self):
        for rows, columns in SIZES:
            with self.subTest(columns=columns):
                session = self.session(dimensions=(rows, columns))
                for entry in ["?", "?robot:ik", "?avips.experiment", "avips.robot 'panda':ik{ xyz = {9, 0, 0} }", "error(('word '):rep(60))", "?nothing_of_that_name_is_known"]:
                    shown = session.enter(entry)
                    lines = [line for line in shown.split("\n  example")[0].split("\n") if " " in line.strip()]
                    self.assertLessEqual(max(map(len, lines)), columns, entry)
                shown = session.enter("error(('word '):rep(60))")
                self.assertEqual({word.strip() for line in shown.split("\n")[1:-1] for word in line.split()} - {"word"}, set(), shown)


class Marks(ProgramTest):
    def raw(self, session, entry):
        session.child.send(entry + "\r")
        session.child.expect_exact("\x1b]133;B\x1b\\")
        return session.child.before

    def test_prompts_and_answers_are_marked(self):
        for size in SIZES:
            with self.subTest(size=size):
                session = self.session(env={"NO_COLOR": None}, dimensions=size)
                session.child.expect_exact("\x1b]133;B\x1b\\")
                shown = self.raw(session, "1 + 1")
                begins, ends, next_prompt = (shown.index(mark) for mark in ["\x1b]133;C\x1b\\", "\x1b]133;D;0\x1b\\", "\x1b]133;A\x1b\\"])
                self.assertLess(begins, ends)
                self.assertLess(ends, next_prompt)
                self.assertEqual(ESCAPES.sub("", shown[begins:ends]).strip(), "2")
                self.assertIn("\x1b]133;D;1\x1b\\", self.raw(session, "error 'no'"))
                self.assertIn("\x1b]133;D;1\x1b\\", self.raw(session, "!exit 3"))
                self.assertIn("\x1b]133;A;k=s\x1b\\", self.raw(session, "for i = 1, 2 do"))

    def test_where_colours_are_off_there_are_none(self):
        for env in [{"NO_COLOR": "1"}, {"NO_COLOR": None, "TERM": "dumb"}, {"NO_COLOR": None, "TERM": "linux"}]:
            with self.subTest(env=env):
                session = self.session(env=env)
                session.child.send("1 + 1\r")
                session.child.expect_exact("avips> ")
                self.assertNotIn("\x1b]133", session.child.before)


class Editor(ProgramTest):
    def editing_session(self, script, size=(24, 80)):
        """A session whose editor is a shell script, with the file as its argument."""
        path = Path(self.write("bin/editor.sh", "#!/bin/sh\n" + script + "\n"))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return self.session(env={"VISUAL": str(path)}, dimensions=size)

    def test_the_last_entry_is_edited_and_run(self):
        for size in SIZES:
            with self.subTest(size=size):
                session = self.editing_session("sed -i s/20/40/ \"$1\"", size)
                session.enter("20 + 2")
                shown = session.enter("edit")
                self.assertIn("40 + 2", shown + session.answer() if "40 + 2" not in shown else shown)
                session.send("\x1b[A\r")  # it is part of the history
                self.assertIn("40 + 2", session.answer())
                self.assertEqual(session.enter("_").strip(), "42")

    def test_a_function_that_was_typed(self):
        session = self.editing_session("cp \"$1\" seen; sed -i 's/two/2/' \"$1\"")
        session.send("function double(x)\r")
        session.answer(CONTINUATION)
        session.send("local two = 1\r")
        session.answer(CONTINUATION)
        session.send("return x * two\r")
        session.answer(CONTINUATION)
        session.enter("end")
        session.enter("other = 1")
        session.send("edit(double)\r")
        session.answer()
        session.answer()
        self.assertIn("function double(x)\n", Path(self.home, "seen").read_text())
        self.assertIn("local two = 1", Path(self.home, "seen").read_text())

    def test_a_function_of_a_file_and_a_file(self):
        self.write("work.lua", "answer = 1\n\nfunction triple(x)\n  return x + 3\nend\n")
        session = self.editing_session("echo \"$@\" > seen; sed -i 's/x + 3/x * 3/; s/answer = 1/answer = 5/' \"$1\"")
        session.enter("dofile 'work.lua'")
        self.assertEqual(session.enter("triple(5)").strip(), "8")
        session.send("edit(triple)\r")
        session.answer()  # the prompt of what is run next
        self.assertIn('dofile "', session.answer())
        self.assertTrue(Path(self.home, "seen").read_text().strip().endswith("work.lua"))
        self.assertEqual(session.enter("triple(5), answer").split(), ["15", "5"])
        self.assertIn("unchanged", session.enter("edit 'work.lua'"))

    def test_what_cannot_be_edited(self):
        session = self.editing_session("exit 3", (24, 200))
        self.assertIn("not written in Lua", session.enter("edit(print)"))
        session.enter("1 + 1")
        self.assertIn("exit code 3; nothing was run", session.enter("edit"))
        self.write("bin/editor.sh", "#!/bin/sh\nkill -9 $$\n")
        # Which of both depends on whether the shell makes way for the editor.
        self.assertRegex(session.enter("edit"), "(ended by signal 9|: exit code 137); nothing was run")
        done = self.run_program("-e", "avips.edit 'x.lua'")
        self.assertEqual((done.returncode, "terminal" in done.stderr), (1, True))
        safe = self.session("-q", "--safe")
        self.assertIn("safe session", safe.enter("edit 'x.lua'"))

    def test_nothing_is_left_behind(self):
        temporary = Path(self.home, "tmp")
        temporary.mkdir()
        session = self.session(env={"EDITOR": "true", "TMPDIR": str(temporary)})
        session.enter("1 + 1")
        self.assertIn("unchanged", session.enter("edit"))
        self.assertEqual(os.listdir(temporary), [])


if __name__ == "__main__":
    unittest.main()
