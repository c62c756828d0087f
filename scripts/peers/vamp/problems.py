"""Turns MotionBenchMaker's YAML files into lines: problem, joints, start, goal, then an obstacle a line (kind, three sizes, position, quaternion x y z w)."""

import pathlib
import sys

import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def numbers(values):
    return " ".join(repr(float(value)) for value in values)


def problem(name, scene, request):
    state = request["start_state"]["joint_state"]
    start = dict(zip(state["name"], state["position"]))
    goal = {c["joint_name"]: c["position"] for g in request["goal_constraints"] for c in g["joint_constraints"]}
    yield f"problem {name}"
    yield "joints " + " ".join(goal)
    yield "start " + numbers(start[joint] for joint in goal)
    yield "goal " + numbers(goal.values())
    for thing in scene["world"]["collision_objects"]:
        for shape, pose in zip(thing.get("primitives", []), thing.get("primitive_poses", [])):
            sizes = shape["dimensions"] + [0] * (3 - len(shape["dimensions"]))
            yield f"{shape['type']} {numbers(sizes)} {numbers(pose['position'])} {numbers(pose['orientation'])}"


def main():
    for folder in sys.argv[1:]:
        for scene in sorted(pathlib.Path(folder).rglob("scene*.yaml")):
            request = scene.with_name(scene.name.replace("scene", "request"))
            if request.exists():
                name = f"{scene.parent.name}/{scene.stem[5:]}"
                with open(scene) as first, open(request) as second:
                    print(*problem(name, yaml.load(first, Loader=Loader), yaml.load(second, Loader=Loader)), sep="\n")


if __name__ == "__main__":
    main()
