"""Opens pages of avips.view in headless Chromium, clicks through them and reads pixels."""

import json
import re
import shutil
import subprocess
import unittest
from pathlib import Path

from support import ProgramTest

BROWSER = next((found for found in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if found), None)

# Runs in the page after it is ready, and leaves what it saw in the document's title.
PROBE = """
<script>
(() => {
addEventListener("error", e => { document.title = "ERROR " + e.message; });
const seen = {}, view = window.avipsView, canvas = document.getElementById("canvas"), gl = canvas.getContext("webgl2");
function pixels() {
  const data = new Uint8Array(canvas.width * canvas.height * 4);
  gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, data);
  let sum = 0, marked = 0;
  for (let i = 0; i < data.length; i += 4) {
    sum = (sum * 31 + data[i] + 256 * data[i + 1] + 65536 * data[i + 2]) % 4294967291;
    if (Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 60) marked++;
  }
  return { sum, marked, all: data.length / 4 };
}
const frame = () => new Promise(done => setTimeout(() => { view.draw(); done(); }, 20));
(async () => {
  await frame(); PROBE_STEPS
  document.title = "SEEN " + JSON.stringify(seen);
})().catch(e => { document.title = "ERROR " + e.message; });
})();
</script>
"""


@unittest.skipUnless(BROWSER, "needs Chromium")
class ViewTests(ProgramTest):
    def setUp(self):
        super().setUp()
        self.page = Path(self.home) / "page.html"

    def write(self, script):
        result = self.run_program("-e", script + f' avips.view(robot, what, {{ path = "{self.page}" }})')
        self.assertEqual(result.returncode, 0, result.stderr)
        return self.page.read_text()

    def look(self, steps, *flags):
        probed = self.page.with_name("probed.html")
        probed.write_text(self.page.read_text().replace("</body>", PROBE.replace("PROBE_STEPS", steps) + "</body>"))
        shown = subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--window-size=1200,800",
             "--virtual-time-budget=20000", "--dump-dom", *flags, probed.as_uri()],
            capture_output=True, text=True, timeout=300)
        title = re.search(r"<title>(.*?)</title>", shown.stdout, re.DOTALL).group(1)
        self.assertTrue(title.startswith("SEEN "), title + shown.stderr[-2000:])
        return json.loads(title[5:].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))

    def test_answers_are_chosen_by_clicks_and_moved_by_sliders(self):
        text = self.write('''robot = avips.robot "panda"
            local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
            what = avips.model "panda":solve(target, { count = 100, seed = 1 })''')
        self.assertLess(len(text.encode()), 60_000)
        self.assertNotRegex(text, r'(src|href)\s*=\s*"(https?:)?//')
        seen = self.look('''
          seen.first = pixels();
          const buttons = document.querySelectorAll("#answers button"); seen.answers = buttons.length;
          buttons[37].click(); await frame(); seen.chosen = view.state.selected; seen.second = pixels();
          seen.tip = view.tipOf(view.state.q)[0];
          document.querySelector('input[value="all"]').click(); await frame(); seen.all = pixels();
          document.querySelector('input[value="one"]').click(); await frame(); seen.one = pixels();
          const slider = document.querySelector("#joints input"); slider.value = 0.3; slider.dispatchEvent(new Event("input")); await frame();
          seen.moved = pixels(); seen.edited = document.getElementById("edited").textContent; seen.q = view.state.q[0];
          document.getElementById("restore").click(); await frame(); seen.restored = pixels();
          [...document.querySelectorAll("#views button")].find(b => b.textContent === "Top").click(); await frame(); seen.top = pixels();''')
        self.assertEqual(seen["answers"], 100)
        self.assertEqual(seen["chosen"], 37)
        for got, wanted in zip((seen["tip"][3], seen["tip"][7], seen["tip"][11]), (0.45, 0.1, 0.4)):
            self.assertAlmostEqual(got, wanted, places=4)
        self.assertGreater(seen["first"]["marked"], 0.01 * seen["first"]["all"])
        self.assertNotEqual(seen["first"]["sum"], seen["second"]["sum"])
        self.assertGreater(seen["all"]["marked"], seen["one"]["marked"])
        self.assertEqual(seen["edited"], "(moved by hand)")
        self.assertAlmostEqual(seen["q"], 0.3)
        self.assertNotEqual(seen["moved"]["sum"], seen["one"]["sum"])
        self.assertEqual(seen["restored"]["sum"], seen["one"]["sum"])
        self.assertNotEqual(seen["top"]["sum"], seen["restored"]["sum"])

    def test_tracks_are_played_to_their_end(self):
        self.write('''robot = avips.robot "panda"
            local path = {}
            for i = 1, 30 do path[i] = avips.pose{ xyz = {0.45, -0.2 + 0.01 * i, 0.4}, rpy = {math.pi, 0, 0} } end
            what = robot:track(path, { seed = 1 })''')
        seen = self.look('''
          seen.start = view.tipOf(view.state.q)[0];
          view.goTo(14.5); await frame(); seen.between = view.tipOf(view.state.q)[0];
          const end = document.getElementById("time"); end.value = end.max; end.dispatchEvent(new Event("input")); await frame();
          seen.end = view.tipOf(view.state.q)[0]; seen.clock = document.getElementById("clock").textContent;
          document.getElementById("run").click(); seen.running = view.state.running; seen.time = view.state.time;''')
        self.assertAlmostEqual(seen["start"][7], -0.19, places=4)
        self.assertAlmostEqual(seen["between"][7], -0.045, places=2)
        self.assertAlmostEqual(seen["end"][7], 0.1, places=4)
        self.assertEqual(seen["clock"], "30 of 30")
        self.assertTrue(seen["running"])
        self.assertEqual(seen["time"], 0)

    def test_bodies_and_dark_pages(self):
        self.write('robot = avips.robot "talos_28dof" what = robot.nominal')
        light = self.look("seen.a = pixels(); seen.sliders = document.querySelectorAll('#joints input').length;")
        dark = self.look("seen.a = pixels();", "--blink-settings=preferredColorScheme=0")
        self.assertEqual(light["sliders"], 34)
        self.assertNotEqual(light["a"]["sum"], dark["a"]["sum"])


if __name__ == "__main__":
    unittest.main()
