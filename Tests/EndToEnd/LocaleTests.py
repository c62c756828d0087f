"""The program in a German and in a Turkish locale: numbers, letters and files are those of any other place."""

import subprocess
import tempfile
import unittest

from support import ProgramTest, make_locale

# All ways in which a number or a letter becomes text, and text a number.
SCRIPT = """
print(1.5, 1e100, -0.1, string.format("%.3f %g %a", 1234.5678, 0.25, 0.5), tonumber "1.5", tonumber "1,5")
print(("TITLE"):lower(), ("title"):upper(), ("TITLE \\196\\176 i"):lower(), ("i\\195\\164"):match "%a+", ("\\228"):find "%w")
io.write(0.5, " ", 2.25, "\\n")
print(load "return 0.5 + 1.25"(), 10 // 4.0, 7 / 2)
local panda = avips.robot "panda"
print(panda)
local q = { 0.1, -0.4, 0.25, -2.125, 0.5, 1.6, 0.8 }
print(panda:fk(q))
print(avips.matrix{ { 1.5, 2.25 }, { 1e-7, 3 } })
print(avips.json.encode{ 1.5, { x = 0.1 } }, avips.json.decode "[0.25]"[1])
avips.csv.write("t.csv", { a = { 1.5, 2.5 }, b = { 0.125, 1e-9 } })
for line in io.lines "t.csv" do print(line) end
local t = avips.csv.read "t.csv"
print(t.a and t.a[2], t.b and t.b[1])
local figure = avips.plot.curves{ { x = { 0, 1, 2.5 }, y = { 0.5, 1.25, 0.75 } } }
print(#figure:svg(), figure:svg():find "%d,%d+%.%d" )
print(figure)
print(table.concat(avips.robot("planar_3link"):ik(avips.robot("planar_3link"):fk{ 0.1, 0.2, 0.3 }, { seed = 1 })[1].q, " "))
local student = avips.model{ robot = "planar_3link", components = 2, hidden = {16}, seed = 1 }
student:train{ steps = 3, batch = 32, seed = 1 }
student:save "s.safetensors"
print(avips.model "s.safetensors".loss == student.loss)
"""


class Locales(ProgramTest):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.directory = directory.name
        cls.locales = [make_locale(cls.directory, name) for name in ("de_DE", "tr_TR")]

    def in_locale(self, name):
        return {"LOCPATH": self.directory, "LC_ALL": name}

    def test_the_locales_are_what_they_are_for(self):
        shown = subprocess.run(["locale", "decimal_point"], env={"PATH": "/usr/bin:/bin", **self.in_locale(self.locales[0])}, capture_output=True, text=True)
        self.assertEqual(shown.stdout.strip(), ",")

    def test_scripts_compute_and_print_the_same(self):
        path = self.write("all.lua", SCRIPT)
        expected = self.run_program("--no-progress", path)
        self.assertEqual(expected.returncode, 0, expected.stderr)
        self.assertIn("title\tTITLE", expected.stdout)
        for locale in self.locales:
            with self.subTest(locale=locale):
                shown = self.run_program("--no-progress", path, env=self.in_locale(locale))
                self.assertEqual((shown.stdout, shown.stderr, shown.returncode), (expected.stdout, "", 0))

    def test_rows_of_json(self):
        for locale in self.locales:
            with self.subTest(locale=locale):
                shown = self.run_program("--json", "-e", "1.5", "-e", "{ a = 0.25 }", env=self.in_locale(locale))
                self.assertEqual(shown.stdout, self.run_program("--json", "-e", "1.5", "-e", "{ a = 0.25 }").stdout)

    def test_the_prompt_edits_letters_of_the_language_and_leaves_lua_alone(self):
        for locale in self.locales:
            with self.subTest(locale=locale):
                session = self.session(env=self.in_locale(locale))
                self.assertEqual(session.enter("('TITLE'):lower(), 0.5, ('\u00e4\u0131'):len()").split(), ["title", "0.5", "4"])
                session.send("'\u00e4\u00f6")
                session.send("\x7f")  # Backspace takes a letter, of two bytes
                self.assertEqual(session.enter("'").strip(), "\u00e4")
                # Lua that runs after a line was edited is no other.
                self.assertEqual(session.enter("('I'):lower(), ('i'):upper(), tostring(1/4)").split(), ["i", "I", "0.25"])
                self.assertEqual(session.leave(), 0)

    def test_a_locale_that_is_not_installed_has_the_characters_of_utf_8(self):
        for name in ["xx_XX.UTF-8", "xx_XX"]:
            with self.subTest(name=name):
                session = self.session(env={"LC_ALL": None, "LANG": name})
                session.send("#'a\u6f22")
                session.send("\x7f")  # Backspace takes a character, of three bytes and two columns
                self.assertEqual(session.enter("'").strip(), "1")
                self.assertEqual(session.leave(), 0)


if __name__ == "__main__":
    unittest.main()
