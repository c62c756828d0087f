"""The tutorial, typed line by line in one session."""

import re
import unittest
from pathlib import Path

from support import ESCAPES, ROOT, ProgramTest

DONE = re.compile(r"\x1b\]133;D;([01])\x1b\\")


def entries():
    """What the tutorial has behind its prompts; an entry of several rows has newlines."""
    found = []
    for line in (ROOT / "share/doc/tutorial.md").read_text().splitlines():
        if line.startswith("    avips> "):
            found.append(line.removeprefix("    avips> "))
        elif re.match(r"         \|  ", line):
            found[-1] += "\n" + line.strip().removeprefix("|")
    return found


def joint(name, kind, parent, child, xyz, axis, lower=-2.6, upper=2.6):
    return (f'<joint name="{name}" type="{kind}"><parent link="{parent}"/><child link="{child}"/><origin xyz="{xyz}"/>'
            f'<axis xyz="{axis}"/><limit lower="{lower}" upper="{upper}" velocity="2" effort="50"/></joint>')


def link(name):
    return f'<link name="{name}"><inertial><mass value="1"/><inertia ixx="0.01" iyy="0.01" izz="0.01" ixy="0" ixz="0" iyz="0"/></inertial></link>'


def arm():
    """An arm of six joints, one of them called elbow, from base_link to tool0."""
    links = ["base_link", "shoulder_link", "upper_link", "fore_link", "wrist_1_link", "wrist_2_link", "flange", "tool0"]
    joints = [
        ("turn", "revolute", "0 0 0.2", "0 0 1"), ("shoulder", "revolute", "0 0 0.1", "0 1 0"), ("elbow", "revolute", "0 0 0.4", "0 1 0"),
        ("wrist_1", "revolute", "0 0 0.35", "0 0 1"), ("wrist_2", "revolute", "0 0 0.05", "0 1 0"), ("wrist_3", "revolute", "0 0 0.05", "0 0 1"),
        ("tool", "fixed", "0 0 0.1", "0 0 1"),
    ]
    parts = [link(name) for name in links]
    parts += [joint(name, kind, links[index], links[index + 1], xyz, axis) for index, (name, kind, xyz, axis) in enumerate(joints)]
    return '<robot name="arm">' + "".join(parts) + "</robot>"


def humanoid():
    """Two legs, two arms, a head with a camera."""
    links, joints = ["pelvis", "torso", "camera_link"], [joint("waist", "revolute", "pelvis", "torso", "0 0 0.2", "0 0 1"), joint("neck", "revolute", "torso", "camera_link", "0.1 0 0.5", "0 0 1")]
    for side, sign in [("left", 1), ("right", -1)]:
        for limb, root, start, steps in [
            ("leg", "pelvis", f"0 {0.1 * sign} -0.05", [("0 0 1", "0 0 0"), ("1 0 0", "0 0 0"), ("0 1 0", "0 0 0"), ("0 1 0", "0 0 -0.4"), ("0 1 0", "0 0 -0.4"), ("1 0 0", "0 0 0")]),
            ("arm", "torso", f"0 {0.2 * sign} 0.4", [("0 1 0", "0 0 0"), ("1 0 0", "0 0 0"), ("0 0 1", "0 0 -0.1"), ("0 1 0", "0 0 -0.2"), ("0 0 1", "0 0 -0.25"), ("0 1 0", "0 0 0")]),
        ]:
            parent = root
            for number, (axis, xyz) in enumerate(steps):
                end = {"leg": "foot", "arm": "hand"}[limb]
                child = f"{side}_{end}" if number == len(steps) - 1 else f"{side}_{limb}_{number + 1}"
                links.append(child)
                joints.append(joint(f"{side}_{limb}_joint_{number + 1}", "revolute", parent, child, start if number == 0 else xyz, axis))
                parent = child
    return '<robot name="humanoid">' + "".join(map(link, links)) + "".join(joints) + "</robot>"


class Tutorial(ProgramTest):
    def answer(self, session):
        """What comes until an entry is done, and whether it went well."""
        session.child.expect(DONE)
        return ESCAPES.sub("", session.child.before), session.child.match.group(1) == "0"

    def test_every_line_works(self):
        self.write("arm.urdf", arm())
        self.write("humanoid.urdf", humanoid())
        session = self.session("-q", "--training-share", "0.0005", "--no-progress", env={"NO_COLOR": None})
        session.child.timeout = 600  # trainings are cut, evaluations and plans are not
        lines = entries()
        self.assertGreater(len(lines), 70)
        for line in lines:
            if "\n" in line:
                session.paste(line)
                session.child.send("\r")
            else:
                session.child.send(line + "\r")
            if "teach(" in line:
                session.child.expect_exact("q return")
                session.child.send("\x1b[Csq")
            shown, went_well = self.answer(session)
            self.assertTrue(went_well, f"{line}: {shown}")
        session.answer()
        for name in ["answers.svg", "panda.html", "planar.safetensors", "samples.npz", "today.lua"]:
            self.assertTrue(Path(self.home, name).exists(), name)
        session.enter("x = 1")


if __name__ == "__main__":
    unittest.main()
