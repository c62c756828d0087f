import ConditionalInference
import ConditionalModels
import LuaBridge
import Mixtures
import ModelTraining
import Numerics
import RobotModels

/// A density over x for every context c, as scripts hold it.
final class ConditionalTarget {
    /// The names of the variables.
    let names: [String]
    let density: any ContextualDensity
    let contexts: ContextSet
    /// Where components begin.
    let start: InitialMixture
    /// The robot whose configurations it is about, where they are.
    let robot: Robot?
    /// The same density for trainings, over a model's coordinates and inputs; nil where places are evaluated one by one.
    typealias Lanes = (_ space: SampleSpace, _ encoding: NumberEncoding) throws -> any DensityFamily
    private let lanes: Lanes?
    /// The same as a formula for contexts of so many points; nil where contexts are no points, or the function is no formula.
    typealias Points = (_ count: Int) throws -> any ContextualDensity
    private let points: Points?
    private var densitiesOfPoints: [Int: any ContextualDensity] = [:]
    /// Whether trainings begin with a low power of the density. One that is a distribution of its own before its contexts count, whose draws already go
    /// all ways, is climbed as it is: annealed, it begins far wider than that distribution.
    let anneals: Bool
    /// Why a function was not traced; nil where it was, or where there is none.
    let untraced: Untraced?

    init(
        names: [String], density: any ContextualDensity, contexts: ContextSet, start: InitialMixture, robot: Robot? = nil, untraced: Untraced? = nil,
        anneals: Bool = true, lanes: Lanes? = nil, points: Points? = nil
    ) {
        self.points = points
        self.anneals = anneals
        self.untraced = untraced
        self.robot = robot
        self.lanes = lanes
        self.names = names
        self.density = density
        self.contexts = contexts
        self.start = start
    }

    /// Whether a function of Lua is evaluated as a formula.
    var isTraced: Bool { lanes != nil && robot == nil }

    /// The target at a context.
    func at(_ context: [Double]) -> Target {
        if let poses = density as? PosesDensity { return Target(density: poses.target(context), robot: robot) }
        if let paths = density as? RobotPathFamily, let target = try? paths.target(context) { return Target(density: target) }
        return Target(density: DensityAtContext(density(of: context), context: context, start: start), robot: robot, names: robot == nil ? names : nil)
    }

    /// The density that answers at a context: a formula of its number of points, where there is one.
    private func density(of context: [Double]) -> any ContextualDensity {
        guard let points, case .points(_, let dimension) = contexts.shape else { return density }
        let count = context.count / dimension
        if let known = densitiesOfPoints[count] { return known }
        var found = density
        do { found = try points(count) } catch {
            // An interruption says nothing of the function.
            guard error is TracingFailure else { return density }
        }
        if densitiesOfPoints.count >= Self.keptFormulas { densitiesOfPoints.removeAll() }
        densitiesOfPoints[count] = found
        return found
    }
    private static let keptFormulas = 16

    /// The variables of a model, scaled by the prior.
    var space: SampleSpace {
        if let robot { return RobotIdentity(robot.chain).space }
        return SampleSpace(names: names, middle: start.mean, halfRange: start.deviations)
    }

    /// Where a model begins: its variables' scales, and the power of the density at which its trainings begin to climb it.
    ///
    /// Found from draws where the density is evaluated in lanes; else the prior's scales and the usual power.
    ///
    /// - Parameter adapts: whether scales are moved to where the density's mass is.
    func startingPoint(_ encoding: NumberEncoding, adapts: Bool, seed: UInt64, in state: LuaState) throws -> DensitySubject {
        var subject = DensitySubject(name: density.name, space: space)
        guard let lanes, contexts.hasContexts else { return subject }
        let count = 64, rows = try contexts.draw(count, seed: seed, in: state)
        var inputs = [Float](repeating: 0, count: count * encoding.inputCount)
        for row in 0..<count {
            for (input, number) in encoding.encode(rows.row(row)).enumerated() { inputs[input * count + row] = number }
        }
        var stream = RandomStream(seed: seed).split(-1)
        var point = StartingPoint(centre: space.names.map { _ in 0 }, deviation: space.names.map { _ in 1 })
        let widths = TargetWidths(position: 1, rotation: 1, limit: 1)
        func find(_ density: some ConditionalDensity) {
            if adapts, robot == nil { point.adapt(to: density, contexts: inputs, count: count, using: &stream) }
            if anneals { point.setTemperature(for: density, contexts: inputs, count: count, using: &stream) }
        }
        find(try lanes(space, encoding).density(widths))
        for i in subject.space.names.indices {
            subject.space.middle[i] += subject.space.halfRange[i] * point.centre[i]
            subject.space.halfRange[i] *= point.deviation[i]
        }
        guard subject.space.isSound(within: Self.farthestStart) else { return DensitySubject(name: density.name, space: space) }
        subject.firstTemperature = min(max(point.temperature, DensitySubject.temperatures.lowerBound), DensitySubject.temperatures.upperBound)
        return subject
    }

    /// A starting point beyond is that of a density that falls nowhere.
    private static let farthestStart = 1e12

    /// Whether a model can be trained on the target, not only asked with it: sets of more or fewer points than the model was made for, and contexts
    /// without data, are good for questions alone. Throws where the variables or the kinds of contexts differ.
    func canTrain(_ model: any GenerativeModel) throws -> Bool {
        try encoding(of: model).shape == contexts.shape && contexts.hasContexts
    }

    /// How a model takes its contexts; throws where it is of other variables or contexts.
    private func encoding(of model: any GenerativeModel) throws -> NumberEncoding {
        guard let encoding = model.encoder as? NumberEncoding, encoding.shape.isLike(contexts.shape), model.dimension == density.dimension else {
            throw ModelError.wrongSubject(
                expected: "\(model.subject.name) with \(model.dimension.counted("variable"))" + ((model.encoder as? NumberEncoding).map { ", given \($0.shape)" } ?? ""),
                found: "\(density.name) with \(density.dimension), given \(contexts.shape)")
        }
        return encoding
    }

    /// What a model is trained on.
    ///
    /// - Parameters:
    ///   - pairs: the contexts of pairs that the training draws from in place of its own, one per row.
    ///   - seed: where contexts that a function makes come from.
    func problem(for model: any GenerativeModel, pairs: Matrix? = nil, seed: UInt64, in state: LuaState) throws -> TrainingProblem {
        let encoding = try encoding(of: model)
        guard encoding.shape == contexts.shape else {
            throw ArgumentError("a training needs contexts as the model was made for, \(encoding.shape); those of the target \"\(density.name)\" are \(contexts.shape)")
        }
        let count = switch contexts.source {
        case .ranges, .data: Self.trials
        case .sampler, .made, .none: ContextSet.samplerCount
        }
        let drawn = try contexts.drawForTraining(count, seed: seed, in: state)
        let trial = try trial(with: drawn, seed: seed)
        let source: any PairSource = switch contexts.source {
        case .ranges(let lower, let upper): UniformContexts(dimension: model.dimension, lower: lower, upper: upper, encoding: encoding)
        case .data(let rows): StoredContexts(dimension: model.dimension, contexts: rows, encoding: encoding)
        case .sampler, .made, .none: StoredContexts(dimension: model.dimension, contexts: drawn, encoding: encoding)
        }
        let rows: Matrix? = switch contexts.source {
        case .ranges: pairs
        case .data(let rows): pairs ?? rows
        case .sampler, .made, .none: pairs ?? drawn
        }
        let bounds = contexts.bounds
        let inDoubles = ContextualDensities(
            density, space: model.space,
            contexts: KnownContexts(rows ?? Matrix(rows: 0, columns: encoding.inputCount), within: bounds, encoding: encoding))
        guard let family = try lanes?(model.space, encoding) else { return TrainingProblem(source: source, densities: inDoubles) }
        if density is TracedConditionalDensity || points != nil, let (index, difference) = trial.deviation(of: family, space: model.space, encoding: encoding) {
            state.warn("the target \"\(density.name)\" differs in single precision from double, by \(NumberText.short(difference)) nats at \(NumberText.list(trial.place(index))) "
                + "with the context \(NumberText.list(Array(trial.contexts.row(index)))); it is evaluated in double, place by place, which takes longer")
            return TrainingProblem(source: source, densities: inDoubles)
        }
        return TrainingProblem(source: source, densities: family)
    }
}

extension ConditionalTarget {
    /// Trainings take log-densities beyond for zeros and faults of the density.
    private static let greatestLogDensity = 1e24
    /// Draws of the prior that a density is tried at before it is trained on.
    private static let trials = 256

    /// The density where components begin.
    ///
    /// - Throws: `TargetError` that names the first draw of the prior and of the contexts at which the density is NaN or +∞, or that it is zero at all
    ///   of them: single precision would only show that something is wrong, not where.
    private func trial(with rows: Matrix, seed: UInt64) throws -> DensityTrial {
        let count = min(Self.trials, rows.rows), n = density.dimension
        var stream = RandomStream(seed: seed).split(-2)
        let places = (0..<count).flatMap { _ in (0..<n).map { start.mean[$0] + start.deviations[$0] * stream.normal() } }
        var values = [Double](repeating: 0, count: count)
        try density.evaluate(places, contexts: rows.elements, count: count, into: &values, gradients: nil)
        if let value = values.first(where: { $0.isFinite }), values.allSatisfy({ $0 < .infinity && abs($0) > Self.greatestLogDensity }) {
            throw TargetError(
                target: density.name,
                "is finite, but beyond what single precision counts with, at all \(count) draws of its prior, such as \(NumberText.short(value)); subtract a constant from it, "
                    + "which changes the integral alone")
        }
        func place(_ index: Int) -> [Double] { Array(places[index * n..<(index + 1) * n]) }
        if let index = values.firstIndex(where: { $0.isNaN || $0 == .infinity }) {
            try naming(Array(rows.row(index))) { throw TargetError(target: density.name, value: values[index], at: place(index)) }
        }
        guard values.allSatisfy({ $0 == -.infinity }) else { return DensityTrial(places: places, contexts: rows, values: values) }
        throw TargetError(
            target: density.name,
            "is -inf at all \(count) draws of its prior, such as \(NumberText.list(place(0))) with the context \(NumberText.list(Array(rows.row(0)))); "
                + "give a prior that reaches where the density is above zero")
    }
}

extension ContextShape {
    /// Whether contexts of both are asked in the same way.
    func isLike(_ other: ContextShape) -> Bool {
        if case .points(_, let own) = self, case .points(_, let theirs) = other { return own == theirs }
        return self == other
    }
}
