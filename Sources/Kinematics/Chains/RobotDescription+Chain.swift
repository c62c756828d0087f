/// A chain with what was chosen and assumed in finding it, one sentence each.
public struct FoundChain: Sendable, Equatable {
    public var chain: Chain
    public var notes: [String]
}

extension RobotDescription {
    /// The serial chain between two links, as ``foundChain(base:tip:)`` finds it.
    ///
    /// - Throws: ``ChainError``.
    public func chain(base: String? = nil, tip: String? = nil) throws(ChainError) -> Chain { try foundChain(base: base, tip: tip).chain }

    /// The serial chain between two links, found automatically where it is unambiguous.
    ///
    /// Without a base the chain starts at the description's own base, or at the root. Without a tip it ends at the description's own tip, or where an
    /// arm ends: at a frame with the name of a tool or flange, without the fingers of a gripper. A tip may be given by the name of a link or of one of
    /// ``tips``. The two may lie on different branches: then the chain goes up from the base to where the branches part, through joints that move
    /// backwards, and down to the tip.
    ///
    /// - Throws: ``ChainError``.
    public func foundChain(base: String? = nil, tip: String? = nil) throws(ChainError) -> FoundChain {
        let ends = DefaultTip(self)
        let start = try base.map { name throws(ChainError) in try link(named: name) } ?? self.base.flatMap(linkIndex) ?? ends.start
        if let tip { return try found(from: start, to: link(named: tip)) }
        if let own = self.tip.flatMap(linkIndex), isLink(own, below: start), own != start {
            return try found(from: start, to: own)
        }
        switch ends.end(below: start) {
        case .link(let end, let others, let fingers):
            var result = try found(from: start, to: end)
            result.notes.insert(contentsOf: choice(of: end, over: others, fingers: fingers), at: 0)
            if base == nil, self.base == nil, start != root { result.notes.append("\(links[start].name) moves freely against \(links[root].name) and is the base") }
            return result
        case .ambiguous:
            let named = tips.filter { tip in linkIndex(tip.link).map { isLink($0, below: start) } ?? false }
            throw .ambiguous(
                robot: name, base: links[start].name,
                tips: named.isEmpty ? ends.ends(below: start).map { links[$0].name } : named.map(\.link))
        }
    }

    private func choice(of tip: Int, over others: [Int], fingers: [Int]) -> [String] {
        var parts: [String] = []
        if !others.isEmpty {
            let shown = others.prefix(4).map { links[$0].name }.joined(separator: ", ")
            parts.append("tip \(links[tip].name) was chosen; others are \(shown)" + (others.count > 4 ? " and \(others.count - 4) more" : ""))
        }
        if !fingers.isEmpty {
            let names = fingers.map { joints[$0].name }
            parts.append("the gripper (\(names.prefix(3).joined(separator: ", "))\(names.count > 3 ? ", ..." : "")) is left out")
        }
        return parts.isEmpty ? [] : [parts.joined(separator: "; ")]
    }

    private func found(from base: Int, to tip: Int) throws(ChainError) -> FoundChain {
        let (up, down) = path(from: base, to: tip)
        let used = up + down
        var position: [Int: Int] = [:], variables: [Chain.Variable] = [], notes: [String] = []
        let passed = Set(used)
        for index in used {
            let joint = joints[index]
            if let fault = joint.fault { throw .unusable(fault) }
            notes += joint.assumptions
            guard let variable = joint.variable, position[variable] == nil else { continue }
            if joint.mimics, let driver = joints.firstIndex(where: { !$0.mimics && $0.variable == variable }) {
                if let fault = joints[driver].fault { throw .unusable(fault) }
                if !passed.contains(driver) { notes += joints[driver].assumptions }
            }
            position[variable] = variables.count
            do {
                let narrowed = try narrowed(variable, by: passed)
                variables.append(narrowed.variable)
                notes += narrowed.notes
            } catch { throw .unusable(error) }
        }
        guard !variables.isEmpty else {
            throw .noMovingJoint(robot: name, base: links[base].name, tip: links[tip].name)
        }
        let segments = up.flatMap { backwards($0, position) } + down.map { forwards($0, position) }
        let chain = Chain(name: name, base: links[base].name, tip: links[tip].name, segments: segments, variables: variables)
        return FoundChain(chain: chain, notes: notes)
    }

    private func forwards(_ index: Int, _ position: [Int: Int]) -> Chain.Segment {
        let joint = joints[index]
        return Chain.Segment(
            name: joint.name, kind: joint.kind, child: links[joint.child].name, origin: joint.origin, axis: joint.axis,
            variable: joint.variable.flatMap { position[$0] }, multiplier: joint.multiplier, offset: joint.offset)
    }

    /// A joint passed from its child to its parent: (O·R)⁻¹ = R⁻¹·O⁻¹, a motion about the opposite axis and then the origin's inverse.
    private func backwards(_ index: Int, _ position: [Int: Int]) -> [Chain.Segment] {
        let joint = joints[index]
        let back = Chain.Segment(
            name: "\(joint.name) origin", kind: .fixed, child: links[joint.parent].name, origin: joint.origin.inverse, axis: joint.axis, variable: nil)
        guard joint.variable != nil else { return [back] }
        var motion = forwards(index, position)
        motion.child = "\(joint.name) frame"
        motion.origin = .identity
        motion.axis = -joint.axis
        return [motion, back]
    }

    /// The joints from a link up to where its branch meets that of another, and from there down to the other.
    private func path(from base: Int, to tip: Int) -> (up: [Int], down: [Int]) {
        let above = joints(above: base), over = joints(above: tip)
        let shared = zip(above.reversed(), over.reversed()).prefix { $0 == $1 }.count
        return (Array(above.dropLast(shared)), Array(over.dropLast(shared).reversed()))
    }

    /// The joints from a link to the root, in this order.
    private func joints(above link: Int) -> [Int] {
        var path: [Int] = [], link = link
        while let joint = links[link].parentJoint {
            path.append(joint)
            link = joints[joint].parent
        }
        return path
    }

    private func isLink(_ link: Int, below base: Int) -> Bool {
        base == link || joints(above: link).contains { joints[$0].parent == base }
    }

    private func link(named name: String) throws(ChainError) -> Int {
        if let index = linkIndex(name) ?? tips.first(where: { $0.name == name }).flatMap({ linkIndex($0.link) }) {
            return index
        }
        let hint = NearestNames.hint(links.map(\.name), for: name, plural: "links")
        throw .unknownLink(robot: self.name, link: name, hint: hint)
    }
}
