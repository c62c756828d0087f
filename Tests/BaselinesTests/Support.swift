import Baselines
import ConditionalInference
import ConditionalModels
import Foundation
import ModelTraining
import Networks
import Numerics
import Testing

/// Pairs whose distribution is known: c ~ N(0, I), x = ±1.5 + 0.5·c + 0.3·ε, y = x·c/2 + 0.4·ε.
struct TwoModes: PairSource {
    let dimension = 2
    let inputCount = 1

    func draw(_ count: Int, using stream: inout RandomStream, configurations: UnsafeMutablePointer<Float>, contexts: UnsafeMutablePointer<Float>, stride: Int) {
        for column in 0..<count {
            let c = stream.normal(), x = (stream.uniform() < 0.5 ? -1.5 : 1.5) + 0.5 * c + 0.3 * stream.normal()
            contexts[column] = Float(c)
            configurations[column] = Float(x)
            configurations[stride + column] = Float(0.5 * x * c + 0.4 * stream.normal())
        }
    }

    static func logDensity(_ x: Double, _ y: Double, _ c: Double) -> Double {
        func log(_ d: Double, _ s: Double) -> Double { -0.5 * d * d / (s * s) - Foundation.log(s) - 0.5 * Foundation.log(2 * .pi) }
        let a = log(x - 1.5 - 0.5 * c, 0.3), b = log(x + 1.5 - 0.5 * c, 0.3), m = max(a, b)
        return m + Foundation.log(0.5 * exp(a - m) + 0.5 * exp(b - m)) + log(y - 0.5 * x * c, 0.4)
    }
}

/// A normal density around a line in c, times a constant e^2: its integral is known.
struct ShiftedNormal: DensityFamily, ConditionalDensity {
    let dimension = 3
    let contextCount = 2
    let scratchCount = 0
    var isUndefined = false
    var ownWidths: TargetWidths?
    /// What the density's exponent is scaled by.
    private var scale: Float = 1

    init(isUndefined: Bool = false, ownWidths: TargetWidths? = nil) {
        self.isUndefined = isUndefined
        self.ownWidths = ownWidths
    }

    /// The position's width matters to those with widths of their own alone.
    func density(_ widths: TargetWidths) -> any ConditionalDensity {
        var result = self
        if ownWidths != nil { result.scale = Float(1 / widths.position) }
        return result
    }

    static let deviations: [Float] = [0.5, 1, 0.2]
    static let logNormaliser = 2.0

    func evaluate(
        _ places: UnsafePointer<Lanes>, count: Int, contexts: UnsafePointer<Float>, stride: Int, values: UnsafeMutablePointer<Lanes>,
        gradients: UnsafeMutablePointer<Lanes>, scratch: UnsafeMutablePointer<Lanes>
    ) {
        let c = Lanes(loading: contexts), d = Lanes(loading: contexts + stride)
        for place in 0..<count {
            let means = [c, d - c, c * 0.5]
            var log = Lanes(repeating: Float(Self.logNormaliser))
            for i in 0..<3 {
                let s = Self.deviations[i], z = (places[place * 3 + i] - means[i]) / s
                log = log - z * z * 0.5 - Float(Foundation.log(Double(s)) + 0.5 * Foundation.log(2 * Double.pi))
                gradients[place * 3 + i] = -z / s * scale
            }
            values[place] = isUndefined ? Lanes(repeating: .nan) : log * scale
        }
    }
}

/// Contexts alone.
struct NormalContexts: PairSource {
    let dimension = 3
    let inputCount = 2
    var hasPoints: Bool { false }

    func draw(_ count: Int, using stream: inout RandomStream, configurations: UnsafeMutablePointer<Float>, contexts: UnsafeMutablePointer<Float>, stride: Int) {
        for column in 0..<count { for i in 0..<2 { contexts[i * stride + column] = Float(stream.normal()) } }
    }
}

func encoding(_ count: Int) -> NumberEncoding {
    NumberEncoding(shape: .row(count), offset: Array(repeating: 0, count: count), scale: Array(repeating: 1, count: count))
}

func space(_ count: Int, middle: Double = 0, halfRange: Double = 1) -> SampleSpace {
    SampleSpace(names: (1...count).map { "x\($0)" }, middle: Array(repeating: middle, count: count), halfRange: Array(repeating: halfRange, count: count))
}

func flow(_ dimension: Int, inputs: Int, _ configuration: FlowConfiguration, space given: SampleSpace? = nil) throws -> ConditionalFlow {
    let space = given ?? space(dimension)
    return try ConditionalFlow(
        subject: DensitySubject(name: "test", space: space), space: space, encoder: encoding(inputs), configuration: configuration)
}

extension AlignedFloats {
    /// The parameters of a flow that is far from the identity.
    func disturbed(_ deviation: Float, seed: UInt64) -> AlignedFloats {
        var stream = RandomStream(seed: seed), result = self
        for index in 0..<count where result[index] != 0 || index % 3 == 0 { result[index] += deviation * Float(stream.normal()) }
        return result
    }
}

func train(_ model: any TrainableModel, on problem: TrainingProblem, _ settings: TrainingSettings, threads: Int = 2) throws -> ModelTrainingState {
    var run = try ModelTrainingRun(ModelTrainingState(model, phases: [settings]), problem: problem, threads: threads)
    while !run.state.course.isFinished { try run.step() }
    return run.settled()
}

/// Steps that are cancelled, whenever that is, leave the state as it was, and the next step has the bits of one that follows none.
func expectCancelledStepsAreNone(_ model: any TrainableModel, on problem: TrainingProblem, _ settings: TrainingSettings) throws {
    var before = try ModelTrainingState(model, phases: [settings])
    let workspace = try before.makeWorkspace(problem)
    for _ in 0..<2 { _ = try before.step(workspace, threads: 2, cancellation: .never) }
    let polls = SharedCounter()
    var whole = before
    _ = try whole.step(workspace, threads: 1, cancellation: Cancellation { polls.next() < 0 })
    #expect(polls.count > 8)
    for count in 0..<polls.count {
        let own = SharedCounter()
        var state = before
        #expect(try state.step(workspace, threads: 1, cancellation: Cancellation { own.next() >= count }) == nil, "\(count) of \(polls.count) polls")
        #expect(state == before)
        _ = try state.step(workspace, threads: 2, cancellation: .never)
        #expect(state == whole)
    }
}
