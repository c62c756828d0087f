"""Ctrl-C while Lua runs: the prompt is back within 0.2 seconds, whatever the code does."""

import signal
import subprocess
import time

from support import PROGRAM, ProgramTest, environment

PATIENCE = 0.2


class Interrupts(ProgramTest):
    def test_an_endless_loop(self):
        self.assert_stops("while true do end")

    def test_a_loop_that_catches_errors(self):
        self.assert_stops("function f() while true do end end", "while true do pcall(f) end")

    def test_a_coroutine(self):
        self.assert_stops("coroutine.wrap(function() while true do end end)()")

    def test_a_coroutine_that_catches_errors(self):
        self.assert_stops(
            "function f() while true do end end",
            "coroutine.wrap(function() while true do pcall(f) end end)()")

    def test_an_endless_metamethod(self):
        self.assert_stops(
            "t = setmetatable({}, {__index = function(t, k) while true do end end})", "return t.x")

    def test_a_finalizer(self):
        self.assert_stops("setmetatable({}, { __gc = function() while true do end end }) while true do local t = {} end")

    def test_a_message_handler_and_a_comparison(self):
        self.assert_stops("xpcall(error, function() while true do end end)")
        self.assert_stops("t = {} for i = 1, 100 do t[i] = i end", "table.sort(t, function() while true do end end)")

    def test_long_work_in_c(self):
        self.assert_stops("s = ('a'):rep(100000)", "string.find(s, '.-.-.-.-.-b')")
        self.assert_stops("s = ('a'):rep(100000)", "string.gsub(s, '(.-)(.-)%1%2b', '')")
        self.assert_stops("while true do local s = ('xyz'):rep(1e7) end")
        self.assert_stops("t = {} for i = 1, 3e6 do t[i] = i * 7919 % 3000017 end;", "while true do table.sort(t) table.concat(t, ' ') table.move(t, 1, #t, 2) end")
        self.assert_stops("while true do load(('x = 1 '):rep(1e6)) end")
        self.assert_stops("panda = avips.robot 'panda' target = panda:fk{0, -0.4, 0, -2, 0, 1.6, 0.8}", "avips.reference(panda, target, { count = 1000000 })")

    def test_a_world_of_many_points(self):
        self.assert_stops("cloud = avips.random.normal(1900000, { columns = 3, seed = 1 });", "while true do avips.world{ { points = cloud, radius = 0.01 } } end")

    def test_arithmetic_of_large_matrices(self):
        for step in ("-m", "m + m", "2 * m", "m / 3", "m:times(m)", "m:transpose()", "m:map(math.abs)"):
            with self.subTest(step):
                self.assert_stops("m = avips.zeros(4000, 4000);", f"while true do local made = {step} end")

    def test_long_output(self):
        session = self.session()
        for line in ("print(('x'):rep(1e8))", "io.write(('x'):rep(1e9))", "('x'):rep(1e8)"):
            session.send(line + "\r")
            session.child.expect_exact("xxxx")
            watch = session.time_to_prompt("\x03")
            self.assertTrue(watch.is_within(5), watch)
        self.assertEqual(session.leave(), 0)

    def test_one_press_passes_every_pcall(self):
        session = self.session("-q", "--no-progress")
        session.enter("student = avips.model{ robot = 'planar_3link', components = 4, hidden = {32, 32}, seed = 1 } failed = 0;")
        session.send("print('star' .. 'ted') for i = 1, 5 do if not pcall(student.train, student, { minutes = 5, seed = 1 }) then failed = failed + 1 end end\r")
        session.child.expect_exact("started")
        time.sleep(0.5)
        session.child.send("\x03")
        self.assertIn("what was learned is kept", session.answer())
        self.assertEqual(session.enter("failed, student.history.steps > 0, #student.log > 0").split(), ["0", "true", "true"])
        self.assertEqual(session.leave(), 0)

    def test_an_endless_finalizer_does_not_hold_up_the_end(self):
        session = self.session()
        session.enter("kept = setmetatable({}, { __gc = function() while true do end end })")
        self.assertEqual(session.leave(), 0)

    def test_many_presses_leave_the_prompt(self):
        session = self.session()
        for _ in range(20):
            session.send("\x03")
            session.answer()
        self.assertEqual(session.enter("1").strip(), "1")

    def test_what_does_not_heed_it_ends_only_after_a_warning(self):
        # A metamethod in C, called from C, is beyond every hook.
        session = self.session()
        session.send("print 'started' table.concat(setmetatable({}, { __index = rawlen }), '', 1, 1 << 31)\r")
        session.child.expect_exact("started\r\n")
        time.sleep(0.1)
        session.send("\x03\x03\x03")  # hasty presses are one
        time.sleep(0.5)
        self.assertTrue(session.child.isalive())
        time.sleep(2)
        session.send("\x03")
        session.child.expect_exact("Ctrl-C once more ends avips at once")
        self.assertTrue(session.child.isalive())
        time.sleep(0.7)
        session.send("\x03")
        self.assertEqual(session.exit_code(), 130)

    def test_a_script_ends_with_130(self):
        script = self.write("loop.lua", "io.write 'started\\n' io.flush() while true do end")
        process = subprocess.Popen([PROGRAM, script], env=environment(self.home), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.assertEqual(process.stdout.readline(), "started\n")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=5)
        self.assertEqual(process.returncode, 130)
        self.assertIn("interrupted", errors)


class Computations(ProgramTest):
    """Each is stopped while it computes, and what it worked on answers afterwards."""

    def assert_stops(self, session, call, attempts=5):
        def begin():
            session.send("print('star' .. 'ted') " + call + "\r")
            session.child.expect_exact("started\r\n")
            time.sleep(0.4)

        return self.assert_interruptible(session, begin, PATIENCE, attempts)

    def test_an_inference_of_a_target_in_swift(self):
        session = self.session("-q", "--no-progress")
        session.enter("vips = avips.vips{ target = avips.target.planar_robot{ goals = 4 }, components = 20, seed = 1 }")
        shown = self.assert_stops(session, "vips:run{ minutes = 5 }")
        self.assertIn("interrupted", shown)
        self.assertIn("vips:run()", shown)
        self.assertEqual(session.enter("vips.iteration > 0, #vips.mixture.weights > 0").split(), ["true", "true"])
        session.enter("before = vips.iteration")
        # It goes on where it was, and can be stopped again.
        self.assert_stops(session, "vips:run()")
        self.assertEqual(session.enter("vips.iteration > before").strip(), "true")
        session.enter("vips:run{ iterations = 2 };")
        self.assertEqual(session.enter("vips.mixture:sample(3).rows").strip(), "3")
        self.assert_stops(session, "for report in vips:iterations(1000000) do end")
        self.assert_stops(session, "while true do vips:elbo{ samples = 10000 } end")
        self.assertEqual(session.leave(), 0)

    def test_an_inference_of_a_target_in_lua(self):
        session = self.session("-q", "--no-progress")
        session.enter("slow = avips.target{ dimension = 2, trace = false, logdensity = function(x) for i = 1, 1e5 do end return -x[1]^2 - x[2]^2 end }")
        session.enter("vips = avips.vips{ target = slow, components = 3, seed = 1 }")
        self.assert_stops(session, "vips:run{ minutes = 5 }")
        self.assert_stops(session, "avips.target{ dimension = 2, logdensity = function(x) while true do end end }")
        session.enter("stuck = avips.target{ dimension = 2, trace = false, logdensity = function(x) while true do end end }")
        session.enter("other = avips.vips{ target = stuck, components = 3, seed = 1 }")
        self.assert_stops(session, "other:run{ iterations = 1 }")
        self.assertEqual(session.enter("vips.mixture ~= nil, slow:logpdf{1, 0}").split(), ["true", "-1.0"])

    def test_learning_what_is_feasible(self):
        session = self.session("-q", "--no-progress")
        session.enter("arm = avips.robot 'planar_3link' _, others = arm:split(1)")
        session.enter("first = avips.model{ robot = arm, joints = 1, components = 2, hidden = {16}, seed = 1 }")
        session.enter("model = avips.model{ lead = first, rest = avips.model{ robot = others, components = 2, hidden = {16}, seed = 1 } }")
        self.assert_stops(session, "model:learn_feasibility{ steps = 1, pairs = 5000000 }")
        self.assertEqual(session.enter("model.tolerance").strip(), "nil")
        shown = self.assert_stops(session, "model:learn_feasibility{ steps = 1000000, pairs = 64, tolerance = 0.1 }")
        self.assertIn("what was learned is kept", shown)
        self.assertEqual(session.enter("model.tolerance, model:sample(arm:fk{0.1, 0.2, 0.3}, 5).rows").split(), ["0.1", "5"])
        self.assertEqual(session.leave(), 0)

    def test_whole_bodies(self):
        session = self.session("-q", "--no-progress")
        session.enter("talos = avips.robot 'talos_28dof' body = avips.model 'talos_whole_body'")
        self.assert_stops(session, "talos:ik({ right_hand = {9, 9, 9} }, { restarts = 100000 })")
        self.assert_stops(session, "body:evaluate{ places = 100000 }")
        self.assertEqual(session.enter("#talos:ik({ right_hand = {0.5, -0.2, 0.9} }, { seed = 1 })").strip(), "1")

    def test_references_tracks_and_workspaces(self):
        session = self.session("-q", "--no-progress")
        session.enter("panda = avips.robot 'panda' model = avips.model 'panda' target = panda:fk{0, -0.4, 0, -2, 0, 1.6, 0.8}")
        session.enter("path = {} for i = 1, 20000 do path[i] = target end;")
        self.assert_stops(session, "for i = 1, 1e9 do avips.reference(panda, target, { count = 1000 }) end")
        self.assert_stops(session, "panda:track(path, { candidates = 64 })")
        # As many poses as are followed through many tracks at once.
        session.enter("line = {} for i = 1, 5000 do line[i] = avips.pose{ xyz = {0.4, -0.2 + 0.00008 * i, 0.4}, rpy = {math.pi, 0, 0} } end;")
        self.assert_stops(session, "while true do panda:track(line, { candidates = 256, seed = 1 }) end")
        self.assert_stops(session, "while true do model:solve(path, { count = 200 }) end")
        self.assert_stops(session, "avips.plot.workspace(model, { resolution = 100, count = 200 })")
        self.assertEqual(session.enter("#model:solve(target, { count = 3, seed = 1 })").strip(), "3")

    def test_answers_of_conditional_models(self):
        session = self.session("-q", "--no-progress")
        session.enter("family = avips.target{ dimension = 2, context = { a = {-1, 1} }, logdensity = function(x, c) return -(x[1] - c.a)^2 - x[2]^2 end }")
        session.enter("net = avips.model{ target = family, components = 4, hidden = {16}, seed = 1 } many = {} for i = 1, 2000 do many[i] = { a = i / 2000 } end;")
        self.assert_stops(session, "while true do net:predict(many, { refine = 100 }) end")
        shown = self.assert_stops(session, "net:evaluate{ contexts = 1000, reference = 'vips' }")
        self.assertIn("interrupted; nothing was kept", shown)
        session.enter("flow = avips.model{ target = family, kind = 'flow', blocks = 8, hidden = {128, 128}, seed = 1 } pair = avips.model{ members = { net, net } }")
        session.enter("rows = avips.random.normal(4000000, { columns = 2, seed = 1 });")
        for name in ("net", "flow", "pair"):
            self.assert_stops(session, f"while true do {name}:sample({{ a = 0 }}, 1000000) end")
            self.assert_stops(session, f"while true do {name}:logpdf(rows, {{ a = 0 }}) end")

    def test_a_density_that_is_no_formula(self):
        session = self.session("-q", "--no-progress")
        session.enter("slow = avips.target{ dimension = 2, context = { a = {-1, 1} }, trace = false, logdensity = function(x, c) return -(x[1] - c.a)^2 - x[2]^2 end }")
        for kind in ("components = 2", "kind = 'flow'"):
            session.enter(f"net = avips.model{{ target = slow, {kind}, hidden = {{16}}, seed = 1 }}")
            shown = self.assert_stops(session, "net:train{ steps = 1000000, seed = 1 }")
            self.assertIn("what was learned is kept", shown)
            session.enter("other = avips.model{ target = slow, %s, hidden = {16}, seed = 1 }" % kind)
            session.enter("for report in other:training{ steps = 1000000, interval = 1, seed = 1 } do if report.step >= net.history.steps then break end end")
            self.assertEqual(session.enter("net:logpdf({0.3, 0.2}, { a = 0.5 }) == other:logpdf({0.3, 0.2}, { a = 0.5 })").strip(), "true")

    def test_figures_and_files(self):
        session = self.session("-q", "--no-progress")
        session.enter("big = {} for i = 1, 300000 do big[i] = { i, i / 3 } end;")
        session.enter("text = avips.json.encode(big);")
        self.assert_stops(session, "while true do avips.json.encode(big) end")
        self.assert_stops(session, "while true do avips.json.decode(text) end")
        self.assert_stops(session, "while true do avips.csv.write('big.csv', big) end")
        self.assert_stops(session, "avips.plot.density(function(x) for i = 1, 1e5 do end return 0 end, nil, { lower = {0, 0}, upper = {1, 1} })")
        self.assert_stops(session, "avips.plot.animate(function(t) while true do end end, { frames = 5, seconds = 3 })")
        session.enter("panda = avips.robot 'panda' plot = avips.plot.poses(panda, panda:random(3, { seed = 1 }))")
        self.assert_stops(session, "while true do plot:save('plot.png', { scale = 8 }) end")
        self.assertEqual(session.enter("#big").strip(), "300000")

    def test_a_table_that_is_turned_into_values(self):
        self.write("text.csv", "x,y,z\n" + "a,b,c\n" * 500_000)
        session = self.session("-q", "--no-progress")
        start = time.monotonic()
        session.enter("avips.csv.read 'text.csv';")
        whole = time.monotonic() - start
        # The first third of the time goes to cutting the text into fields.
        for share in (0.4, 0.5):
            def begin():
                session.send("print('star' .. 'ted') avips.csv.read 'text.csv'\r")
                session.child.expect_exact("started\r\n")
                time.sleep(share * whole)

            with self.subTest(share=share):
                self.assert_interruptible(session, begin, PATIENCE)
