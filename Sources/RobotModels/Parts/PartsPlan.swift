import ConditionalModels
import Kinematics
import Mixtures
import Numerics
import SolutionSets

/// How a chain is cut into the parts of a model, and what each part is built from, by the chain's structure:
///
/// - as many joints first as a pose leaves free, which many components cover, thick ones;
/// - then one joint, whose few values each select a branch of the solutions: few thin components;
/// - then the rest, whose solutions are nearly unique: few thin components, and most of the time.
///
/// The parts follow one another from the base; but from the tip where one joint is surplus and the axes of the last three lie well apart, as Panda's:
/// there the wrist's joints decide among the branches, and three joints more are taken before the rest.
public struct PartsPlan: Sendable, Equatable {
    public struct Part: Sendable, Equatable {
        /// How many joints it has.
        public var joints: Int
        public var components: Int
        public var leastDeviation: Double
    }

    public let parts: [Part]
    public let isReversed: Bool
    /// The share of a training that a feasibility gets, relative to the parts.
    static let feasibilityShare = 0.25

    /// The share of a training that a part of so many joints gets: more joints are harder to regress.
    static func share(_ joints: Int) -> Double { 1 + 0.15 * Double(joints - 1) }

    /// The feasibility's tolerance after a part, m.
    static func tolerance(isFirst: Bool, of dimension: Int, isReversed: Bool) -> Double { isFirst && (isReversed || dimension == 6) ? 0.01 : 0.005 }

    /// The plan of a chain that is queried with poses; a single part where there is nothing to cut.
    public init(_ chain: Chain) {
        let n = chain.degreesOfFreedom, free = max(0, TaskRows(chain, followsRotation: true).redundancy)
        isReversed = free == 1 && n - free > 3 && Self.hasOffsetWrist(chain)
        var parts: [Part] = [], left = n
        func add(_ joints: Int, _ components: Int, _ deviation: Double) {
            parts.append(Part(joints: joints, components: components, leastDeviation: deviation))
            left -= joints
        }
        let own = isReversed ? chain.reversed() : chain
        func canCut(_ joints: Int) -> Bool { own.split(behind: n - left + joints) != nil }
        if free > 0, left > free, canCut(free) { add(free, 48, 2e-3) }
        // Poses without freedom that few joints reach have one solution.
        if left > 4, canCut(1) { add(1, 8, 2e-4) }
        if isReversed, left > 4, canCut(3) { add(3, 6, 2e-4) }
        let isAlone = parts.isEmpty
        add(left, isAlone && free > 0 ? 32 : 3, isAlone && free > 0 ? 0.0015 : 1e-4)
        self.parts = parts
    }

    /// Whether a model of the whole chain is what the plan of its chain makes.
    public static func isRecommended(_ model: ConditionalMixture) -> Bool {
        guard model.isOfRobot, !model.robot.isPartial, model.context == .pose, let chain = model.robot.chain else { return false }
        let parts = PartsPlan(chain).parts
        return parts.count == 1 && parts[0].components == model.components && parts[0].leastDeviation == model.configuration.leastDeviation
    }

    /// The share of the tip's distance from the base that the last axes must miss one point by.
    private static let offsetShare = 0.05

    /// Whether the axes of the last three joints are far from meeting in a point.
    static func hasOffsetWrist(_ chain: Chain) -> Bool {
        let n = chain.degreesOfFreedom
        guard n >= 3, chain.variables.suffix(3).allSatisfy({ $0.kind != .prismatic }) else { return false }
        var stream = RandomStream(seed: 3)
        for _ in 0..<3 {
            let q = chain.randomConfiguration(using: &stream), jacobian = chain.jacobian(q), tip = chain.forwardKinematics(q).position
            func axis(_ joint: Int) -> (point: SIMD3<Double>, direction: SIMD3<Double>) {
                let v = SIMD3(jacobian[0, joint], jacobian[1, joint], jacobian[2, joint])
                let w = SIMD3(jacobian[3, joint], jacobian[4, joint], jacobian[5, joint])
                // v = w × (tip − point) with unit w: the point of the axis that is nearest to the tip.
                return (tip - v.cross(w), w)
            }
            let a = axis(n - 3), b = axis(n - 2), c = axis(n - 1)
            let normal = a.direction.cross(b.direction), square = normal.dot(normal)
            guard square > 1e-6 else { continue }
            let across = (b.point - a.point).cross(b.direction).dot(normal) / square
            let meeting = a.point + a.direction * across
            func distance(_ line: (point: SIMD3<Double>, direction: SIMD3<Double>)) -> Double {
                let offset = (meeting - line.point).cross(line.direction)
                return offset.dot(offset).squareRoot()
            }
            if max(distance(b), distance(c)) > offsetShare * tip.dot(tip).squareRoot() { return true }
        }
        return false
    }

    /// Untrained models of the parts, in the order of the plan.
    ///
    /// - Throws: ``ModelError`` where a joint has no range.
    public func models(of chain: Chain, hidden: [Int], usesSymmetry: Bool, seed: UInt64) throws(ModelError) -> [ConditionalMixture] {
        var own = isReversed ? chain.reversed() : chain, models: [ConditionalMixture] = []
        for (index, part) in parts.enumerated() {
            let configuration = ModelConfiguration(
                components: part.components, hidden: hidden, leastDeviation: part.leastDeviation, seed: seed &+ UInt64(index))
            let isLast = index == parts.count - 1
            models.append(try ConditionalMixture(
                chain: own, leading: isLast ? nil : part.joints, usesSymmetry: usesSymmetry, configuration: configuration))
            if !isLast, let pieces = own.split(behind: part.joints) { own = pieces.rest }
        }
        return models
    }
}

extension FactoredMixture {
    /// Puts the models of a plan's parts together.
    ///
    /// - Parameter feasibilities: those that lead from each part to the next; nil where none was learned yet.
    /// - Throws: ``ModelError/mismatched(_:)`` where they are not models of the plan's parts, which must be two or more.
    public init(_ parts: [ConditionalMixture], feasibilities: [Feasibility?], plan: PartsPlan, chain: Chain) throws(ModelError) {
        guard parts.count >= 2, feasibilities.count == parts.count - 1 else { throw .mismatched("a model in parts needs two parts at least") }
        var model = try FactoredMixture(lead: parts[parts.count - 2], rest: parts[parts.count - 1])
        if let feasibility = feasibilities[parts.count - 2] { try model.adopt(feasibility) }
        for index in stride(from: parts.count - 3, through: 0, by: -1) {
            model = try FactoredMixture(lead: parts[index], rest: model)
            if let feasibility = feasibilities[index] { try model.adopt(feasibility) }
        }
        self = plan.isReversed ? try model.reversed(of: chain) : model
    }
}
