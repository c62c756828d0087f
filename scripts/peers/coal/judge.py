"""Judges plans and distances by another library: coal (PyPI), and forward kinematics of its own from the URDF. See README.md beside this file."""

import json
import sys
import xml.etree.ElementTree as xml

import coal
import numpy as np

# Places checked a radian of joint space: ten times what the planner looks at.
RESOLUTION = 320
# Spheres that are farther than this from the box around an obstacle are not asked about, m: of random configurations, and of plans, where a
# contact is all that is looked for.
NEAR, BESIDE = 0.3, 0.02


def rotation(rpy):
    (a, b, c), (x, y, z) = np.cos(rpy), np.sin(rpy)
    return np.array([[b * c, x * y * c - a * z, a * y * c + x * z], [b * z, x * y * z + a * c, a * y * z - x * c], [-y, x * b, a * b]])


def frame(element):
    result = np.eye(4)
    if element is not None:
        result[:3, :3] = rotation([float(value) for value in element.get("rpy", "0 0 0").split()])
        result[:3, 3] = [float(value) for value in element.get("xyz", "0 0 0").split()]
    return result


class Robot:
    """Spheres on links, and where they are for many configurations at once."""

    def __init__(self, path):
        root = xml.parse(path).getroot()
        self.joints = {joint.find("child").get("link"): joint for joint in root.findall("joint")}
        self.spheres = []
        for link in root.findall("link"):
            for shape in link.findall("collision"):
                ball = shape.find("geometry/sphere")
                if ball is not None:
                    self.spheres.append((link.get("name"), frame(shape.find("origin"))[:3, 3], float(ball.get("radius"))))

    def frames(self, names, rows):
        """The frames of all links: n x 4 x 4 each; joints that are not named are held at zero, or at the nearest limit."""
        known = {}

        def of(link):
            if link not in known:
                joint = self.joints.get(link)
                if joint is None:
                    known[link] = np.broadcast_to(np.eye(4), (len(rows), 4, 4))
                else:
                    known[link] = of(joint.find("parent").get("link")) @ frame(joint.find("origin")) @ motion(joint)
            return known[link]

        def motion(joint):
            result = np.broadcast_to(np.eye(4), (len(rows), 4, 4)).copy()
            if joint.get("type") == "fixed":
                return result
            limit = joint.find("limit")
            rest = 0.0 if limit is None or joint.get("type") == "continuous" else min(max(0.0, float(limit.get("lower", 0))), float(limit.get("upper", 0)))
            value = rows[:, names.index(joint.get("name"))] if joint.get("name") in names else np.full(len(rows), rest)
            axis = np.array([float(number) for number in joint.find("axis").get("xyz").split()])
            axis /= np.linalg.norm(axis)
            if joint.get("type") == "prismatic":
                result[:, :3, 3] = value[:, None] * axis
            else:
                cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
                result[:, :3, :3] += np.sin(value)[:, None, None] * cross + (1 - np.cos(value))[:, None, None] * (cross @ cross)
            return result

        for link, _, _ in self.spheres:
            of(link)
        return known

    def centres(self, names, rows):
        """n x spheres x 3, in metres."""
        frames = self.frames(names, rows)
        return np.stack([frames[link][:, :3, :3] @ centre + frames[link][:, :3, 3] for link, centre, _ in self.spheres], axis=1)

    def moves(self, names):
        """Whether any of the named joints moves a sphere."""

        def moving(link):
            joint = self.joints.get(link)
            return joint is not None and (joint.get("name") in names or moving(joint.find("parent").get("link")))

        return [moving(link) for link, _, _ in self.spheres]


def obstacle(entry):
    """The shape, its placement, and half the edges of the box around it."""
    size, kind = entry["size"], entry["kind"]
    if kind == "box":
        shape, half = coal.Box(*size), np.array(size) / 2
    elif kind == "sphere":
        shape, half = coal.Sphere(size[0]), np.full(3, size[0])
    elif kind == "capsule":
        shape, half = coal.Capsule(size[0], size[1]), np.array([size[0], size[0], size[0] + size[1] / 2])
    else:
        shape, half = coal.Cylinder(size[0], size[1]), np.array([size[0], size[0], size[1] / 2])
    w, x, y, z = entry["quaternion"]
    turn = np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)], [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]])
    return shape, coal.Transform3s(turn, np.array(entry["position"])), half


def least(robot, names, rows, obstacles, within):
    """The least signed distance of each configuration from the obstacles, up to a bound."""
    centres, moves = robot.centres(names, rows), robot.moves(names)
    result = np.full(len(rows), within)
    request = coal.DistanceRequest()
    for shape, place, half in obstacles:
        # No ball is nearer to the shape than its middle is to the box around it, along the axis that parts them most.
        apart = (np.abs((centres - place.getTranslation()) @ place.getRotation()) - half).max(axis=2)
        for index, (_, _, radius) in enumerate(robot.spheres):
            if not moves[index]:
                continue
            ball = coal.Sphere(radius)
            for row in np.flatnonzero(apart[:, index] - radius < result):
                answer = coal.DistanceResult()
                found = coal.distance(ball, coal.Transform3s(np.eye(3), centres[row, index]), shape, place, request, answer)
                result[row] = min(result[row], found)
    return result


def overlap(robot, names, rows, pairs):
    """The least signed distance between links of the given pairs at each configuration, up to BESIDE: asked of coal where balls are near to each other."""
    centres, result = robot.centres(names, rows), np.full(len(rows), BESIDE)
    of = {}
    for index, (link, _, _) in enumerate(robot.spheres):
        of.setdefault(link, []).append(index)
    request = coal.DistanceRequest()
    for first, second in pairs:
        for a in of.get(first, []):
            for b in of.get(second, []):
                reach = robot.spheres[a][2] + robot.spheres[b][2]
                apart = np.linalg.norm(centres[:, a] - centres[:, b], axis=1) - reach
                near = np.flatnonzero(apart < np.minimum(result, BESIDE) + 1e-6)
                if not len(near):
                    continue
                balls = coal.Sphere(robot.spheres[a][2]), coal.Sphere(robot.spheres[b][2])
                for row in near:
                    answer = coal.DistanceResult()
                    found = coal.distance(balls[0], coal.Transform3s(np.eye(3), centres[row, a]), balls[1], coal.Transform3s(np.eye(3), centres[row, b]), request, answer)
                    result[row] = min(result[row], found)
    return result


def dense(points):
    rows = [points[:1]]
    for a, b in zip(points[:-1], points[1:]):
        steps = max(1, int(np.ceil(np.linalg.norm(b - a) * RESOLUTION)))
        rows.append(a + (b - a) * (np.arange(1, steps + 1) / steps)[:, None])
    return np.concatenate(rows)


def main():
    robot = Robot(sys.argv[2])
    plans, contacts, places, closest, off = 0, 0, 0, np.inf, 0.0
    touching, nearest = 0, np.inf
    with open(sys.argv[1]) as file:
        for line in file:
            entry = json.loads(line)
            obstacles = [obstacle(part) for part in entry["obstacles"]]
            names = entry["joints"]
            if entry["path"]:
                rows = dense(np.array(entry["path"]))
                found = least(robot, names, rows, obstacles, BESIDE)
                plans, places, contacts, closest = plans + 1, places + len(rows), contacts + int((found <= 0).sum()), min(closest, found.min())
                between = overlap(robot, names, rows, entry["pairs"])
                touching, nearest = touching + int((between <= 0).sum()), min(nearest, between.min())
                if (found <= 0).any() or (between <= 0).any():
                    print(f"{entry['name']}: {int((found <= 0).sum())} contacts with obstacles, {int((between <= 0).sum())} between links")
            rows = np.array(entry["rows"])
            if len(rows):
                found, told = least(robot, names, rows, obstacles, NEAR), np.array(entry["distances"])
                near = np.minimum(found, told) < NEAR * 0.99
                # Where a ball's middle is inside, libraries differ in what the depth of a contact is.
                clear = near & (found > 0)
                off = max(off, float(np.abs(found - told)[clear].max(initial=0.0)))
                if ((found <= 0) != (told <= 0))[np.abs(told) > 1e-6].any():
                    print(f"{entry['name']}: a configuration touches something by one library and not by the other")
    print(f"{plans} plans, {places} places: {contacts} contacts with obstacles, least distance {1000 * closest:.3f} mm; {touching} contacts between links, "
          f"least distance {1000 * nearest:.3f} mm; distances of random configurations differ by {off:.2g} m at most")


if __name__ == "__main__":
    main()
