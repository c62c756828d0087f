"""What the end-to-end tests share: the program, a clean environment, and sessions in a real pseudo-terminal."""

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import pexpect

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("AVIPS_PROGRAM", str(ROOT / ".build/release/avips"))
PROMPT = "avips> "
CONTINUATION = "  ...> "

# Seconds after which a program that has not answered hangs; generous, for machines that are busy or stand still for a while.
LONGEST_WAIT = 60

# Seconds that an answer which must come at once may take on a machine with a load of many; how much of them the program worked is
# what is bounded closely.
SLOWEST_ANSWER = 20

# Who runs the tests in the background, or by nohup, has them ignore signals, and all that they start as well. A handler that does nothing is not
# handed on: what is started has the signals as usual.
for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM, signal.SIGUSR1):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, lambda *_: None)

# Bracketed paste on and off, colours, cursor movements, marks of prompts.
ESCAPES = re.compile(r"\x1b\][^\x1b\x07]*(?:\x1b\\|\x07)|\x1b[78]|\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")


def environment(home, **changes):
    """The variables a program sees: a UTF-8 terminal, a home of its own; a change to None removes a variable.

    AVIPS_LOCALE puts all tests into another locale, such as "de_DE.UTF-8".
    """
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": home,
        "TERM": "xterm",
        "LC_ALL": os.environ.get("AVIPS_LOCALE", "C.UTF-8"),
        "LOCPATH": os.environ.get("LOCPATH"),
        "INPUTRC": "/dev/null",
        "PAGER": "cat",
    }
    variables.update(changes)
    return {name: value for name, value in variables.items() if value is not None}


def make_latin_1_locale(directory):
    """Compiles a locale whose character set is ISO 8859-1, from a definition of its own, and returns its name; LOCPATH is the directory."""
    def several(*ranges):
        return ";".join(f"<U{code:04X}>" for first, last in ranges for code in range(first, last + 1))

    def pairs(distance, *ranges):
        return ";".join(f"(<U{code:04X}>,<U{code + distance:04X}>)" for first, last in ranges for code in range(first, last + 1))

    upper, lower = [(0x41, 0x5A), (0xC0, 0xD6), (0xD8, 0xDE)], [(0x61, 0x7A), (0xE0, 0xF6), (0xF8, 0xFE)]
    punctuation = [(0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E), (0xA0, 0xBF), (0xD7, 0xD7), (0xF7, 0xF7)]
    characters = "\n".join(f"<U{code:04X}> /x{code:02x} character" for code in range(256))
    Path(directory, "latin1.charmap").write_text(
        f"<code_set_name> ISO-8859-1\n<mb_cur_max> 1\n<comment_char> %\n<escape_char> /\nCHARMAP\n{characters}\nEND CHARMAP\n")
    Path(directory, "latin1.locale").write_text("\n".join([
        "comment_char %", "escape_char /", "LC_CTYPE", "upper " + several(*upper), "lower " + several(*lower, (0xDF, 0xDF), (0xFF, 0xFF)),
        "digit " + several((0x30, 0x39)), "xdigit " + several((0x30, 0x39), (0x41, 0x46), (0x61, 0x66)), "space " + several((0x09, 0x0D), (0x20, 0x20)),
        "blank <U0009>;<U0020>", "cntrl " + several((0, 0x1F), (0x7F, 0x9F)), "punct " + several(*punctuation), "toupper " + pairs(-32, *lower),
        "tolower " + pairs(32, *upper), "END LC_CTYPE", ""]))
    # The other categories are missing, of which it warns.
    made = subprocess.run(["localedef", "-c", "-i", "latin1.locale", "-f", "latin1.charmap", "./xx_XX.ISO-8859-1"], cwd=directory, capture_output=True, text=True)
    if not Path(directory, "xx_XX.ISO-8859-1/LC_CTYPE").exists():
        raise AssertionError("no locale could be made: " + made.stderr)
    return "xx_XX.ISO-8859-1"


def make_locale(directory, name):
    """Compiles a UTF-8 locale of the system's definitions, such as "de_DE", below a directory, which is LOCPATH then; returns its full name."""
    full_name = name + ".UTF-8"
    if not Path(directory, full_name).exists():
        try:
            subprocess.run(["localedef", "-c", "-i", name, "-f", "UTF-8", "./" + full_name], cwd=directory, capture_output=True)
        except FileNotFoundError:
            pass
    if not Path(directory, full_name, "LC_CTYPE").exists():
        raise unittest.SkipTest("the definitions of locales are not installed (Debian's package locales)")
    return full_name


class ProgramTest(unittest.TestCase):
    """A test of the real program, with a directory of its own as home and working directory."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.home = directory.name

    def assert_interruptible(self, session, begin, seconds=0.2, tries=3):
        """Ctrl-C brings the prompt back in time, in one of a few tries at least. Returns what was shown last."""
        times = []
        while len(times) < tries:
            begin()
            with session.stopwatch() as watch:
                session.child.send("\x03")
                shown = session.answer()
            times.append(watch)
            if watch.is_within(seconds):
                return shown
        self.fail(f"the prompt came back after {times}, not within {seconds} s")

    def assert_stops(self, *lines):
        """The last of some lines is stopped by one Ctrl-C, and the prompt answers afterwards."""
        session = self.session()
        for line in lines[:-1]:
            session.enter(line)

        def begin():
            session.send("print 'started' " + lines[-1] + "\r")
            session.child.expect_exact("started\r\n")
            time.sleep(0.1)

        self.assertIn("interrupted", self.assert_interruptible(session, begin, 0.2))
        self.assertEqual(session.enter("1 + 1").strip(), "2")
        self.assertEqual(session.leave(), 0)

    def write(self, name, text):
        path = Path(self.home, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    def run_program(self, *arguments, input="", env=None, timeout=30):
        """Runs the program without a terminal; standard output, standard error and exit code in the answer."""
        return subprocess.run(
            [PROGRAM, *arguments], input=input, capture_output=True, text=True, timeout=timeout,
            cwd=self.home, env=environment(self.home, **(env or {})))

    def session(self, *arguments, **keywords):
        session = Session(self.home, arguments, **keywords)
        self.addCleanup(session.close)
        return session


class Stopwatch:
    """The time that passes, and the processor time that a program spends, all its threads together, within a `with` block.

    On a machine with more to do than it has cores, time passes while a program waits for its turn. So what must come at once is
    bounded by processor time, a core's worth for each core that the machine has, where it takes longer by the clock.
    """

    def __init__(self, pid):
        self.pid = pid

    def processor_time(self):
        fields = Path("/proc", str(self.pid), "stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self):
        self.start = time.monotonic(), self.processor_time()
        return self

    def __exit__(self, *_):
        self.passed = time.monotonic() - self.start[0]
        self.worked = self.processor_time() - self.start[1]

    def is_within(self, seconds):
        return self.passed < seconds or (self.passed < SLOWEST_ANSWER and self.worked < seconds)

    def __repr__(self):
        return f"{self.passed:.3f} s, of which it worked {self.worked:.2f} s"


class Session:
    """The program at a terminal of 24 rows and 100 columns, without colours unless `env` says `NO_COLOR=None`, and without a pager unless it says
    `PAGER=None`."""

    def __init__(self, home, arguments=("-q",), env=None, prompt=PROMPT, wait=True, encoding="utf-8", dimensions=(24, 100)):
        self.prompt = prompt
        self.child = pexpect.spawn(
            PROGRAM, list(arguments) or ["-q"], cwd=home, env=environment(home, **{"NO_COLOR": "1", **(env or {})}), encoding=encoding,
            dimensions=dimensions, timeout=LONGEST_WAIT)
        self.child.delaybeforesend = None
        if wait:
            self.opening = self.answer()

    def close(self):
        try:
            self.child.close(force=True)
        except pexpect.ExceptionPexpect:
            # It is killed, but on a busy machine not gone within the tenth of a second that is waited.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.child.pid, 0)

    def answer(self, prompt=None):
        """What is shown until the next prompt, free of escape sequences."""
        try:
            self.child.expect_exact(prompt or self.prompt)
        except pexpect.TIMEOUT:
            raise AssertionError(f"no prompt after {LONGEST_WAIT} s; shown: {self.child.before!r}; {self.state()}") from None
        return ESCAPES.sub("", self.child.before)

    def state(self):
        """What the process does, and which signals wait for it, as the kernel tells."""
        process = Path("/proc", str(self.child.pid))
        try:
            wanted = ("State", "SigPnd", "ShdPnd", "SigBlk", "SigCgt")
            lines = [line for line in (process / "status").read_text().splitlines() if line.startswith(wanted)]
            return ", ".join([*lines, "waits in " + (process / "wchan").read_text()])
        except OSError as error:
            return f"the process cannot be looked at: {error}"

    def enter(self, text):
        """Types a line and returns what the program answers, without the line's echo."""
        self.child.send(text + "\r")
        shown = self.answer()
        return shown.split("\n", 1)[1] if "\n" in shown else shown

    def send(self, keys):
        self.child.send(keys)

    def paste(self, text):
        """Sends what a terminal sends for a paste: newlines as carriage returns, in brackets."""
        self.child.send("\x1b[200~" + text.replace("\n", "\r") + "\x1b[201~")

    def stopwatch(self):
        return Stopwatch(self.child.pid)

    def time_to_prompt(self, keys):
        """What passes from sending keys to the next prompt, as a stopwatch."""
        with self.stopwatch() as watch:
            self.child.send(keys)
            self.answer()
        return watch

    def leave(self):
        """Presses Ctrl-D and returns the exit code."""
        self.child.send("\x04")
        return self.exit_code()

    def exit_code(self):
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus if self.child.signalstatus is None else -self.child.signalstatus
