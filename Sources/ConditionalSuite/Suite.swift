import ConditionalInference
import Foundation
import Numerics

/// The six conditional densities with known answers, their contexts, and the mass of their modes.
public struct Suite: Sendable {
    /// What a file of contexts holds.
    struct Contents: Decodable {
        struct Parameters: Decodable {
            var eW1: [[Double]], eb1: [Double], eW2: [[Double]]
            var fA: [[[Double]]], fb: [[Double]], fC: [[Double]]
        }

        var P: Parameters
        var C: [String: [[Double]]]
    }

    struct Truth: Decodable {
        var logZ: [Double]
        var mass: [[Double]]
    }

    /// One of the densities and how a network begins at it.
    public struct Problem: Sendable {
        public var name: String
        public var components: Int
        /// The scales of the coordinates, in which networks predict.
        public var mean: [Double]
        public var deviation: [Double]
        /// Contexts to test at, log Z there, and the mass of every class of modes.
        public var contexts: [[Double]]
        public var logZ: [Double]
        public var mass: [[Double]]
        public var density: any SuiteFormula
        /// Draws a context to train at.
        public var draw: @Sendable (inout RandomStream) -> [Double]
        /// The class of modes that a place belongs to.
        public var classify: @Sendable (_ x: [Double], _ context: [Double]) -> Int
    }

    /// By letter: a moving mixture (a), a ring (b), a path around a disc (c), a grasp of an ellipse (d), an encoder (e) and an energy policy (f).
    public let problems: [String: Problem]

    /// - Parameter directory: holds contexts.json and truth_a.json to truth_f.json.
    /// - Throws: what reading and decoding these files throw.
    public init(directory: String) throws {
        func read<T: Decodable>(_ name: String) throws -> T {
            try JSONDecoder().decode(T.self, from: Data(contentsOf: URL(fileURLWithPath: directory).appendingPathComponent(name)))
        }
        let contents: Contents = try read("contexts.json"), parameters = contents.P
        var problems: [String: Problem] = [:]
        func add(_ name: String, _ formula: some SuiteFormula, components: Int, mean: [Double], deviation: [Double],
                 draw: (@Sendable (inout RandomStream) -> [Double])? = nil, classify: @escaping @Sendable ([Double], [Double]) -> Int) throws {
            let truth: Truth = try read("truth_\(name).json"), count = formula.contextCount
            problems[name] = Problem(
                name: name, components: components, mean: mean, deviation: deviation, contexts: contents.C[name] ?? [], logZ: truth.logZ,
                mass: truth.mass, density: formula, draw: draw ?? { stream in Self.uniform(count, using: &stream) }, classify: classify)
        }
        let mixture = MovingMixture(), ring = Ring(), path = DiscPath(), grasp = EllipseGrasp()
        let encoder = Encoder(inner: parameters.eW1, biases: parameters.eb1, outer: parameters.eW2)
        let policy = EnergyPolicy(slopes: parameters.fA, biases: parameters.fb, depths: parameters.fC)
        try add("a", mixture, components: 12, mean: [0, 0], deviation: [2.5, 2.5], classify: mixture.component)
        try add("b", ring, components: 24, mean: [0, 0], deviation: [1.5, 1.5], classify: ring.sector)
        try add("c", path, components: 8, mean: (1...8).flatMap { [Double($0) / 9, 0] }, deviation: Array(repeating: 0.15, count: 16),
                classify: path.side)
        try add("d", grasp, components: 16, mean: [0, 0, 0, 0.8], deviation: [0.4, 0.4, 2, 0.4], classify: grasp.quarter)
        try add("e", encoder, components: 8, mean: [0, 0], deviation: [1, 1], draw: { stream in
            let z = [stream.normal(), stream.normal()]
            return encoder.decode(z).map { $0 + 0.3 * stream.normal() }
        }, classify: { x, _ in x[0] > 0 ? 1 : 0 })
        try add("f", policy, components: 12, mean: [0, 0], deviation: [1.2, 1.2], classify: policy.well)
        self.problems = problems
    }

    /// Context numbers uniform in [−1, 1).
    private static func uniform(_ count: Int, using stream: inout RandomStream) -> [Double] {
        var context: [Double] = []
        for _ in 0..<count { context.append(2 * stream.uniform() - 1) }
        return context
    }
}
