"""Chromium at the other end of two pipes: a page is opened, the mouse is moved, and whatever the page complains of is kept."""

import base64
import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

BROWSER = next((found for found in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if found), None)
FLAGS = ["--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run", "--disable-extensions"]


class Browser:
    """A browser with one page. The page's exceptions, warnings and errors are its `complaints`."""

    def __init__(self, width=1200, height=800, dark=False):
        # What the browser's helpers still write while it ends is no failure of the test.
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        reading, self.output = os.pipe()
        self.input, writing = os.pipe()
        # The browser reads commands from descriptor 3 and writes to 4.
        os.set_inheritable(reading, True)
        os.set_inheritable(writing, True)
        command = [BROWSER, *FLAGS, f"--window-size={width},{height}", f"--user-data-dir={self.profile.name}", "--remote-debugging-pipe", "about:blank"]
        line = f"exec 3<&{reading} 4>&{writing}; exec \"$@\""
        self.process = subprocess.Popen(["bash", "-c", line, "browser", *command], pass_fds=(reading, writing), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        start_new_session=True)
        os.close(reading)
        os.close(writing)
        self.number, self.unread, self.session = 0, b"", None
        self.complaints, self.loaded = [], False
        page = next(target for target in self.ask("Target.getTargets")["targetInfos"] if target["type"] == "page")
        self.session = self.ask("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.ask(domain + ".enable")
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def close(self):
        self.process.terminate()
        self.process.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        os.close(self.output)
        os.close(self.input)
        self.profile.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def take(self, deadline):
        while b"\0" not in self.unread:
            if not select.select([self.input], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            read = os.read(self.input, 1 << 20)
            if not read:
                raise EOFError("the browser has ended")
            self.unread += read
        text, self.unread = self.unread.split(b"\0", 1)
        message = json.loads(text)
        told = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(told["exceptionDetails"].get("exception", {}).get("description", "") or told["exceptionDetails"]["text"])
        elif message.get("method") == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.complaints.append(" ".join(str(part.get("value", part.get("description"))) for part in told["args"]))
        elif message.get("method") == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            # What the browser says of its own renderer is not the page's.
            if "GPU stall" not in told["entry"]["text"]:
                self.complaints.append(told["entry"]["text"])
        elif message.get("method") == "Page.loadEventFired":
            self.loaded = True
        return message

    def ask(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters, **({"sessionId": self.session} if self.session else {})}
        os.write(self.output, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + 120
        while (answer := self.take(deadline)).get("id") != self.number:
            pass
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def open(self, path):
        self.loaded = False
        self.ask("Page.navigate", url=path.as_uri())
        deadline = time.monotonic() + 120
        while not self.loaded:
            self.take(deadline)

    def run(self, text):
        """The value of an expression of JavaScript, awaited."""
        result = self.ask("Runtime.evaluate", expression=text, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"].get("exception", {}).get("description", "an exception"))
        return result["result"].get("value")

    def place(self, selector, across=0.5, down=0.5):
        """A place within an element, after it was scrolled to."""
        x, y, width, height = self.run(f"(() => {{ const e = {selector}; e.scrollIntoView({{ block: 'nearest' }}); const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; }})()")
        return x + across * width, y + down * height

    def mouse(self, kind, place, **more):
        self.ask("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], **more)

    def click(self, selector):
        place = self.place(selector)
        self.mouse("mousePressed", place, button="left", clickCount=1)
        self.mouse("mouseReleased", place, button="left", clickCount=1)

    def drag(self, start, end, steps=10, button="left", modifiers=0):
        self.mouse("mousePressed", start, button=button, clickCount=1, modifiers=modifiers)
        for step in range(1, steps + 1):
            share = step / steps
            place = start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
            self.mouse("mouseMoved", place, button=button, buttons={"left": 1, "right": 2}[button], modifiers=modifiers)
        self.mouse("mouseReleased", end, button=button, clickCount=1, modifiers=modifiers)

    def wheel(self, place, by):
        self.mouse("mouseWheel", place, deltaX=0, deltaY=by)

    def key(self, name, code=0):
        self.ask("Input.dispatchKeyEvent", type="keyDown", key=name, text=name if len(name) == 1 else "", windowsVirtualKeyCode=code)
        self.ask("Input.dispatchKeyEvent", type="keyUp", key=name, windowsVirtualKeyCode=code)

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))
