/// Checks that the joints that were read make one tree, and finds what follows from it.
struct URDFTree {
    var reader: URDFReader
    var root = 0
    var order: [Int] = []
    var variables: [JointVariable] = []
    private var suggestions = 0

    init(_ reader: URDFReader) throws(URDFError) {
        self.reader = reader
        try connect()
        try sort()
        assignVariables()
    }

    private func fail(_ joint: Int, _ problem: URDFError.Problem) -> URDFError {
        URDFError(source: reader.source, line: reader.jointLines[joint], problem: problem)
    }

    /// Enters every joint in its two links.
    private mutating func connect() throws(URDFError) {
        for (index, joint) in reader.joints.enumerated() {
            if joint.parent == joint.child { throw fail(index, .cycle(joints: [joint.name])) }
            if let other = reader.links[joint.child].parentJoint {
                throw fail(index, .twoParents(
                    link: reader.links[joint.child].name, joints: [reader.joints[other].name, joint.name]))
            }
            reader.links[joint.child].parentJoint = index
            reader.links[joint.parent].childJoints.append(index)
        }
    }

    /// Finds the root and the order of the joints, parents first.
    private mutating func sort() throws(URDFError) {
        let roots = reader.links.indices.filter { reader.links[$0].parentJoint == nil }
        if roots.count > 1 {
            throw URDFError(
                source: reader.source, line: reader.linkLines[roots[1]],
                problem: .severalRoots(roots.map { reader.links[$0].name }))
        }
        if let first = roots.first {
            root = first
            var stack = [first]
            while let link = stack.popLast() {
                let carried = reader.links[link].childJoints
                order += carried
                stack += carried.reversed().map { reader.joints[$0].child }
            }
        }
        guard order.count == reader.joints.count else {
            let reached = Set(order)
            let start = reader.joints.indices.first { !reached.contains($0) }!
            let cycle = cycle(above: start)
            throw fail(cycle[0], .cycle(joints: cycle.map { reader.joints[$0].name }))
        }
    }

    /// The joints of the cycle that is met when one follows the parents of a joint that the root does not reach,
    /// parents first, from the one that stands first in the document.
    private func cycle(above joint: Int) -> [Int] {
        var path: [Int] = [], position: [Int: Int] = [:]
        var current = joint
        while position[current] == nil {
            position[current] = path.count
            path.append(current)
            guard let next = reader.links[reader.joints[current].parent].parentJoint else { return path }
            current = next
        }
        let cycle = Array(path[position[current]!...].reversed())
        let first = cycle.firstIndex(of: cycle.min()!)!
        return Array(cycle[first...] + cycle[..<first])
    }

    /// Numbers the joints that move by themselves and resolves those that mimic.
    private mutating func assignVariables() {
        for index in reader.mimicked.keys.sorted() { freeFromNobody(index) }
        for (index, joint) in reader.joints.enumerated() where joint.kind != .fixed && !joint.mimics {
            // Without sound limits the joint stays at zero until it is given some.
            let limits = joint.limits ?? (joint.kind == .continuous ? .turn : JointLimits(lower: 0, upper: 0))
            reader.joints[index].variable = variables.count
            variables.append(.init(name: joint.name, kind: joint.kind, lower: limits.lower, upper: limits.upper))
        }
        let own = reader.joints
        for index in reader.mimicked.keys.sorted() {
            do {
                let followed = try follow(index, in: own)
                reader.joints[index].variable = own[followed.joint].variable
                reader.joints[index].multiplier = followed.multiplier
                reader.joints[index].offset = followed.offset
            } catch {
                reader.joints[index].fault = error
                reader.joints[index].kind = .fixed
                reader.joints[index].mimics = false
            }
        }
    }

    /// How many joints of a document are told what they most likely mimic: each is compared with the names of all.
    private static let suggestionLimit = 8
    /// How many joints one may follow, one through the other.
    private static let mimicLimit = 100

    /// Lets a joint move by itself that mimics one that does not exist, as other readers do.
    private mutating func freeFromNobody(_ index: Int) {
        guard let name = reader.mimicked[index], reader.jointIndices[name] == nil else { return }
        var joint = reader.joints[index]
        suggestions += 1
        let likely = suggestions <= Self.suggestionLimit ? NearestNames.suggestion(reader.joints.map(\.name), for: name) : nil
        let near = likely.map { " (did you mean \"\($0)\"?)" } ?? ""
        let note = "joint \"\(joint.name)\" mimics \"\(name)\", which does not exist\(near); it is taken to move by itself"
        joint.notes.append(note)
        reader.warnings.append("\(reader.source):\(reader.jointLines[index]): \(note)")
        joint.mimics = false
        (joint.multiplier, joint.offset) = (1, 0)
        if joint.limits == nil, joint.kind == .revolute { joint.limits = .turn }
        if joint.limits == nil, joint.kind == .prismatic { joint.fault = joint.fault ?? fail(index, .missingLimits(joint: joint.name)) }
        reader.mimicked[index] = nil
        reader.joints[index] = joint
    }

    /// The joint that one follows in the end, and its value as a multiple of that joint's, with an offset.
    private func follow(_ index: Int, in own: [RobotDescription.Joint]) throws(URDFError) -> (joint: Int, multiplier: Double, offset: Double) {
        var multiplier = 1.0, offset = 0.0, current = index, seen: Set<Int> = [index]
        while let name = reader.mimicked[current] {
            let followed = reader.jointIndices[name]!
            if own[followed].kind == .fixed {
                throw own[followed].fault ?? fail(current, .mimicOfFixed(joint: own[current].name, mimicked: name))
            }
            offset += multiplier * own[current].offset
            multiplier *= own[current].multiplier
            current = followed
            if !seen.insert(current).inserted { throw fail(index, .mimicCycle(joint: own[index].name)) }
            guard seen.count <= Self.mimicLimit else {
                throw fail(index, .invalidValue(
                    element: "<mimic> of joint \"\(own[index].name)\"", attribute: "joint", value: reader.mimicked[index]!,
                    expected: "a joint that follows fewer than \(Self.mimicLimit) others"))
            }
        }
        guard abs(multiplier) <= RobotBounds.multiplier, abs(offset) <= RobotBounds.length else {
            throw fail(index, .invalidValue(
                element: "<mimic> of joint \"\(own[index].name)\"", attribute: "multiplier", value: "\(multiplier)", expected: "numbers of a joint"))
        }
        return (current, multiplier, offset)
    }
}
