"""Forward kinematics of MJCF models beside MuJoCo's own: random chains of hinges and slides, with turned and moved bodies, joints off their bodies' origins and
several joints a body, angles in degrees or radians, orientations as quaternions, Euler angles, axes, pairs of axes.

    python -m venv venv && venv/bin/pip install mujoco
    venv/bin/python scripts/peers/mjcf.py scripts/avips [MODELS]
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

import mujoco
import numpy as np

SCRIPT = """
local robot = avips.robot(arg[1], { tip = "tip" })
local rows = avips.json.read(arg[2])
local names, poses = {}, {}
for i, joint in ipairs(robot.joints) do names[i] = joint.name end
for i, values in ipairs(rows) do
  local q = {}
  for j, name in ipairs(names) do q[j] = values[name] end
  local pose = robot:fk(q)
  poses[i] = { pose.position, pose.quaternion }
end
print(avips.json.encode(poses))
"""


def vector(source, scale=1.0):
    return " ".join(f"{source.uniform(-scale, scale):.6f}" for _ in range(3))


def orientation(source, degrees):
    kind = source.choice(["", "quat", "euler", "axisangle", "xyaxes", "zaxis"])
    angle = 180 if degrees else np.pi
    if kind == "":
        return ""
    if kind == "quat":
        return f'quat="{source.uniform(-1, 1):.6f} {vector(source)}"'
    if kind == "euler":
        return f'euler="{vector(source, angle)}"'
    if kind == "axisangle":
        return f'axisangle="{vector(source)} {source.uniform(-angle, angle):.6f}"'
    return f'xyaxes="{vector(source)} {vector(source)}"' if kind == "xyaxes" else f'zaxis="{vector(source)}"'


def model(source):
    degrees, joints, names = source.random() < 0.5, source.randint(2, 8), []
    text, close = "", ""
    while len(names) < joints:
        text += f'<body pos="{vector(source)}" {orientation(source, degrees)}><inertial pos="0 0 0" mass="1" diaginertia="1 1 1"/>'
        for _ in range(source.choice([0, 1, 1, 1, 2])):
            name, kind = f"joint{len(names)}", source.choice(["hinge", "hinge", "slide"])
            bound = 170 if degrees and kind == "hinge" else 2.9
            text += f'<joint name="{name}" type="{kind}" axis="{vector(source)}" pos="{vector(source, 0.3)}" range="{-bound} {bound}"/>'
            names.append(name)
        close += "</body>"
    sequence = source.choice(["xyz", "zyx", "XYZ", "zxz", "ZYX"])
    site = f'<site name="tip" pos="{vector(source)}" {orientation(source, degrees)}/>'
    return f'<mujoco><compiler angle="{"degree" if degrees else "radian"}" eulerseq="{sequence}" autolimits="true"/><worldbody>{text}{site}{close}</worldbody></mujoco>', names


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 50
    farthest, widest, checked = 0.0, 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "fk.lua").write_text(SCRIPT)
        for seed in range(count):
            source = random.Random(seed)
            text, names = model(source)
            (folder / "model.xml").write_text(text)
            rows = [{name: source.uniform(-2.5, 2.5) for name in names} for _ in range(10)]
            (folder / "rows.json").write_text(json.dumps(rows))
            done = subprocess.run([program, "--no-progress", folder / "fk.lua", folder / "model.xml", folder / "rows.json"], capture_output=True, text=True)
            if done.returncode != 0:
                raise SystemExit(f"model {seed}: {done.stderr}\n{text}")
            simulated = mujoco.MjModel.from_xml_string(text)
            data = mujoco.MjData(simulated)
            for row, (position, quaternion) in zip(rows, json.loads(done.stdout)):
                for name, value in row.items():
                    data.qpos[simulated.jnt_qposadr[mujoco.mj_name2id(simulated, mujoco.mjtObj.mjOBJ_JOINT, name)]] = value
                mujoco.mj_kinematics(simulated, data)
                site = mujoco.mj_name2id(simulated, mujoco.mjtObj.mjOBJ_SITE, "tip")
                own, turn = np.zeros(9), np.array(quaternion, dtype=float)
                mujoco.mju_quat2Mat(own, turn / np.linalg.norm(turn))
                farthest = max(farthest, float(np.linalg.norm(data.site_xpos[site] - position)))
                widest = max(widest, float(np.linalg.norm(own - data.site_xmat[site])))
                checked += 1
    print(f"{count} models, {checked} poses: positions differ by {farthest:.2g} m, rotation matrices by {widest:.2g} at most")


if __name__ == "__main__":
    main()
