"""How fast prompts answer: start-up, keystroke to echo, completion, Enter to answer; avips beside lua5.4, IPython and Octave.

Each program runs in a pseudo-terminal of its own. Programs that are not installed are left out. Prints a table in Markdown; the times
are medians, in milliseconds, with the 95th percentile in brackets.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pexpect

ROOT = Path(__file__).resolve().parents[2]
AVIPS = str(ROOT / ".build/release/avips")

# Name, how to start a prompt, its prompt, what to run and leave at once, what to type for a completion, what must appear.
PROMPTS = [
    ("avips", [AVIPS, "-q"], "avips> ", [AVIPS, "-e", ""], "avips.rob", "ot"),
    ("lua5.4", ["lua5.4", "-i"], "> ", ["lua5.4", "-e", ""], None, None),
    ("IPython", ["ipython", "--no-banner", "--simple-prompt"], "In [1]: ", ["ipython", "-c", "1"], None, None),
    ("Octave", ["octave", "--quiet", "--no-gui"], ">> ", ["octave", "--quiet", "--eval", "1;"], "linspa", "ce"),
]


def told(seconds):
    seconds = sorted(seconds)
    return f"{1e3 * statistics.median(seconds):.2f} ({1e3 * seconds[int(0.95 * (len(seconds) - 1))]:.2f})"


def environment(home):
    return {"PATH": os.environ["PATH"], "HOME": home, "TERM": "xterm", "LC_ALL": "C.UTF-8", "INPUTRC": "/dev/null", "OPENBLAS_NUM_THREADS": "1"}


def start_times(command, home, repetitions):
    times = []
    for _ in range(repetitions):
        start = time.monotonic()
        subprocess.run(command, env=environment(home), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        times.append(time.monotonic() - start)
    return times


def wait_for(descriptor, wanted, deadline=5.0):
    """Reads until the bytes have come; seconds from the call."""
    start, seen = time.monotonic(), b""
    while wanted not in seen:
        if time.monotonic() - start > deadline:
            raise TimeoutError(f"{wanted!r} did not come; {seen[-200:]!r} did")
        seen += os.read(descriptor, 65536)
    return time.monotonic() - start


def prompt_times(command, prompt, completion, completed, home):
    child = pexpect.spawn(command[0], command[1:], env=environment(home), dimensions=(24, 100), timeout=30)
    child.delaybeforesend = None
    child.expect_exact(prompt)
    time.sleep(0.2)
    descriptor, keys, completions, answers = child.child_fd, [], [], []
    for _ in range(30):
        for letter in b"qwxzv":
            os.write(descriptor, bytes([letter]))
            keys.append(wait_for(descriptor, bytes([letter])))
        os.write(descriptor, b"\x15")
        time.sleep(0.01)
    child.sendline("")
    child.expect_exact(prompt[:3])
    time.sleep(0.1)
    while True:
        try:
            child.read_nonblocking(65536, timeout=0.1)
        except pexpect.TIMEOUT:
            break
    if completion:
        for _ in range(30):
            os.write(descriptor, completion.encode())
            wait_for(descriptor, completion[-1:].encode())
            time.sleep(0.01)
            os.write(descriptor, b"\t")
            completions.append(wait_for(descriptor, completed.encode()))
            os.write(descriptor, b"\x15")
            time.sleep(0.01)
            while True:
                try:
                    child.read_nonblocking(65536, timeout=0.02)
                except pexpect.TIMEOUT:
                    break
    for number in range(30):
        question = f"{70000 + number}+1"
        os.write(descriptor, question.encode())
        wait_for(descriptor, b"+1")
        os.write(descriptor, b"\r")
        answers.append(wait_for(descriptor, str(70001 + number).encode()))
        time.sleep(0.01)
    child.close(force=True)
    return keys, completions, answers


def main():
    print("| program | start and end | keystroke to echo | completion | Enter to answer |")
    print("|---|---|---|---|---|")
    for name, command, prompt, leave, completion, completed in PROMPTS:
        if shutil.which(command[0]) is None:
            print(f"| {name} | not installed | | | |")
            continue
        with tempfile.TemporaryDirectory() as home:
            try:
                starts = start_times(leave, home, 40 if name in ("avips", "lua5.4") else 5)
                keys, completions, answers = prompt_times(command, prompt, completion, completed, home)
            except (TimeoutError, subprocess.CalledProcessError, pexpect.ExceptionPexpect) as error:
                print(f"| {name} | could not be measured: {str(error).splitlines()[0]} | | | |")
                continue
        print(f"| {name} | {told(starts)} | {told(keys)} | {told(completions) if completions else 'not measured'} | {told(answers)} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
