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

    public let problems: [String: Problem]

    /// - Parameter directory: holds contexts.json and truth_X.json.
    public init(directory: String) throws {
        func read<T: Decodable>(_ name: String) throws -> T {
            try JSONDecoder().decode(T.self, from: Data(contentsOf: URL(fileURLWithPath: directory).appendingPathComponent(name)))
        }
        let contents: Contents = try read("contexts.json"), parameters = contents.P
        let encoder = Encoder(inner: parameters.eW1, biases: parameters.eb1, outer: parameters.eW2)
        let policy = EnergyPolicy(slopes: parameters.fA, biases: parameters.fb, depths: parameters.fC)
        var problems: [String: Problem] = [:]
        func add(_ name: String, _ formula: some SuiteFormula, components: Int, mean: [Double], deviation: [Double],
                 draw: (@Sendable (inout RandomStream) -> [Double])? = nil, classify: @escaping @Sendable ([Double], [Double]) -> Int) throws {
            let truth: Truth = try read("truth_\(name).json"), count = formula.contextCount
            problems[name] = Problem(
                name: name, components: components, mean: mean, deviation: deviation, contexts: contents.C[name] ?? [], logZ: truth.logZ,
                mass: truth.mass, density: formula,
                draw: draw ?? { stream in
                var context: [Double] = []
                for _ in 0..<count { context.append(2 * stream.uniform() - 1) }
                return context
            }, classify: classify)
        }
        try add("a", MovingMixture(), components: 12, mean: [0, 0], deviation: [2.5, 2.5]) { x, c in
            Self.nearest(x, (0..<4).map { (j: Int) -> [Double] in
                let angle: Double = Double(j) * Double.pi / 2 + Double.pi / 4 * c[0]
                let radius: Double = 2.5 + c[1]
                let logWeight = [c[0], c[1], -c[0], -c[1]][j]
                return [radius * cos(angle), radius * sin(angle), angle + c[1] * Double.pi / 4, logWeight]
            }, scales: [0.5, 0.2])
        }
        try add("b", Ring(), components: 24, mean: [0, 0], deviation: [1.5, 1.5]) { x, c in
            let turn: Double = (atan2(x[1] - c[1], x[0] - c[0]) + Double.pi) / (2 * Double.pi)
            return Int((12 * turn).rounded(.down)) % 12
        }
        try add("c", DiscPath(), components: 8, mean: (1...8).flatMap { [Double($0) / 9, 0] }, deviation: Array(repeating: 0.15, count: 16),
                classify: Self.side)
        try add("d", EllipseGrasp(), components: 16, mean: [0, 0, 0, 0.8], deviation: [0.4, 0.4, 2, 0.4]) { x, c in
            let quarter = Int((x[2] / (Double.pi / 2) - c[2]).rounded()) + 4
            return ((quarter % 9) + 9) % 9
        }
        try add("e", encoder, components: 8, mean: [0, 0], deviation: [1, 1], draw: { stream in
            let z = [stream.normal(), stream.normal()]
            return encoder.decode(z).map { $0 + 0.3 * stream.normal() }
        }, classify: { x, _ in x[0] > 0 ? 1 : 0 })
        try add("f", policy, components: 12, mean: [0, 0], deviation: [1.2, 1.2]) { x, c in
            var best = 0, most = -Double.infinity
            for (j, well) in policy.wells(c).enumerated() {
                let dx = x[0] - well.x, dy = x[1] - well.y
                let value: Double = well.depth - (dx * dx + dy * dy) / 0.245
                if value > most { (most, best) = (value, j) }
            }
            return best
        }
        self.problems = problems
    }

    /// The Gaussian whose log-density is greatest, of those given by place, angle and log-weight.
    private static func nearest(_ x: [Double], _ places: [[Double]], scales: [Double]) -> Int {
        var best = 0, least = Double.infinity
        for (j, place) in places.enumerated() {
            let dx = x[0] - place[0], dy = x[1] - place[1]
            let u = (cos(place[2]) * dx + sin(place[2]) * dy) / scales[0], v = (cos(place[2]) * dy - sin(place[2]) * dx) / scales[1]
            let energy = u * u + v * v - 2 * place[3]
            if energy < least { (least, best) = (energy, j) }
        }
        return best
    }

    /// The side on which a path passes the disc's centre.
    private static func side(_ x: [Double], _ c: [Double]) -> Int {
        let centre = (0.5 + 0.2 * c[0], 0.15 * c[1])
        var (px, py) = (0.0, 0.0), sum = 0.0, count = 0
        for i in 0..<9 {
            let (qx, qy) = i < 8 ? (x[2 * i], x[2 * i + 1]) : (1, 0)
            if px <= centre.0, qx > centre.0 {
                sum += py + (qy - py) * (centre.0 - px) / (abs(qx - px) < 1e-9 ? 1e-9 : qx - px)
                count += 1
            }
            (px, py) = (qx, qy)
        }
        return sum / Double(max(1, count)) > centre.1 ? 1 : 0
    }
}

extension EnergyPolicy {
    /// Where the wells are, and how deep.
    func wells(_ c: [Double]) -> [(x: Double, y: Double, depth: Double)] {
        var k = [Double](repeating: 0, count: constantCount)
        k.withUnsafeMutableBufferPointer { k in c.withUnsafeBufferPointer { prepare($0.baseAddress!, into: k.baseAddress!) } }
        return (0..<5).map { (k[3 * $0], k[3 * $0 + 1], k[3 * $0 + 2] * 0.1) }
    }
}
