"""The Python package in share/python, and the Jupyter kernel where Jupyter is installed."""

import importlib.util
import json
import os
import signal
import sys
import threading
import time
import unittest
from pathlib import Path

from support import PROGRAM, ROOT, ProgramTest

sys.path.insert(0, str(ROOT / "share/python"))
import avips


class PackageTests(ProgramTest):
    def open(self, **keywords):
        session = avips.Session(PROGRAM, cwd=self.home, **keywords)
        self.addCleanup(session.close)
        return session

    def test_values_come_back_and_variables_stay(self):
        session = self.open()
        session.run('robot = avips.robot "planar_3link"; count = 0')
        self.assertEqual(session.eval("robot:fk(q)", q=[0, 0, 0])["position"], [3.0, 0.0, 0.0])
        for step in range(100):
            session.run("count = count + step", step=step)
        self.assertEqual(session.eval("count"), 4950)
        self.assertEqual(session.eval("1, 'two', { 3 }"), [1, "two", [3]])
        self.assertEqual(session.eval("text", text='quotes " \\ ü\n and rows'), 'quotes " \\ ü\n and rows')
        self.assertIsNone(session.eval("nil"))

    def test_errors_are_exceptions_and_the_session_goes_on(self):
        session = self.open()
        with self.assertRaisesRegex(avips.Error, "must be a list of 3 numbers"):
            session.eval('avips.robot "planar_3link":fk{1}')
        with self.assertRaisesRegex(avips.Error, "near"):
            session.run("x = = 1")
        session.run("print 'told'")
        self.assertIn("told", session.messages())
        self.assertEqual(session.eval("2 + 2"), 4)

    def test_safe_sessions_and_seeds(self):
        session = self.open(safe=True, seed=3)
        with self.assertRaises(avips.Error):
            session.eval('avips.json.write("x.json", {1})')
        first = session.eval('avips.robot "panda":random()')
        self.assertEqual(first, self.open(seed=3).eval('avips.robot "panda":random()'))

    def test_an_interruption_keeps_the_session(self):
        # A shell that runs the tests in the background has them ignore interruptions.
        self.addCleanup(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, signal.default_int_handler))
        session = self.open()
        timer = threading.Timer(1, lambda: os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        with self.assertRaises(KeyboardInterrupt):
            session.run("while true do end")
        self.assertEqual(session.eval("2 + 2"), 4)

    def test_a_process_that_ended_is_told(self):
        session = self.open()
        with self.assertRaisesRegex(avips.Error, "exit code 3"):
            session.run("os.exit(3)")
        session.close()
        with self.assertRaisesRegex(avips.Error, "is closed"):
            session.run("x = 1")

    def test_what_is_no_avips_is_told(self):
        for program, words in (("/bin/true", "exit code 0"), ("/bin/false", "exit code 1"), ("/bin/echo", "exit code 0|is no avips")):
            with self.assertRaisesRegex(avips.Error, words), avips.Session(program) as session:
                session.eval("1")
        with self.assertRaisesRegex(avips.Error, "Unknown option"), avips.Session(PROGRAM, ["--nothing"]) as session:
            session.eval("1")

    def test_names_of_values_are_names_of_lua(self):
        session = self.open()
        for name in ("a=os.exit() b", "a b", "end", "1a", "", "ü", "a\n", "a,b"):
            with self.assertRaisesRegex(ValueError, "must be a name of Lua"):
                session.eval("1", **{name: 1})
        self.assertEqual(session.eval("_a1 + End", _a1=1, End=2), 3)

    def test_keys_of_dicts_are_strings_or_a_list(self):
        session = self.open()
        self.assertEqual(session.eval("x[1], x[2]", x={2: "b", 1: "a"}), ["a", "b"])
        self.assertEqual(session.eval("x[1].a[1].b", x=({"a": {1: {"b": 5}}},)), 5)
        for value in ({0: 1}, {5: 1}, {True: 1}, {1.5: 1}, {(1, 2): 1}, {1: 1, "a": 2}, [{"a": {2: 1}}]):
            with self.assertRaisesRegex(TypeError, "keys of a dict"):
                session.eval("x", x=value)
        endless = []
        endless.append(endless)
        with self.assertRaisesRegex(ValueError, "contains itself"):
            session.eval("x", x=endless)
        self.assertEqual(session.eval("{ [0] = 'a', [5] = 'b' }"), {"0": "a", "5": "b"})

    def test_seeds_are_any_whole_number(self):
        draw = "avips.random.uniform()"
        session = self.open()
        session.run("avips.seed(-1)")
        self.assertEqual(self.open(seed=-1).eval(draw), session.eval(draw))


@unittest.skipUnless(importlib.util.find_spec("ipykernel"), "needs ipykernel")
class KernelTests(ProgramTest):
    def test_the_program_registers_it(self):
        path = os.path.dirname(sys.executable) + ":" + os.environ["PATH"]
        done = self.run_program("kernel", "install", self.home, env={"PATH": path}, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        specification = json.loads(Path(self.home, "share/jupyter/kernels/avips/kernel.json").read_text())
        self.assertEqual(specification["argv"][1:3], ["-m", "avips.kernel"])
        done = self.run_program("kernel", "remove")
        self.assertEqual(done.returncode, 2)
        self.assertIn("avips kernel install", done.stderr)
        # A file of that name is a script.
        self.write("kernel", "print 'a script'")
        self.assertEqual(self.run_program("kernel").stdout, "a script\n")

    def test_cells_figures_completion_and_errors(self):
        from jupyter_client.manager import KernelManager
        from avips.kernel import install

        os.environ.update(AVIPS=PROGRAM, JUPYTER_PATH=self.home + "/share/jupyter")
        install(self.home)
        manager = KernelManager(kernel_name="avips")
        manager.start_kernel()
        self.addCleanup(manager.shutdown_kernel, now=True)
        client = manager.client()
        client.start_channels()
        self.addCleanup(client.stop_channels)
        client.wait_for_ready(timeout=60)

        def run(code):
            seen = []
            reply = client.execute_interactive(code, timeout=60, output_hook=seen.append)
            return reply["content"], [message["content"] for message in seen if message["msg_type"] in ("execute_result", "error", "stream")]

        self.assertEqual(run("x = 20")[1], [])
        self.assertEqual(run("x + 1")[1][0]["data"]["text/plain"], "21")
        self.assertEqual(run("x + 1;")[1], [])
        self.assertIn("said", run("print 'said'")[1][0]["text"])
        robot = 'robot = avips.robot "planar_3link" return avips.plot.robot(robot, {0.1, 0.2, 0.3})'
        self.assertIn("<svg", run(robot)[1][0]["data"]["image/svg+xml"])
        content, shown = run("error 'no'")
        self.assertEqual(content["status"], "error")
        self.assertIn("no", shown[0]["evalue"])
        self.assertIn("robot", client.complete("avips.rob", reply=True, timeout=60)["content"]["matches"])
        self.assertIn("Loads", client.inspect("avips.robot", reply=True, timeout=60)["content"]["data"]["text/plain"])
        client.is_complete("for i = 1, 2 do")
        self.assertEqual(client.get_shell_msg(timeout=60)["content"]["status"], "incomplete")
        timer = threading.Timer(2, manager.interrupt_kernel)
        timer.start()
        self.assertEqual(run("while true do end")[0]["status"], "error")
        results = [message for message in run("x")[1] if "data" in message]
        self.assertEqual(results[0]["data"]["text/plain"], "20")


if __name__ == "__main__":
    unittest.main()
