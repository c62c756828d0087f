import Kinematics
import Numerics

/// Chooses the pairs of links that are checked against each other.
///
/// Left out are links that do not move against each other, neighbours along a joint, what the description says, and pairs that touch in nearly all
/// random configurations, as shapes that overlap by design do.
struct PairChoice {
    private(set) var pairs: [SIMD2<Int>] = []
    private(set) var notes: [String] = []
    private static let sampleBlocks = 64
    private static let alwaysShare = 0.9

    init(
        _ description: RobotDescription, links: [CollisionModel.Link], nodes: [CollisionModel.Node], variables: [JointVariable], usesSpheres: Bool
    ) {
        let rules = description.collisionRules
        let stated = usesSpheres ? rules.ignoredForSpheres : rules.ignoredForCapsules
        let allowed = Set(stated.flatMap { [[$0.first, $0.second], [$0.second, $0.first]] })
        let carrying = Set(links.map(\.node))
        for i in links.indices {
            for j in links.indices where j > i {
                let (a, b) = (links[i], links[j])
                if a.node == b.node || allowed.contains([a.name, b.name]) || Self.areNeighbours(a, b, nodes, carrying: carrying) { continue }
                pairs.append(SIMD2(i, j))
            }
        }
        dropOverlapping(links: links, nodes: nodes, variables: variables)
    }

    /// Whether a joint leads from one link to the other, or several with nothing that has a shape between them.
    private static func areNeighbours(_ a: CollisionModel.Link, _ b: CollisionModel.Link, _ nodes: [CollisionModel.Node], carrying: Set<Int>) -> Bool {
        func carrier(of node: Int) -> Int {
            var parent = nodes[node].parent
            while parent >= 0, !carrying.contains(parent) { parent = nodes[parent].parent }
            return parent
        }
        return (b.node >= 0 && carrier(of: b.node) == a.node) || (a.node >= 0 && carrier(of: a.node) == b.node)
    }

    /// Drops pairs that touch in nearly all random configurations.
    private mutating func dropOverlapping(links: [CollisionModel.Link], nodes: [CollisionModel.Node], variables: [JointVariable]) {
        var stream = RandomStream(seed: 1)
        let configurations = (0..<Self.sampleBlocks).map { _ in
            variables.map { variable in
                Lanes((0..<laneCount).map { _ in Float(variable.lower + (variable.upper - variable.lower) * stream.uniform()) })
            }
        }
        let total = Double(Self.sampleBlocks * laneCount)
        var dropped: [String] = []
        pairs.removeAll { pair in
            let model = CollisionModel(name: "", variables: variables, nodes: nodes, links: links, pairs: [pair], notes: [])
            let checker = CollisionChecker(model, world: nil)
            let hits = configurations.reduce(0) { sum, q in
                let mask = checker.collisions(q)
                return sum + (0..<laneCount).reduce(0) { $0 + (mask[$1] ? 1 : 0) }
            }
            guard Double(hits) >= Self.alwaysShare * total else { return false }
            dropped.append("\(links[pair.x].name) and \(links[pair.y].name)")
            return true
        }
        if !dropped.isEmpty { notes.append("not checked against each other, since their shapes nearly always overlap: " + dropped.joined(separator: "; ")) }
    }
}
