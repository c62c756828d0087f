import Figures
import Foundation
import Kinematics
import Numerics

/// One figure of every kind, from values that are made up here.
enum Gallery {
    static let wrist: [Double] = [0.2, -0.5, 0, -2, 0, 1.6, 0.8]

    /// A mixture over two joints, the last component all but unused.
    static let gaussians: [GaussianShape] = [
        GaussianShape(number: 1, weight: 0.6, mean: [0.4, 0.8], covariance: Matrix(rows: 2, columns: 2, elements: [0.05, 0.02, 0.02, 0.03])),
        GaussianShape(number: 2, weight: 0.3995, mean: [-0.9, -0.4], covariance: Matrix(rows: 2, columns: 2, elements: [0.2, -0.1, -0.1, 0.08])),
        GaussianShape(number: 3, weight: 0.0005, mean: [0, 0], covariance: .identity(2)),
    ]

    static func samples(_ count: Int, dimension: Int, seed: UInt64) -> [[Double]] {
        var stream = RandomStream(seed: seed)
        return (0..<count).map { _ in (0..<dimension).map { _ in stream.normal() * 0.5 } }
    }

    static func joints(_ count: Int) throws -> Figure {
        let axes = Robots.panda.variables.prefix(count).map(JointAxis.init)
        let rows = samples(60, dimension: count, seed: 4)
        return try Figure.joints(
            subject: "panda", axes: axes, configurations: rows, components: rows.map { $0[0] < 0 ? 2 : 1 },
            gaussians: count == 2 ? gaussians : [])
    }

    static let density: Figure = {
        let size = 24
        let values = (0..<size * size).map { index -> Double in
            let (x, y) = (Double(index % size) / 4 - 3, Double(index / size) / 4 - 3)
            return Elementary.exp(-x * x - (y - x * x / 3) * (y - x * x / 3))
        }
        let map = Heatmap(x: -3...3, y: -3...3, columns: size, rows: size, values: values, limits: 0...1)
        return Figure.density(map: map, x: JointAxis(Robots.panda.variables[0]), y: JointAxis(name: "x2"), gaussians: gaussians)
    }()

    /// Three components of which one is born and one dies.
    static func weights(_ count: Int = 3) throws -> Figure {
        let rows = (0..<40).map { row in
            (0..<count).map { column -> Double in
                if column == 1 && row > 25 || column == 2 && row < 10 { return .nan }
                return (1 + 0.5 * Elementary.sin(Double(row) / 8 + Double(column))) / Double(count)
            }
        }
        return try Figure.weights(WeightHistory(steps: (0..<40).map { Double($0 * 10) }, weights: rows))
    }

    static let curves: Figure = {
        func run(_ rate: Double, _ seed: UInt64) -> [Place] {
            var stream = RandomStream(seed: seed)
            return (1...40).map { Place(Double($0), 0.3 * Elementary.exp(-rate * Double($0)) * (1 + 0.2 * stream.uniform())) }
        }
        let groups = [
            CurveGroup(name: "constant", runs: (1...3).map { run(0.02, $0) }), CurveGroup(name: "decaying", runs: (4...6).map { run(0.2, $0) }),
        ]
        let single = [CurveGroup(name: "decaying", runs: [(1...40).map { Place(Double($0), $0 == 20 ? .nan : -10 / Double($0)) }])]
        return try! Figure.curves(
            [CurvePanel(label: "position error (mm)", groups: groups), CurvePanel(label: "ELBO (nats)", groups: single)], xLabel: "step")
    }()

    static let workspace: Figure = {
        let values = (0..<120).map { index -> Double in
            let (x, y) = (Double(index % 12) - 5.5, Double(index / 12) - 4.5)
            return x * x + y * y < 20 ? x * x + y : .nan
        }
        let slice = WorkspaceSlice(
            x: -1.2...1.2, y: -1...1, names: ("x", "z"), columns: 12, rows: 10,
            quantities: [
                .init(title: "Error", label: "median (mm)", values: values),
                .init(title: "Success", label: "arrived (%)", values: values.map { 100 - $0 }, limits: 0...100),
            ])
        return try! Figure.workspace(slice.cropped, subject: "panda model")
    }()

    static let errors: Figure = {
        func sample(_ name: String, _ scale: Double) -> ErrorSample {
            let quantiles = (1...300).map { scale * (-2 * Elementary.log(1 - Double($0) / 301)).squareRoot() }
            return ErrorSample(name: name, positions: quantiles, rotations: quantiles.map { 3 * $0 })
        }
        return try! Figure.errors([sample("network alone", 0.03), sample("after one update", 0.002)])
    }()

    static let schedules: Figure = try! Figure.schedules([
        (name: "learning rate", values: (0...50).map { 1e-3 * Elementary.exp(-0.12 * Double($0)) }),
        (name: "bound", values: Array(repeating: 0.01, count: 51)),
    ])

    static let compare: Figure = try! Figure.compare(
        methods: ["network", "network and update", "flow"],
        metrics: [
            ComparedMetric(label: "position error (mm)", values: [Estimate(40, lower: 36, upper: 44), Estimate(of: [2, 3, 4]), Estimate(7.7)]),
            ComparedMetric(label: "time (s)", values: [Estimate(4e-6), Estimate(9e-6, lower: 8e-6, upper: 1e-5), Estimate(1.2e-3)]),
            ComparedMetric(label: "MMD", values: [Estimate(0.02), nil, Estimate(0.03)]),
        ])

    static func robot() throws -> Figure { try Figure.robot(Robots.panda, configuration: wrist) }

    static func chain() throws -> Figure { try Figure.chain(Robots.panda) }

    /// An arm that turns through a quarter of a circle.
    static func animation(frames: Int = 6) throws -> Animation {
        try Animation(
            frames: (0..<frames).map { index in
                let angle = Double(index) / Double(max(1, frames - 1)) * 1.57
                return try Figure.poses(robot: Robots.planar(links: 3), configurations: [[angle, 0.5, 0.3]], title: "frame \(index + 1)")
            }, seconds: 3)
    }

    /// All figures by the names of their kept files.
    static func all() throws -> [(name: String, figure: Figure)] {
        [
            ("joints", try joints(2)), ("pairs", try joints(4)), ("density", density), ("weights", try weights()), ("curves", curves),
            ("workspace", workspace), ("errors", errors), ("schedules", schedules), ("compare", compare), ("robot", try robot()),
            ("chain", try chain()),
        ]
    }
}
