"""Turns CppFlow's problems into lines: problem (name, robot), offset frame, then a box an obstacle (sizes, position, roll pitch yaw) and a pose a line (position, quaternion w x y z)."""

import csv
import pathlib
import sys

import yaml


def numbers(values):
    return " ".join(repr(float(value)) for value in values)


def merged(parts):
    """An obstacle is a list of single-entry maps, or one map."""
    return {key: value for part in (parts if isinstance(parts, list) else [parts]) for key, value in part.items()}


def problem(path):
    with open(path) as file:
        data = yaml.safe_load(file)
    if data["path_R_offset"] != [[1, 0, 0], [0, 1, 0], [0, 0, 1]]:
        raise SystemExit(f"{path}: a path that is turned is not read")
    yield f"problem {data['path_name']} {data['robot']} {data['path_offset_frame']}"
    shift = data.get("obstacle_xyz_offset", [0, 0, 0])
    for parts in data.get("obstacles") or []:
        box = merged(parts)
        position = [box[axis] + offset for axis, offset in zip("xyz", shift)]
        yield f"box {numbers(box['size_' + axis] for axis in 'xyz')} {numbers(position)} {numbers(box[angle] for angle in ('roll', 'pitch', 'yaw'))}"
    with open(pathlib.Path(path).parent / f"{data['path_name']}.csv") as file:
        for row in list(csv.reader(file))[1:]:
            values = [float(value) for value in row[1:]]
            yield f"pose {numbers(a + b for a, b in zip(values, data['path_xyz_offset']))} {numbers(values[3:])}"


def main():
    for path in sys.argv[1:]:
        print(*problem(path), sep="\n")


if __name__ == "__main__":
    main()
