"""What is made of a study's results: tables, figures, pages, and what other programs read."""

import csv
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree as xml
import zipfile
from pathlib import Path

from studies import LOSS, StudyTest
from support import LONGEST_WAIT, PROGRAM, ROOT, environment

# The longer form, for scripts/check-long.
MANY = 10_000 if os.environ.get("AVIPS_LONG") else 1_000


class Reading(StudyTest):
    def test_tables_are_read_by_other_programs(self):
        self.study()
        self.run_study()
        for ending in ("csv", "json", "md", "tex", "txt"):
            self.run_study("table", "--rows", "robot", "--columns", "components", "--save", "table." + ending)
        rows = list(csv.DictReader(io.StringIO(Path(self.home, "table.csv").read_text())))
        self.assertEqual({(row["robot"], row["components"], row["n"]) for row in rows}, {(robot, count, "3") for robot in ("ur5", "panda") for count in ("4", "16")})
        table = json.loads(Path(self.home, "table.json").read_text())
        expected = {}
        for record in self.results().values():
            expected.setdefault((record["point"]["robot"], record["point"]["components"]), []).append(record["measures"]["loss"])
        for row in table:
            losses = expected[row["robot"], row["components"]]
            mean = sum(losses) / 3
            self.assertAlmostEqual(row["mean"], mean, 12)
            self.assertAlmostEqual(row["standard_error"], (sum((loss - mean) ** 2 for loss in losses) / 2 / 3) ** 0.5, 12)
        self.assertIn("\\toprule", Path(self.home, "table.tex").read_text())
        self.run_program("-e", "avips.csv.write('rows.csv', avips.experiment.open 'study':rows())")
        self.assertEqual(len(list(csv.DictReader(io.StringIO(Path(self.home, "rows.csv").read_text())))), 12)

    def documented(self, beginning):
        """A line of the page on studies that begins so."""
        page = (ROOT / "share/doc/experiments.md").read_text()
        return re.search(r"^    (" + re.escape(beginning) + ".*)$", page, re.MULTILINE).group(1).replace("components/", "study/")

    def positions(self):
        """What the documented lines ask for, of all results."""
        self.study("return { position = c.components + c.seed, all = { 1, 2 }, label = 'a quoted, text' }")
        self.run_study()
        records = self.results().values()
        return sorted((record["point"]["robot"], record["seed"], record["measures"]["position"]) for record in records)

    @unittest.skipUnless(importlib.util.find_spec("pandas"), "needs pandas")
    def test_pandas_reads_results_and_rows(self):
        expected = self.positions()
        program = "import glob, json, pandas\n" + self.documented("rows = pandas") + """
print(json.dumps(sorted(zip(rows["point.robot"], rows["seed"].tolist(), rows["measures.position"].tolist()))))
"""
        done = subprocess.run([sys.executable, "-c", program], cwd=self.home, capture_output=True, text=True, timeout=LONGEST_WAIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([tuple(row) for row in json.loads(done.stdout)], expected)
        self.run_program("-e", "avips.csv.write('rows.csv', avips.experiment.open 'study':rows())")
        import pandas
        rows = pandas.read_csv(Path(self.home, "rows.csv"))
        self.assertEqual(sorted(zip(rows["robot"], rows["seed"], rows["position"])), expected)
        self.assertEqual(rows.groupby("robot")["position"].mean().to_dict(), {"panda": 12, "ur5": 12})

    @unittest.skipUnless(shutil.which("jq"), "needs jq")
    def test_jq_reads_results(self):
        expected = self.positions()
        done = subprocess.run(["bash", "-c", self.documented("jq ")], cwd=self.home, capture_output=True, text=True, timeout=LONGEST_WAIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [(robot, int(seed), float(position)) for robot, seed, position in csv.reader(io.StringIO(done.stdout))]
        self.assertEqual(sorted(rows), expected)

    def test_a_spreadsheet_reads_rows(self):
        """What spreadsheets ask of CSV: as many fields in each row, texts with commas and quotes in quotation marks, numbers that are no texts, UTF-8."""
        expected = self.positions()
        self.run_program("-e", "avips.csv.write('rows.csv', avips.experiment.open 'study':rows())")
        text = Path(self.home, "rows.csv").read_bytes().decode("utf-8")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})
        self.assertEqual(len(set(rows[0])), len(rows[0]))
        found = [dict(zip(rows[0], row)) for row in rows[1:]]
        self.assertEqual(sorted((row["robot"], int(row["seed"]), float(row["position"])) for row in found), expected)
        for row in found:
            float(row["run_seconds"])
        self.assertNotIn("nan", text)

    @unittest.skipUnless(shutil.which("soffice"), "needs LibreOffice")
    def test_libreoffice_opens_rows(self):
        expected = self.positions()
        self.run_program("-e", "avips.csv.write('rows.csv', avips.experiment.open 'study':rows())")
        done = subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{self.home}/office", "--headless", "--convert-to", "xlsx", "rows.csv"], cwd=self.home, capture_output=True, text=True,
            timeout=5 * LONGEST_WAIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = self.sheet(Path(self.home, "rows.xlsx"))
        found = [dict(zip(rows[0], row)) for row in rows[1:]]
        # What is a number here is a number there, not a text.
        self.assertEqual(sorted((row["robot"], row["seed"], row["position"]) for row in found), expected)

    def sheet(self, path):
        """The rows of the first sheet of a spreadsheet; texts and numbers."""
        space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
        with zipfile.ZipFile(path) as file:
            texts = ["".join(part.text or "" for part in text.iterfind(".//x:t", space)) for text in xml.fromstring(file.read("xl/sharedStrings.xml")).iterfind("x:si", space)]
            sheet = xml.fromstring(file.read("xl/worksheets/sheet1.xml"))
        def value(cell):
            number = cell.find("x:v", space)
            return None if number is None else texts[int(number.text)] if cell.get("t") == "s" else float(number.text)
        return [[value(cell) for cell in row.iterfind("x:c", space)] for row in sheet.iterfind(".//x:row", space)]

    def test_more_combinations_than_a_figure_can_tell_apart(self):
        self.write("study.lua", """avips.experiment{ name = "study", grid = { x = %s, y = {1, 2} }, run = function(c, run)
            run:log{ step = 1, loss = c.x } run:log{ step = 2, loss = c.y } return { loss = c.x } end }""" % ("{" + ", ".join(map(str, range(40))) + "}"))
        self.run_study("run", "--workers", "1")
        opened = "study = avips.experiment.open 'study' "
        shown = self.run_program("-e", opened + "n = 0 for _ in pairs(study:logs()) do n = n + 1 end print(n, #study:rows())")
        self.assertEqual(shown.stdout.split(), ["80", "80"], shown.stderr)
        for figure in ("curves(study, { columns = {'loss'} %s})", "compare(study, { metrics = {'loss'} %s})"):
            self.assertIn("more than 64 combinations", self.run_program("-e", opened + "avips.plot." + figure % "").stderr)
            self.assertEqual(self.run_program("-e", opened + "print(#avips.plot.%s:svg())" % (figure % ", only = 'y=2'")).returncode, 0)
        page = Path(self.home, self.run_study("report").stdout.strip()).read_text()
        self.assertIn("80 combinations of settings are too many", page)

    def test_a_report_is_one_page(self):
        self.study("for i = 1, 9 do run:log{ step = i, loss = c.components / i + c.seed } end if c.seed == 3 and c.components == 4 then error '<b>no</b>' end " + LOSS)
        self.run_study(code=1)
        path = self.run_study("report").stdout.strip()
        page = Path(self.home, path).read_text()
        for part in ("<table>", "What was asked", "Curves", "Comparison", "Paired differences", "Failures", "&lt;b&gt;no&lt;/b&gt;", "Provenance", "script_sha256", "processors"):
            self.assertIn(part, page)
        self.assertEqual(page.count("data:image/svg+xml;base64,"), 2)
        self.assertNotIn("http://", page.replace("http://www.w3.org", ""))

    def test_provenance_names_where_a_result_comes_from(self):
        self.study()
        self.run_study()
        record = json.loads(next(Path(self.home).glob("study/runs/*/result.json")).read_text())
        worker = json.loads(Path(self.home, "study", "workers", record["worker"] + ".json").read_text())
        for name in ("version", "commit", "built", "script", "script_sha256", "arguments", "host", "processor", "cores", "pid", "started", "job"):
            self.assertIn(name, worker)
        digest = subprocess.run(["sha256sum", Path(self.home, "study.lua")], capture_output=True, text=True).stdout.split()[0]
        self.assertEqual(worker["script_sha256"], digest)


class Example(StudyTest):
    def test_the_example_takes_25_lines(self):
        """Three robots, two settings of each of two options, three seeds: table, means and standard errors, curves, comparison, page."""
        script = ROOT / "examples/6-experiment.lua"
        lines = [line for line in script.read_text().splitlines() if line.strip() and not line.lstrip().startswith("--")]
        self.assertLessEqual(len(lines), 25)
        shown = self.run_study("2", "run", script=str(script), timeout=5 * LONGEST_WAIT).stdout
        self.assertIn("(mean ± standard error, n = 3)", shown)
        self.assertRegex(shown, r"(?m)^16 +-?[0-9.]+ ± [0-9.]+ +18 ")
        self.assertEqual(len(self.results("components")), 36)
        for name in ("curves.svg", "comparison.svg"):
            self.assertTrue(Path(self.home, "components", name).read_text().startswith("<svg"))
        self.assertEqual(Path(self.home, "components/report.html").read_text().count("data:image/svg+xml;base64,"), 2)


class ManyRuns(StudyTest):
    """Processor time is what is bounded: neighbours do not change it."""

    def measured(self, *arguments):
        """Seconds of processor time and megabytes of memory that a command took, and what it said."""
        with open(Path(self.home, "said"), "w+") as said:
            process = subprocess.Popen(
                [PROGRAM, "--no-progress", "study.lua", *arguments], cwd=self.home, env=environment(self.home, OPENBLAS_NUM_THREADS="1"), stdout=said, stderr=said)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            text = said.read()
        self.assertEqual(process.returncode, 0, text)
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text

    def test_many_runs_of_a_millisecond(self):
        self.write("study.lua", """avips.experiment{ name = "study", grid = { x = (function() local t = {} for i = 1, %d do t[i] = i end return t end)(), y = {1, 2} }, seeds = 5,
            run = function(c) avips.system.sleep(0.001) return { loss = c.x * c.y + c.seed } end, report = function() end }""" % (MANY // 10))
        seconds, memory, _ = self.measured("run", "--workers", "1")
        self.assertLess(seconds / MANY, 0.004)
        self.assertLess(memory, 200)
        for command in (["status"], ["table", "--rows", "y"]):
            seconds, memory, shown = self.measured(*command)
            self.assertLess(seconds, 1)
            self.assertLess(memory, 200)
            self.assertIn(f"{MANY} of {MANY} done" if command == ["status"] else "±", shown)
        self.assertEqual(len(list(Path(self.home).glob("study/runs/*/result.json"))), MANY)


if __name__ == "__main__":
    unittest.main()
