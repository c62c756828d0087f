"""How fast prompts answer a person: start-up, keystroke to echo, completion, Enter to answer; avips beside lua5.4, IPython and Octave.

    scripts/bench prompt

Each program runs in a pseudo-terminal of its own; avips has everything loaded and 5000 variables besides. Programs that are not
installed are left out. Prints a table in Markdown: medians in milliseconds, with the 95th percentile in brackets. avips has colours on; --quick measures it
alone. What it works for each, in processor time, is told besides: neighbours do not change that. Ends with 1 where its median is above what is asked: 1 ms for
echo, 5 ms for completion, 30 ms for the start.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import pexpect

ROOT = Path(__file__).resolve().parents[2]
AVIPS = str(ROOT / ".build/release/avips")
ROUNDS = 40

# What a busy session holds.
BUSY = [
    "panda = avips.robot 'panda'", "model = avips.model 'panda'", "target = panda:fk(panda:random())", "answers = model:solve(target, { count = 100 })",
    "vips = avips.vips{ target = avips.target.two_joint_arm(), components = 4 }", "names = {} for i = 1, 5000 do names['name_' .. i] = i _G['global_' .. i] = i end",
]


@dataclass
class Prompt:
    """A program with a prompt: how it is started, what it shows, what is typed for a completion and what must then appear."""

    name: str
    command: list
    sign: str
    leave: list
    setup: list = field(default_factory=list)
    completions: dict = field(default_factory=dict)
    starts: int = 40


PROMPTS = [
    Prompt("avips", [AVIPS, "-q"], "avips> ", [AVIPS, "-e", ""], BUSY, {
        "a function": ("avips.plot.po", "ses"), "a method": ("panda:jac", "obian"), "an option": ("model:solve(target, { min_d", "istance="),
        "a robot's name": ("avips.robot 'atlas2013_arm_w", "aist"), "one of 5000 globals": ("global_499", "9"), "one of 5000 fields": ("names.name_499", "9"),
        "a list of methods": ("vips:", "elbo"), "behind a call": ("panda:fk(q):inv", "erse"), "a loop's variable": ("for _, a in ipairs(answers) do a.manip", "ulability"),
        "a joint that is locked": ("panda:ik(target, { locked = { panda_jo", "int"), "an option's values": ("avips.plot.workspace(panda, { plane = 'y", "z"),
    }),
    Prompt("lua5.4", ["lua5.4", "-i"], "> ", ["lua5.4", "-e", ""]),
    Prompt("IPython", ["ipython", "--no-banner", "--colors=nocolor"], "In [1]:", ["ipython", "-c", "1"], completions={"a method": ("str.isalp", "ha")}, starts=7),
    Prompt("Octave", ["octave-cli", "--quiet"], "> ", ["octave-cli", "--quiet", "--eval", "1;"], completions={"a function": ("linspa", "ce")}, starts=7),
]


def quantile(times, part=0.95):
    return sorted(times)[int(part * (len(times) - 1))]


def told(times):
    return f"{1e3 * statistics.median(times):.2f} ({1e3 * quantile(times):.2f})" if times else "not measured"


def passed(pairs):
    return [pair[0] for pair in pairs]


def work(pairs):
    return [pair[1] for pair in pairs]


def environment(home):
    return {"PATH": os.environ["PATH"], "HOME": home, "TERM": "xterm", "LC_ALL": "C.UTF-8", "INPUTRC": "/dev/null", "OPENBLAS_NUM_THREADS": "1"}


def start_times(command, home, repetitions):
    """Seconds by the clock, and of processor time."""
    times, work = [], []
    for _ in range(repetitions):
        start, used = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, env=environment(home), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(time.monotonic() - start)
        work.append(now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime)
    return times, work


class Typist:
    """A person at a pseudo-terminal, with a stopwatch."""

    def __init__(self, prompt, home):
        self.child = pexpect.spawn(prompt.command[0], prompt.command[1:], env=environment(home), dimensions=(24, 100), timeout=30)
        self.descriptor = self.child.child_fd
        self.wait_for(prompt.sign.encode(), 30)
        self.rest()
        for row in prompt.setup:
            os.write(self.descriptor, row.encode() + b"\r")
            self.rest(0.3)

    def wait_for(self, wanted, deadline=30.0):
        """Reads until the bytes have come; seconds from the call."""
        start, seen = time.monotonic(), b""
        while wanted not in seen:
            if time.monotonic() - start > deadline:
                raise TimeoutError(f"{wanted!r} did not come; {seen[-200:]!r} did")
            seen += self.read(deadline)
        return time.monotonic() - start

    def read(self, timeout):
        try:
            text = self.child.read_nonblocking(65536, timeout=timeout)
        except pexpect.TIMEOUT:
            return b""
        # Some programs ask where the cursor is, and wait.
        if b"\x1b[6n" in text:
            os.write(self.descriptor, b"\x1b[1;1R")
        return text

    def rest(self, seconds=0.05):
        """Takes what is still shown, until nothing has come for a while."""
        while self.read(seconds):
            pass

    def worked(self):
        """Seconds of processor time that the program has used."""
        return sum(int(path.read_text().split()[0]) for path in Path("/proc", str(self.child.pid), "task").glob("*/schedstat")) * 1e-9

    def times(self, typed, key, wanted):
        """Seconds from a key to what it must bring, after text that was typed before, and what the program worked for it."""
        if typed:
            os.write(self.descriptor, typed.encode())
            self.rest()
        before = self.worked()
        os.write(self.descriptor, key)
        passed = self.wait_for(wanted)
        return passed, self.worked() - before

    def clear(self):
        os.write(self.descriptor, b"\x15")
        self.rest()


def prompt_times(prompt, home):
    typist = Typist(prompt, home)
    keys, completions, answers = [], {}, []
    for _ in range(ROUNDS):
        for letter in b"qwxzv":
            keys.append(typist.times("", bytes([letter]), bytes([letter])))
        typist.clear()
    for kind, (typed, completed) in prompt.completions.items():
        completions[kind] = []
        for _ in range(ROUNDS // 2):
            completions[kind].append(typist.times(typed, b"\t", completed.encode()))
            typist.rest()
            typist.clear()
    for number in range(ROUNDS):
        answers.append(typist.times(f"{70000 + number}+1", b"\r", str(70001 + number).encode()))
        typist.rest()
    typist.child.close(force=True)
    return keys, completions, answers


def main():
    print("| program | start and end | keystroke to echo | completion | Enter to answer |")
    print("|---|---|---|---|---|")
    kinds, complaints = {}, []
    for prompt in PROMPTS[:1] if "--quick" in sys.argv[1:] else PROMPTS:
        if shutil.which(prompt.command[0]) is None:
            print(f"| {prompt.name} | not installed | | | |")
            continue
        with tempfile.TemporaryDirectory() as home:
            try:
                starts, start_work = start_times(prompt.leave, home, prompt.starts)
                keys, completions, answers = prompt_times(prompt, home)
            except (TimeoutError, subprocess.CalledProcessError, pexpect.ExceptionPexpect) as error:
                print(f"| {prompt.name} | could not be measured: {str(error).splitlines()[0]} | | | |")
                complaints += [f"{prompt.name} could not be measured"] if prompt is PROMPTS[0] else []
                continue
        every = [pair for pairs in completions.values() for pair in pairs]
        print(f"| {prompt.name} | {told(starts)} | {told(passed(keys))} | {told(passed(every))} | {told(passed(answers))} |")
        if prompt is PROMPTS[0]:
            print(f"| of which it works | {told(start_work)} | {told(work(keys))} | {told(work(every))} | {told(work(answers))} |")
            kinds = completions
            complaints += [f"start takes {told(start_work)} ms"] if statistics.median(start_work) > 0.03 else []
            complaints += [f"echo takes {told(work(keys))} ms"] if statistics.median(work(keys)) > 0.001 else []
            complaints += [f"{kind} takes {told(work(times))} ms" for kind, times in completions.items() if statistics.median(work(times)) > 0.005]
        sys.stdout.flush()
    print("\nCompletion in avips, as it works: " + ", ".join(f"{kind} {told(work(times))}" for kind, times in kinds.items()) + " ms")
    for complaint in complaints:
        print("too slow: " + complaint)
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
