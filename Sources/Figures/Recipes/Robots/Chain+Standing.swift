import Kinematics

extension Chain {
    /// Where the robot stands in the base frame, and its chain from there.
    ///
    /// A mount that leads farther away than all that it carries is long is no part of the robot: figures are about the place that it
    /// leads to. The place is the identity, and the chain this one, where there is no such mount.
    public var standing: (place: Pose, robot: Chain) {
        let unchanged = (place: Pose.identity, robot: self)
        guard let first = segments.firstIndex(where: { $0.variable != nil }) else { return unchanged }
        var place = Pose.identity, found = (place: place, count: 0)
        for index in 0..<first {
            place = place * segments[index].origin
            let length = segments[(index + 1)...].reduce(0) { $0 + greatestLength(of: $1) }
            if place.position.dot(place.position).squareRoot() > length { found = (place, index + 1) }
        }
        guard found.count > 0 else { return unchanged }
        var robot = self
        robot.base = segments[found.count - 1].child
        robot.segments.removeFirst(found.count)
        return (found.place, robot)
    }

    /// How far a segment's link can be from the one before it, m.
    private func greatestLength(of segment: Segment) -> Double {
        let fixed = segment.origin.position.dot(segment.origin.position).squareRoot()
        guard segment.kind == .prismatic, let variable = segment.variable else { return fixed }
        let ends = [variables[variable].lower, variables[variable].upper].map { (segment.multiplier * $0 + segment.offset).magnitude }
        return fixed + (ends.max() ?? 0)
    }
}
