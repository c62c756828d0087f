/// Finds where the chains of a robot end, if no tip is given.
///
/// From a link outward the one branch with an arm in it is followed. An arm ends at its gripper: at joints that bear the names of fingers, or where
/// the tree branches into parts with at most one variable each. Of the frames that stand still against that link, one named as the field names tool
/// frames is the tip; else fixed joints are followed as long as there is one.
struct DefaultTip {
    enum End {
        /// The tip, frames that could be meant as well, and the joints of the gripper, which are left out.
        case link(Int, others: [Int], fingers: [Int])
        case ambiguous(at: Int)
    }

    let robot: RobotDescription
    /// For every joint: how many joints move in the branch that it starts, how many of them by themselves, and how many of them are no fingers.
    private var moving: [Int]
    private var independent: [Int]
    private var unlikeFingers: [Int]

    init(_ robot: RobotDescription) {
        self.robot = robot
        moving = Array(repeating: 0, count: robot.joints.count)
        independent = moving
        unlikeFingers = moving
        for index in robot.order.reversed() {
            let joint = robot.joints[index]
            if joint.kind != .fixed {
                moving[index] += 1
                if !joint.mimics { independent[index] += 1 }
                if !FrameNames.isFinger(joint: joint.name, link: robot.links[joint.child].name) { unlikeFingers[index] += 1 }
            }
            // What floats is another robot's or no robot's.
            guard !joint.floats, let parent = robot.links[joint.parent].parentJoint else { continue }
            moving[parent] += moving[index]
            independent[parent] += independent[index]
            unlikeFingers[parent] += unlikeFingers[index]
        }
        // A hand by itself is no gripper of anything.
        if unlikeFingers.allSatisfy({ $0 == 0 }) { unlikeFingers = moving }
    }

    /// The link where chains and bodies start: the root, or what floats below it where nothing else moves.
    var start: Int {
        var link = robot.root
        while !robot.links[link].childJoints.contains(where: { !robot.joints[$0].floats && moving[$0] > 0 }) {
            let floating = below(link).flatMap { robot.links[$0].childJoints }.filter { robot.joints[$0].floats && moving[$0] > 0 }
            guard floating.count == 1 else { return link }
            link = robot.joints[floating[0]].child
        }
        return link
    }

    /// The end of the chain that starts at a link.
    func end(below start: Int) -> End {
        var link = start, hasMoved = false
        while true {
            let movers = robot.links[link].childJoints.filter { moving[$0] > 0 && !robot.joints[$0].floats }
            let arms = movers.filter { unlikeFingers[$0] > 0 && !isWheel($0) }
            let fingers = movers.filter { unlikeFingers[$0] == 0 }
            let next: Int
            if arms.isEmpty, hasMoved, let only = Self.single(movers), robot.joints[only].kind == .fixed {
                next = only
            } else if arms.isEmpty, hasMoved || movers.isEmpty {
                return ending(at: link, start, fingers: fingers)
            } else if let only = Self.single(arms.isEmpty ? movers : arms) {
                if hasMoved, isFingerBesideTool(only, on: link) { return ending(at: link, start, fingers: [only]) }
                next = only
            } else if let only = Self.single(movers.filter { independent[$0] > 1 && arms.contains($0) }) {
                next = only
            } else if hasMoved, !movers.contains(where: { independent[$0] > 1 }) {
                return ending(at: link, start, fingers: movers)
            } else if let only = Self.single(arms.filter(endsInTool)) {
                next = only
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
            case .link(let end, _, _): found.append(end)
            case .ambiguous(let branching):
                let movers = robot.links[branching].childJoints.filter { moving[$0] > 0 && !isWheel($0) }
                let substantial = movers.filter { independent[$0] > 1 }
                stack += (substantial.isEmpty ? movers : substantial).reversed().map { robot.joints[$0].child }
            }
        }
        return found
    }

    private static func single(_ joints: [Int]) -> Int? { joints.count == 1 ? joints[0] : nil }

    // MARK: Ends

    /// The best frame of those that stand still against the link where an arm ends.
    private func ending(at link: Int, _ start: Int, fingers: [Int]) -> End {
        // Up to the joint that moves the link, not above the chain's start.
        var top = link
        while top != start, let joint = robot.links[top].parentJoint, robot.joints[joint].kind == .fixed { top = robot.joints[joint].parent }
        let frames = still(against: top)
        let named = frames.compactMap { frame in FrameNames.rank(robot.links[frame].name).map { (frame: frame, rank: $0) } }
        var plain = link
        while let next = onlyFollower(of: plain, isEnd: fingers.isEmpty) { plain = next }
        // A gripper stands beyond the flange that it is mounted on.
        let chosen = named.enumerated().filter { fingers.isEmpty || $0.element.rank > 1 }
        let tip = chosen.max { ($0.element.rank, -$0.offset) < ($1.element.rank, -$1.offset) }?.element.frame ?? plain
        let others = (named.map(\.frame) + [plain]).filter { $0 != tip }
        return .link(tip, others: others, fingers: fingers)
    }

    /// The link after the only fixed joint that is followed; cameras and other sensors do not count where there is something else.
    private func onlyFollower(of link: Int, isEnd: Bool) -> Int? {
        guard isEnd else { return nil }
        let carried = robot.links[link].childJoints.filter { robot.joints[$0].kind == .fixed && !robot.joints[$0].floats }.map { robot.joints[$0].child }
        let useful = carried.filter { !FrameNames.isSensor(robot.links[$0].name) }
        return Self.single(carried.count == 1 ? carried : useful)
    }

    /// The links that fixed joints hold to a link, itself first, in the order of a walk.
    private func still(against link: Int) -> [Int] {
        var found: [Int] = [], stack = [link]
        while let link = stack.popLast() {
            found.append(link)
            stack += robot.links[link].childJoints.filter { robot.joints[$0].kind == .fixed && !robot.joints[$0].floats }
                .reversed().map { robot.joints[$0].child }
        }
        return found
    }

    /// All links below a link that no floating joint separates from it.
    private func below(_ link: Int) -> [Int] {
        var found: [Int] = [], stack = [link]
        while let link = stack.popLast() {
            found.append(link)
            stack += robot.links[link].childJoints.filter { !robot.joints[$0].floats }.map { robot.joints[$0].child }
        }
        return found
    }

    // MARK: Branches

    /// Whether a branch is one joint more, beside a frame with the name of a tool: the jaw of a gripper whose other jaw is fixed.
    private func isFingerBesideTool(_ joint: Int, on link: Int) -> Bool {
        guard moving[joint] == 1, robot.joints[joint].kind != .fixed else { return false }
        return still(against: link).contains { FrameNames.rank(robot.links[$0].name) != nil }
    }

    private func isWheel(_ joint: Int) -> Bool {
        moving[joint] > 0 && below(robot.joints[joint].child).compactMap { robot.links[$0].parentJoint }.allSatisfy {
            robot.joints[$0].kind == .fixed || robot.joints[$0].kind == .continuous && FrameNames.isWheel(joint: robot.joints[$0].name, link: robot.links[robot.joints[$0].child].name)
        }
    }

    /// Whether a branch with an arm in it holds a gripper or a frame with the name of a tool.
    private func endsInTool(_ joint: Int) -> Bool {
        independent[joint] > 1 && below(robot.joints[joint].child).contains { link in
            FrameNames.rank(robot.links[link].name) != nil || robot.links[link].childJoints.contains { moving[$0] > 0 && unlikeFingers[$0] == 0 }
        }
    }
}

extension RobotDescription.Joint {
    /// Whether the joint leaves more than one motion free, so that no chain passes it.
    var floats: Bool {
        if case .unsupportedJointType? = fault?.problem { return true }
        return false
    }
}
