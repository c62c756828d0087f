"""How long computations scale: on one core, on two, and beside a busy process.

    scripts/bench scaling

Each job runs in a process of its own, held to the first cores of this machine by `taskset`. Prints a table in Markdown: wall time in
seconds, the speed against one core, and how much of a core the process used. "Beside a busy process" has a loop in Python at the same
priority, free to go to any of the two cores; a program that shares fairly gets 133 % of a core there, 150 % where its threads never meet
on one core, and loses what they wait for each other. On a machine that others use too: setsid bash -c 'echo -20 > /proc/self/autogroup; scripts/bench scaling'.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AVIPS = str(ROOT / ".build/release/avips")

JOBS = {
    "training, 300 steps of Panda's 32 components": """
        local model = avips.model{ robot = "panda", components = 32, seed = 1 }
        return function() model:train{ steps = 300, seed = 1 } end""",
    "solve of 20 000 poses": """
        local model = avips.model "panda"
        local poses = model.robot:fk(model.robot:random(20000, { seed = 1 }))
        return function() model:solve(poses, { seed = 1 }) end""",
    "evaluate, 200 poses": """
        local model = avips.model "panda"
        return function() model:evaluate{ poses = 200, samples = 100, references = 50, timed = 0, seed = 1 } end""",
    "VIPS, 60 iterations, 30 components, 20 dimensions": """
        local target = avips.target.gaussian_mixture{ dimension = 20, seed = 1 }
        local vips = avips.vips{ target = target, components = 30, seed = 1 }
        return function() vips:run{ iterations = 60 } end""",
}


def run(code, cores):
    """Wall seconds and processor seconds of a job, less those of its preparation."""
    figures = []
    for body in (f"local job = (function() {code} end)()", f"local job = (function() {code} end)() job()"):
        before = os.times()
        start = time.monotonic()
        subprocess.run(["taskset", "-c", cores, AVIPS, "--no-progress", "-e", body], check=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
        wall, after = time.monotonic() - start, os.times()
        figures.append((wall, after.children_user + after.children_system - before.children_user - before.children_system))
    return figures[1][0] - figures[0][0], figures[1][1] - figures[0][1]


def main():
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("scaling needs two cores")
    first, second = sorted(os.sched_getaffinity(0))[:2]
    print(f"| job | one core | two cores | beside a busy process |\n|---|---|---|---|")
    for name, code in JOBS.items():
        row = [run(code, str(first))]
        row.append(run(code, f"{first},{second}"))
        busy = subprocess.Popen(["taskset", "-c", f"{first},{second}", sys.executable, "-c", "while True: pass"])
        try:
            row.append(run(code, f"{first},{second}"))
        finally:
            busy.kill()
            busy.wait()
        cells = [f"{wall:.2f} s, {row[0][0] / wall:.2f} times as fast, {100 * cpu / wall:.0f} % of a core" for wall, cpu in row]
        print(f"| {name} | " + " | ".join([f"{row[0][0]:.2f} s"] + cells[1:]) + " |", flush=True)


if __name__ == "__main__":
    main()
