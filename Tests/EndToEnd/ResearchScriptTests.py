"""The scripts behind share/doc/conditional-results.md, each with the smallest task and budget that still has an answer to compare with."""

import csv
import re
import statistics
import struct
from pathlib import Path

from support import LONGEST_WAIT, ROOT, ProgramTest

SCRIPTS = ROOT / "scripts/experiments"


def table(text):
    """The rows of the Markdown tables in a text, headings left out."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [row for row in rows[1:] if not set(row[0]) <= set("-")]


class Posteriors(ProgramTest):
    """Posteriors of gaussian_linear: the mean is half of the observation, the variance 1/20 in every coordinate."""

    OBSERVATION = [0.6, -0.4, 0.2, 0.0, -0.8, 0.5, -0.1, 0.3, 0.7, -0.6]

    def setUp(self):
        super().setUp()
        self.write("data/sbibm/tasks/gaussian_linear/files/num_observation_1/observation.csv",
                   ",".join(f"data_{i}" for i in range(10)) + "\n" + ",".join(map(str, self.OBSERVATION)) + "\n")
        design = Path(self.home, "data/sbibm/tasks/bernoulli_glm/files/design_matrix.pt")
        design.parent.mkdir(parents=True)
        design.write_bytes(b"header" + struct.pack("<1000f", *([0.5] * 1000)))
        Path(self.home, "draws").mkdir()

    def run_task(self, *options):
        done = self.run_program(
            str(SCRIPTS / "posteriors.lua"), "gaussian_linear", "data=data", "draws=draws", "observations=1", "count=2000", *options, timeout=5 * LONGEST_WAIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def moments(self, name):
        with open(Path(self.home, "draws", name)) as file:
            rows = [[float(word) for word in row] for row in csv.reader(file) if row and re.match(r"[-\d.]", row[0])]
        self.assertEqual(len(rows), 2000)
        return list(zip(*((statistics.fmean(column), statistics.pvariance(column)) for column in zip(*rows))))

    def assert_posterior(self, name, means, variances):
        found = self.moments(name)
        for x, mean, variance in zip(self.OBSERVATION, *found):
            self.assertAlmostEqual(mean, x / 2, delta=means)
            self.assertAlmostEqual(variance, 0.05, delta=variances)

    def test_the_likelihood_is_known(self):
        shown = self.run_task("seconds=1")
        self.assertGreater(float(re.search(r"effective size ([\d.]+)", shown).group(1)), 0.9)
        self.assert_posterior("gaussian_linear-1.csv", 0.05, 0.015)
        self.assert_posterior("gaussian_linear-1-resampled.csv", 0.05, 0.015)

    def test_from_simulations(self):
        shown = self.run_task("mode=simulations", "simulations=3000", "kind=mixture", "hidden=16,16", "steps=2000", "members=2")
        self.assertIn("2 models, 1 x 16,16, 2000 steps", shown)
        self.assert_posterior("gaussian_linear-1.csv", 0.12, 0.03)

    def test_flows_are_averaged_too(self):
        shown = self.run_task("mode=simulations", "simulations=3000", "kind=flow", "hidden=32,32", "steps=300", "members=2")
        self.assertIn("2 models, flow 32,32, 300 steps", shown)
        self.assert_posterior("gaussian_linear-1.csv", 0.2, 0.05)

    def test_a_setting_is_chosen(self):
        shown = self.run_task("mode=simulations", "simulations=1000", "seconds=4", "members=2")
        self.assertRegex(shown, r"\d models, .*; tried .*flow 16,16 900: -\d")
        self.moments("gaussian_linear-1.csv")


class Comparisons(ProgramTest):
    """Comparisons that print a table or a line for each training."""

    def run_script(self, name, *options):
        done = self.run_program(str(SCRIPTS / name), *options, env={"AVIPS_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}, timeout=5 * LONGEST_WAIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_the_suite(self):
        rows = table(self.run_script("suite.lua", "a", "1", "1", "path", "steps=1500"))
        self.assertEqual([row[:3] for row in rows], [["a", "path", "1"]])
        self.assertLess(float(rows[0][3]), 0.05)
        self.assertEqual(rows[0][5], "40 of 40")

    def test_observations_as_contexts(self):
        shown = self.run_script("contexts.lua", "numbers", "seconds=1", "count=500", "train=optimizer='adam'")
        self.assertLess(float(re.search(r"gap (-?[\d.]+)", shown).group(1)), 3)

    def test_an_arm_without_pairs(self):
        rows = table(self.run_script("robots-without-pairs.lua", "path", "seeds=1", "steps=1500", "hidden=64", "components=8"))
        self.assertEqual(rows[0][:3], ["path", "1", "1500"])
        self.assertLess(float(rows[0][4]), 3)

    def test_stages_after_likelihood(self):
        rows = table(self.run_script(
            "arms-without-pairs.lua", "robot=valkyrie_lower_arm", "seconds=0.5", "seeds=1", "components=4", "hidden=32",
            "staged:share=3,weight_rule='target',forward_share=0.3|position_deviation=0.02,rotation_deviation=0.06", "likelihood"))
        self.assertEqual(len(rows), 2)
        self.assertTrue(all(float(row[5]) > 0 for row in rows), rows)
        # Widths are those of the last stage times what is left of their widening.
        self.assertGreaterEqual(float(rows[0][-1].split(",")[0]), 20)
