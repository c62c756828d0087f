"""Opens pages of avips.view in headless Chromium, clicks through them and reads pixels."""

import json
import re
import subprocess
import unittest
from pathlib import Path

from browser import BROWSER, Browser
from support import ROOT, ProgramTest

# Runs in the page after it is ready, and leaves what it saw in the document's title.
PROBE = """
<script>
(() => {
addEventListener("error", e => { document.title = "ERROR " + e.message; });
addEventListener("unhandledrejection", e => { document.title = "ERROR " + e.reason; });
let view, gl;
const seen = {}, canvas = document.getElementById("canvas");
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
  for (let i = 0; i < 200 && !document.documentElement.dataset.ready; i++) await new Promise(done => setTimeout(done, 20));
  view = window.avipsView; gl = canvas.getContext("webgl2");
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

    def write(self, script, options=""):
        result = self.run_program("-e", script + f' avips.view(robot, what, {{ path = "{self.page}", {options} }})')
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

    def test_every_robot_fits_into_sixty_kilobytes_with_a_hundred_answers(self):
        script = super().write("sizes.lua", """
            for _, name in ipairs(avips.robots()) do
              local robot = avips.robot(name)
              local isBody = pcall(function() return robot.tips end)
              local aim = isBody and robot:fk(robot.nominal) or robot:fk(robot:random(nil, { seed = 3 }))
              local answers = robot:ik(aim, { count = 100, seed = 1 })
              -- Where a pose has fewer answers, as many configurations.
              local what = #answers == 100 and answers or robot:random(100, { seed = 1 })
              for _, shapes in ipairs{ "visual", "spheres", "rods" } do
                -- Some robots come without shapes for collisions.
                if pcall(avips.view, robot, what, { path = arg[1], shapes = shapes }) then
                  local file = io.open(arg[1])
                  print(name, shapes, isBody, #what ~= 100 and what.rows or #what, #file:read "a")
                  file:close()
                end
              end
            end""")
        result = self.run_program(script, str(self.page), timeout=120)
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = [line.split() for line in result.stdout.splitlines()]
        self.assertEqual(sum(row[1] == "visual" for row in rows), len(list((ROOT / "robots").glob("*.urdf"))))
        self.assertGreater(sum(row[1] == "spheres" for row in rows), 4)
        self.assertGreater(sum(row[2] == "true" for row in rows), 7)
        for row in rows:
            with self.subTest(row[:2]):
                self.assertEqual(row[3], "100")
                self.assertLess(int(row[4]), 60_000)

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


    def test_plans_are_chosen_and_played_among_obstacles(self):
        text = self.write('''robot = avips.robot "panda"
            world = avips.world{ { box = {0.3, 0.05, 0.6}, at = {0.5, 0, 0.3} }, { sphere = 0.08, at = {0.3, 0.4, 0.6} },
              { cylinder = { radius = 0.05, length = 0.3 }, at = {-0.4, 0.3, 0.15} }, { capsule = { radius = 0.04, length = 0.2 }, at = {-0.4, -0.3, 0.2} },
              { points = { {0.2, 0.5, 0.1}, {0.25, 0.5, 0.1}, {0.3, 0.5, 0.15} }, radius = 0.02 } }
            what = robot:plan({-0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}, {0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}, { world = world, count = 2, seconds = 3, seed = 1 })''',
            "world = world")
        self.assertLess(len(text.encode()), 60_000)
        seen = self.look('''
          const time = document.getElementById("time"), obstacles = document.getElementById("obstacles");
          seen.unit = document.getElementById("clock").textContent; seen.start = view.state.q.slice(); seen.solid = pixels();
          obstacles.value = "hidden"; obstacles.dispatchEvent(new Event("change")); await frame(); seen.hidden = pixels();
          obstacles.value = "sheer"; obstacles.dispatchEvent(new Event("change")); await frame(); seen.sheer = pixels();
          time.value = time.max; time.dispatchEvent(new Event("input")); await frame(); seen.end = view.state.q.slice(); seen.duration = Number(time.max);
          const buttons = document.querySelectorAll("#answers button"); seen.plans = buttons.length;
          if (buttons.length > 1) { buttons[1].click(); await frame(); seen.chosen = view.state.path; seen.back = view.state.q.slice(); }
          document.getElementById("run").click(); seen.running = view.state.running;''')
        self.assertRegex(seen["unit"], r"^0\.00 s$")
        self.assertAlmostEqual(seen["start"][0], -0.8, places=5)
        self.assertAlmostEqual(seen["end"][0], 0.8, places=5)
        self.assertGreater(seen["duration"], 0.5)
        self.assertEqual(len({seen[name]["sum"] for name in ("solid", "hidden", "sheer")}), 3)
        if seen["plans"]:
            self.assertEqual(seen["chosen"], 1)
            self.assertAlmostEqual(seen["back"][0], -0.8, places=5)
        self.assertTrue(seen["running"])

    def test_a_training_is_played_component_by_component(self):
        text = self.write('''robot = avips.robot "planar_3link"
            local student = avips.model{ robot = robot, components = 4, hidden = {16}, seed = 1 }
            local target = robot:fk{0.3, 0.8, -0.9}
            what, steps = {}, {}
            for report in student:training{ steps = 60, interval = 10, batch = 32, seed = 1 } do
              what[#what + 1], steps[#steps + 1] = student:predict(target), report.step
            end''', "steps = steps")
        self.assertLess(len(text.encode()), 60_000)
        seen = self.look('''
          const time = document.getElementById("time"); seen.clock = document.getElementById("clock").textContent; seen.first = pixels();
          seen.members = view.state.crowd.length; time.value = (Number(time.min) + Number(time.max)) / 2; time.dispatchEvent(new Event("input")); await frame();
          seen.middle = pixels(); time.value = time.max; time.dispatchEvent(new Event("input")); await frame();
          seen.last = pixels(); seen.end = document.getElementById("clock").textContent;''')
        self.assertEqual(seen["clock"], "step 10")
        self.assertEqual(seen["end"], "step 60")
        self.assertGreaterEqual(seen["members"], 1)
        self.assertNotEqual(seen["first"]["sum"], seen["last"]["sum"])
        self.assertGreater(seen["middle"]["marked"], 0)

    def test_meshes_of_a_description_are_in_the_page(self):
        folder = Path(self.home) / "robot"
        folder.mkdir()
        (folder / "a.obj").write_text("v 0 0 0\nv 0.4 0 0\nv 0 0.4 0\nv 0 0 0.4\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n")
        (folder / "b.dae").write_text(
            '<COLLADA version="1.4.1"><asset><unit meter="0.01"/></asset><library_geometries><geometry id="g"><mesh><source id="s">'
            '<float_array id="f" count="12">0 0 0 40 0 0 0 40 0 0 0 40</float_array><technique_common><accessor stride="3" count="4"/></technique_common></source>'
            '<vertices id="v"><input semantic="POSITION" source="#s"/></vertices><triangles count="4"><input semantic="VERTEX" source="#v" offset="0"/>'
            '<p>0 2 1 0 1 3 0 3 2 1 2 3</p></triangles></mesh></geometry></library_geometries><library_visual_scenes><visual_scene id="w"><node>'
            '<translate>0 0 10</translate><instance_geometry url="#g"/></node></visual_scene></library_visual_scenes></COLLADA>')
        (folder / "two.urdf").write_text(
            '<robot name="two"><link name="base"><visual><geometry><mesh filename="package://robot/a.obj"/></geometry></visual></link>'
            '<link name="arm"><visual><origin xyz="0.6 0 0"/><geometry><mesh filename="b.dae"/></geometry></visual></link>'
            '<joint name="turn" type="continuous"><parent link="base"/><child link="arm"/><axis xyz="0 0 1"/></joint></robot>')
        self.write(f'robot = avips.robot "{folder}/two.urdf" what = {{ {{0}} }}')
        seen = self.look("seen.a = pixels(); view.set(0, 2); await frame(); seen.b = pixels(); seen.notes = document.querySelectorAll('footer p').length;")
        self.assertEqual(seen["notes"], 0)
        self.assertNotEqual(seen["a"]["sum"], seen["b"]["sum"])

    # What a page shows, told by its pixels: a number for all of them, and how many have a colour.
    PIXELS = """(() => {
      avipsView.draw();
      const canvas = document.getElementById("canvas"), gl = canvas.getContext("webgl2"), data = new Uint8Array(canvas.width * canvas.height * 4);
      gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, data);
      let sum = 0, marked = 0;
      for (let i = 0; i < data.length; i += 4) {
        sum = (sum * 31 + data[i] + 256 * data[i + 1] + 65536 * data[i + 2]) % 4294967291;
        if (Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 60) marked++;
      }
      return [sum, marked / (data.length / 4)];
    })()"""
    READY = "(async () => { while (!document.documentElement.dataset.ready) await new Promise(done => setTimeout(done, 20)); })()"
    # A hundred frames of a turning camera, each drawn anew: milliseconds of the median and of the slowest twentieth.
    FRAMES = """(async () => {
      const times = [], v = avipsView, gl = document.getElementById("canvas").getContext("webgl2"), pixel = new Uint8Array(4);
      for (let i = 0; i < 100; i++) {
        const start = performance.now();
        v.camera.yaw += 0.02; v.draw(); gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
        times.push(performance.now() - start);
        if (i % 10 == 0) await new Promise(done => setTimeout(done, 0));
      }
      times.sort((a, b) => a - b);
      return [times[50], times[95]];
    })()"""

    def test_a_person_turns_chooses_moves_and_plays_without_a_complaint(self):
        pages = {
            "chain": """robot = avips.robot "panda"
                what = robot:ik(avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }, { count = 100, seed = 1 })""",
            "body": """robot = avips.robot "talos_28dof" what = robot:ik(robot:fk(robot.nominal), { count = 20, seed = 1 })""",
            "track": """robot = avips.robot "panda"
                local path = {}
                for i = 1, 30 do path[i] = avips.pose{ xyz = {0.45, -0.2 + 0.01 * i, 0.4}, rpy = {math.pi, 0, 0} } end
                what = robot:track(path, { seed = 1 })""",
        }
        for name, script in pages.items():
            for dark in (False, True):
                with self.subTest(page=name, dark=dark), Browser(dark=dark) as browser:
                    self.write(script)
                    browser.open(self.page)
                    browser.run(self.READY)
                    seen = [browser.run(self.PIXELS)]
                    self.assertGreater(seen[0][1], 0.003)
                    canvas = "document.getElementById('canvas')"
                    centre = browser.place(canvas)
                    # Turned, moved by shift and by the right button, nearer by the wheel and by keys: each is seen.
                    browser.drag(centre, (centre[0] + 120, centre[1] - 40))
                    seen.append(browser.run(self.PIXELS))
                    browser.drag(centre, (centre[0] + 60, centre[1]), modifiers=8)
                    seen.append(browser.run(self.PIXELS))
                    browser.drag(centre, (centre[0], centre[1] + 30), button="right")
                    seen.append(browser.run(self.PIXELS))
                    browser.wheel(centre, -300)
                    seen.append(browser.run(self.PIXELS))
                    browser.run(f"{canvas}.focus()")
                    browser.key("ArrowLeft", 37)
                    seen.append(browser.run(self.PIXELS))
                    browser.click("[...document.querySelectorAll('#views button')].find(b => b.textContent === 'Side')")
                    seen.append(browser.run(self.PIXELS))
                    # A joint, by its slider.
                    slider = "document.querySelector('#joints input')"
                    browser.drag(browser.place(slider), browser.place(slider, across=0.9))
                    self.assertEqual(browser.run("document.getElementById('edited').textContent"), "(moved by hand)")
                    seen.append(browser.run(self.PIXELS))
                    browser.click("document.getElementById('restore')")
                    self.assertEqual(browser.run("document.getElementById('edited').textContent"), "")
                    if name != "track":
                        browser.click("document.querySelectorAll('#answers button')[7]")
                        self.assertEqual(browser.run("avipsView.state.selected"), 7)
                        seen.append(browser.run(self.PIXELS))
                        browser.click("document.querySelector('input[value=one]')")
                        seen.append(browser.run(self.PIXELS))
                    else:
                        browser.click("document.getElementById('run')")
                        browser.run("(async () => { while (avipsView.state.time < 3) await new Promise(done => setTimeout(done, 50)); })()")
                        self.assertEqual(browser.run("document.getElementById('run').textContent"), "Pause")
                        browser.click("document.getElementById('run')")
                        self.assertFalse(browser.run("avipsView.state.running"))
                        seen.append(browser.run(self.PIXELS))
                    self.assertEqual(len({pixels[0] for pixels in seen}), len(seen), seen)
                    # Without a graphics card; with one, frames are shorter by far.
                    median, slow = browser.run(self.FRAMES)
                    self.assertLess(median, 500, (name, median, slow))
                    # Nothing is cut off, and no word lies on another.
                    self.assertTrue(browser.run("document.documentElement.scrollWidth <= innerWidth"))
                    self.assertEqual(browser.complaints, [])


if __name__ == "__main__":
    unittest.main()
