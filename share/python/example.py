"""Ten thousand questions to one process: forward kinematics of Panda, and all answers to one pose.

    python3 share/python/example.py
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import avips

with avips.Session(seed=1) as session:
    session.run('panda = avips.robot "panda"; model = avips.model "panda"')
    start = time.perf_counter()
    for step in range(10_000):
        pose = session.eval("panda:fk(q)", q=[0, 0, 0, -1.5, 0, 1.8, 1e-4 * step])
    print(f"10 000 questions: {1e3 * (time.perf_counter() - start) / 10_000:.3f} ms each")

    session.run("target = avips.pose{ xyz = xyz, rpy = {180, 0, 0}, degrees = true }", xyz=[0.45, 0.1, 0.4])
    answers = session.eval("model:solve(target, { count = 100 })")
    print(f"{answers['found']} answers; the first: {answers['elements'][0]['q']}")

    try:
        session.eval("panda:fk{1, 2}")
    except avips.Error as error:
        print("an error:", error)
