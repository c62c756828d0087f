extension RobotDescription {
    /// The serial chain between two links, found by itself where it is not ambiguous.
    ///
    /// Without a base the chain starts at the description's own base, or at the root. Without a tip it ends at the
    /// description's own tip, or is followed outward: along the one branch that moves; a branching into parts with
    /// at most one variable each is a gripper, which ends it; behind the last moving joint, fixed joints are followed
    /// as long as there is one. A tip may be given by the name of a link or of one of ``tips``.
    ///
    /// - Throws: ``ChainError``.
    public func chain(base: String? = nil, tip: String? = nil) throws(ChainError) -> Chain {
        let start = try base.map { name throws(ChainError) in try link(named: name) }
            ?? self.base.flatMap(linkIndex) ?? root
        if let tip { return try chain(from: start, to: link(named: tip)) }
        if let own = self.tip.flatMap(linkIndex), path(from: start, to: own) != nil, own != start {
            return try chain(from: start, to: own)
        }
        let branches = Branches(self)
        switch branches.end(below: start) {
        case .link(let end): return try chain(from: start, to: end)
        case .ambiguous:
            let named = tips.filter { tip in linkIndex(tip.link).flatMap { path(from: start, to: $0) } != nil }
            throw .ambiguous(
                robot: name, base: links[start].name,
                tips: named.isEmpty ? branches.ends(below: start).map { links[$0].name } : named.map(\.link))
        }
    }

    private func chain(from base: Int, to tip: Int) throws(ChainError) -> Chain {
        guard let path = path(from: base, to: tip) else {
            throw .tipNotBelowBase(
                base: links[base].name, tip: links[tip].name, tipIsAbove: self.path(from: tip, to: base) != nil,
                below: Branches(self).ends(below: base).filter { $0 != base }.map { links[$0].name })
        }
        var used: [Chain.Variable] = [], position: [Int: Int] = [:]
        let segments = path.map { index in
            let joint = joints[index]
            if let variable = joint.variable, position[variable] == nil {
                position[variable] = used.count
                used.append(variables[variable])
            }
            return Chain.Segment(
                name: joint.name, kind: joint.kind, child: links[joint.child].name, origin: joint.origin,
                axis: joint.axis, variable: joint.variable.flatMap { position[$0] },
                multiplier: joint.multiplier, offset: joint.offset)
        }
        guard !used.isEmpty else {
            throw .noMovingJoint(robot: name, base: links[base].name, tip: links[tip].name)
        }
        return Chain(name: name, base: links[base].name, tip: links[tip].name, segments: segments, variables: used)
    }

    /// The joints from one link out to another; nil if the second is not carried by the first.
    private func path(from base: Int, to tip: Int) -> [Int]? {
        var path: [Int] = [], link = tip
        while link != base {
            guard let joint = links[link].parentJoint else { return nil }
            path.append(joint)
            link = joints[joint].parent
        }
        return path.reversed()
    }

    private func link(named name: String) throws(ChainError) -> Int {
        if let index = linkIndex(name) ?? tips.first(where: { $0.name == name }).flatMap({ linkIndex($0.link) }) {
            return index
        }
        let hint = NearestNames.hint(links.map(\.name), for: name, plural: "links")
        throw .unknownLink(robot: self.name, link: name, hint: hint)
    }
}

/// How much moves behind every joint of a robot, from which the ends of its chains are found.
private struct Branches {
    enum End {
        case link(Int)
        case ambiguous(at: Int)
    }

    let robot: RobotDescription
    /// For every joint: how many joints move in the branch that it starts, and how many of them by themselves.
    var moving: [Int]
    var independent: [Int]

    init(_ robot: RobotDescription) {
        self.robot = robot
        moving = Array(repeating: 0, count: robot.joints.count)
        independent = moving
        for index in robot.order.reversed() {
            let joint = robot.joints[index]
            if joint.kind != .fixed {
                moving[index] += 1
                if !joint.mimics { independent[index] += 1 }
            }
            if let parent = robot.links[joint.parent].parentJoint {
                moving[parent] += moving[index]
                independent[parent] += independent[index]
            }
        }
    }

    /// Where the chain ends that starts at a link.
    func end(below start: Int) -> End {
        var link = start, hasMoved = false
        while true {
            let carried = robot.links[link].childJoints
            let movers = carried.filter { moving[$0] > 0 }
            let substantial = movers.filter { independent[$0] > 1 }
            let next: Int
            if movers.isEmpty {
                guard carried.count == 1 else { return .link(link) }
                next = carried[0]
            } else if movers.count == 1 {
                next = movers[0]
            } else if substantial.count == 1 {
                next = substantial[0]
            } else if substantial.isEmpty, hasMoved {
                return .link(link)
            } else {
                return .ambiguous(at: link)
            }
            hasMoved = hasMoved || robot.joints[next].kind != .fixed
            link = robot.joints[next].child
        }
    }

    /// The ends of all chains below a link: at an ambiguous branching, those of every branch that moves.
    func ends(below start: Int) -> [Int] {
        var found: [Int] = [], stack = [start]
        while let link = stack.popLast() {
            switch end(below: link) {
            case .link(let end): found.append(end)
            case .ambiguous(let branching):
                let movers = robot.links[branching].childJoints.filter { moving[$0] > 0 }
                let substantial = movers.filter { independent[$0] > 1 }
                stack += (substantial.isEmpty ? movers : substantial).reversed().map { robot.joints[$0].child }
            }
        }
        return found
    }
}
