import Numerics

extension Chain {
    /// The chain cut in two after some of its first variables.
    ///
    /// The tip's pose is that of the first part's tip times that of the second part's: forward kinematics of `q` is
    /// `lead(q[0..<count]) · rest(q[count...])`. Fixed joints between the two belong to the second part.
    ///
    /// - Parameter count: how many variables the first part has, from 1 to one less than all.
    /// - Returns: nil where there is no such place: the count is out of range, or joints on both sides share a variable.
    public func split(behind count: Int) -> (lead: Chain, rest: Chain)? {
        guard (1..<max(degreesOfFreedom, 1)).contains(count),
              let cut = segments.firstIndex(where: { ($0.variable ?? -1) >= count }), cut > 0 else { return nil }
        let first = segments[..<cut], second = segments[cut...]
        // The joint that carries the second part is the last one before it that moves.
        guard second.allSatisfy({ $0.variable.map { $0 >= count } ?? true }),
              let last = first.lastIndex(where: { $0.variable != nil }) else { return nil }
        let link = segments[last].child
        var lead = self, rest = self
        lead.name = "\(name) to \(link)"
        lead.tip = link
        lead.segments = Array(segments[...last])
        lead.variables = Array(variables[..<count])
        rest.name = "\(name) from \(link)"
        rest.base = link
        rest.segments = segments[(last + 1)...].map { segment in
            var segment = segment
            segment.variable = segment.variable.map { $0 - count }
            return segment
        }
        rest.variables = Array(variables[count...])
        return (lead, rest)
    }

    /// Where another chain stands as seen from this one's base, if both are the same arm: T with `fk(q) = T · other.fk(q)` for all q.
    ///
    /// - Returns: nil where the joints, their limits, or their geometry differ by more than 1e-6.
    public func offset(of other: Chain) -> Pose? {
        guard variables.count == other.variables.count,
              zip(variables, other.variables).allSatisfy({
                  ($0.kind == .prismatic) == ($1.kind == .prismatic) && abs($0.lower - $1.lower) < 1e-6 && abs($0.upper - $1.upper) < 1e-6
              }) else { return nil }
        var stream = RandomStream(seed: 0)
        let middle = variables.map { ($0.lower + $0.upper) / 2 }
        let offset = forwardKinematics(middle) * other.forwardKinematics(middle).inverse
        // As many places as no other arm agrees at by chance.
        for _ in 0..<16 {
            let q = randomConfiguration(using: &stream)
            let error = forwardKinematics(q).error(to: offset * other.forwardKinematics(q))
            guard error.position < 1e-6, error.rotation < 1e-6 else { return nil }
        }
        return offset
    }
}
