import Collision
import Numerics

/// Connects a start with the nearest of several goals by two trees that grow towards each other (RRT-Connect; Kuffner and LaValle, 2000).
struct TreeConnection {
    /// The longest step of a tree, rad.
    var range: Float = 1
    /// How far samples are followed from a node whose path towards one was blocked, and how far at least, rad.
    var domain: Float = 4
    var leastDomain: Float = 1
    var domainRate: Float = 1e-4
    private let greatestNodes: Int

    private let edges: EdgeChecker
    private let variables: [JointVariable]
    private let spans: [Float]
    private let dimension: Int
    /// What one path after the other is made in: a sample, a node, a vector, the next node.
    private let registers = Registers()
    private let sample, near, vector, next: UnsafeMutablePointer<Float>

    init(_ edges: EdgeChecker, variables: [JointVariable], greatestNodes: Int) {
        self.edges = edges
        self.greatestNodes = greatestNodes
        dimension = variables.count
        self.variables = variables
        spans = variables.map { $0.kind == .continuous ? 2 * .pi : Float($0.upper - $0.lower) }
        sample = registers.take(dimension, repeating: 0)
        near = registers.take(dimension, repeating: 0)
        vector = registers.take(dimension, repeating: 0)
        next = registers.take(dimension, repeating: 0)
    }

    /// A path from the start to one of the goals, corner by corner; nil where `isStopped` says so or the trees are full.
    ///
    /// - Returns: the corners, and the number of the goal.
    func path(
        from start: [Float], to goals: [[Float]], using stream: inout RandomStream, isStopped: () -> Bool
    ) -> (corners: [[Float]], goal: Int)? {
        defer { withExtendedLifetime(registers) {} }
        var trees = (SearchTree(dimension: dimension), SearchTree(dimension: dimension))
        trees.0.add(start, parent: -1)
        for goal in goals { trees.1.add(goal, parent: -1) }
        // A joint without limits is sampled in the turn around the start.
        let lower = variables.indices.map { variables[$0].kind == .continuous ? start[$0] - .pi : Float(variables[$0].lower) }
        let far = goals.filter { goal in variables.indices.contains { variables[$0].kind == .continuous && isFar(goal[$0], start[$0]) } }
        var growsStart = false, iterations = 0
        while trees.0.count + trees.1.count - goals.count < greatestNodes {
            iterations += 1
            if iterations & 255 == 0, isStopped() { return nil }
            // They take turns; one that is twice as large as the other waits.
            growsStart.toggle()
            if growsStart ? trees.0.count > 2 * trees.1.count : trees.1.count > 2 * trees.0.count { growsStart.toggle() }
            for i in 0..<dimension { sample[i] = lower[i] + spans[i] * Float(stream.next() &>> 40) * 0x1p-24 }
            if !far.isEmpty { spread(start, towards: far, using: &stream) }
            guard let joined = growsStart ? grow(&trees.0, towards: &trees.1) : grow(&trees.1, towards: &trees.0) else { continue }
            let (own, other) = growsStart ? joined : (joined.1, joined.0)
            let head = trees.0.branch(from: own), tail = trees.1.branch(from: other)
            var root = other
            while trees.1.parents[root] >= 0 { root = Int(trees.1.parents[root]) }
            // Both ends of the joint are the same configuration.
            return (Array(head.reversed()) + tail.dropFirst(), root)
        }
        return nil
    }

    private func isFar(_ value: Float, _ start: Float) -> Bool { abs(value - start) > .pi * (1 + 1e-5) }

    /// Moves every other sample to between the start and one of the goals that lie in other turns of joints without limits.
    private func spread(_ start: [Float], towards far: [[Float]], using stream: inout RandomStream) {
        let choice = stream.next()
        guard choice & 1 == 1 else { return }
        let goal = far[Int((choice &>> 33) % UInt64(far.count))]
        for i in 0..<dimension where variables[i].kind == .continuous && isFar(goal[i], start[i]) {
            let share = (sample[i] - start[i]) / (2 * .pi)
            sample[i] = (start[i] + goal[i]) / 2 + share * max(2 * .pi, abs(goal[i] - start[i]))
        }
    }

    /// Grows one tree towards the sample, then towards the other tree.
    ///
    /// - Returns: where they meet: the same configuration as a node of either; nil where they do not.
    private func grow(_ tree: inout SearchTree, towards other: inout SearchTree) -> (Int, Int)? {
        let (node, distance) = tree.nearest(sample)
        guard distance > 1e-6, tree.radii[node] >= distance else { return nil }
        tree.read(node, into: near)
        let share = min(1, range / distance)
        for i in 0..<dimension {
            vector[i] = (sample[i] - near[i]) * share
            next[i] = near[i] + vector[i]
        }
        guard edges.isFree(near, along: vector, length: distance * share) else {
            let radius = tree.radii[node]
            tree.radii[node] = radius == .greatestFiniteMagnitude ? domain : max(radius * (1 - domainRate), leastDomain)
            return nil
        }
        if tree.radii[node] != .greatestFiniteMagnitude { tree.radii[node] *= 1 + domainRate }
        var last = tree.add(next, parent: node)
        let (target, way) = other.nearest(next)
        other.read(target, into: near)
        let steps = max(1, Int((way / range).rounded(.up)))
        for i in 0..<dimension { vector[i] = (near[i] - next[i]) / Float(steps) }
        for step in 1...steps {
            guard edges.isFree(next, along: vector, length: way / Float(steps)) else { return nil }
            for i in 0..<dimension { next[i] = step == steps ? near[i] : next[i] + vector[i] }
            last = tree.add(next, parent: last)
        }
        return (last, target)
    }
}
