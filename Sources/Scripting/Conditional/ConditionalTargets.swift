import ConditionalModels
import LuaBridge
import Mixtures
import Numerics

/// avips.target{ context = ... } and the ConditionalTarget type.
struct ConditionalTargetEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(type)
    }

    static let contextOption = RawOption(
        "context", "table, Matrix or function",
        "makes the target conditional, with a context c that logdensity takes as its second argument: ranges by name, { a = {-1, 1} }; a data set, one context per row; "
            + "pictures, { image = {height, width, channels}, data = rows }; sets of points, { points = {n, 3}, data = rows }, where data is needed only for training; or a function of a count and a seed that returns rows")
    static let priorOption = RawOption(
        "prior", "table", "for a conditional target, in place of mean and deviation: the Gaussian from which components start, { mean = list, deviation = number or list }", otherwise: "mean 0, deviation 1")
    static let variableNamesOption = RawOption("names", "list of strings", "for a conditional target: the names of the variables, all different", otherwise: "x1, x2, ...")

    static var conditionalTargetOptions: [any DeclaredOption] { [contextOption, priorOption, variableNamesOption] }

    /// The most variables that a conditional target may have.
    static let greatestDimension = 64

    /// A conditional target of the options of `avips.target`; nil where they name no context.
    ///
    /// - Parameters:
    ///   - wish: whether the function is to become a formula; where it can where nil.
    ///   - isBatched: whether the functions take matrices, a row for each place.
    func make(
        _ options: LuaBridge.Options, dimension: Int, logDensity: Reference, gradient: Reference?, name: String, trace wish: Bool?, isBatched: Bool
    ) throws -> Value? {
        guard let context = options[Self.contextOption] else {
            for option in [Self.priorOption, Self.variableNamesOption] {
                if let slot = options[option] { throw slot.invalid("goes with context, which makes a target conditional; use mean and deviation for one without") }
            }
            return nil
        }
        guard dimension <= Self.greatestDimension else {
            throw ArgumentError("option dimension must be at most \(Self.greatestDimension) for a target with a context, got \(dimension)")
        }
        let contexts = try ContextSet(context, in: state)
        let density = ScriptDensity(
            name: name, dimension: dimension, contexts: contexts, logDensity: logDensity, gradient: gradient, isBatched: isBatched,
            state: state)
        let start = try start(options, dimension)
        let names = try options[Self.variableNamesOption].map { try Self.variableNames($0, dimension) } ?? (1...dimension).map { "x\($0)" }
        guard wish ?? true, !isBatched else {
            try session.judgeGradient(of: density, contexts: contexts, start: start)
            return .object(holding: ConditionalTarget(
                names: names, density: density, contexts: contexts, start: start, untraced: .asked(isBatched ? "it takes batches" : "trace = false")))
        }
        do {
            return .object(holding: try traced(density, logDensity, names: names, contexts: contexts, start: start))
        } catch let failure as TracingFailure {
            if wish == true { throw ArgumentError("logdensity cannot be traced: \(failure)") }
            try session.judgeGradient(of: density, contexts: contexts, start: start)
            return .object(holding: ConditionalTarget(names: names, density: density, contexts: contexts, start: start, untraced: .because(failure)))
        }
    }

    /// The target as a formula of places and contexts.
    ///
    /// - Throws: ``TracingFailure`` where the function is none.
    private func traced(
        _ density: ScriptDensity, _ logDensity: Reference, names: [String], contexts: ContextSet, start: InitialMixture
    ) throws -> ConditionalTarget {
        let dimension = names.count, shape = contexts.shape
        let formula = try session.traceConditional(logDensity, dimension: dimension, contexts: shape)
        try session.check(formula, of: logDensity, against: density, contexts: contexts, start: start)
        let lanes: ConditionalTarget.Lanes = { space, encoding in
            TracedDensities(try session.traceConditional(logDensity, dimension: dimension, contexts: shape, units: (space, encoding)))
        }
        guard case .points(_, let coordinates) = shape else {
            return ConditionalTarget(
                names: names, density: TracedConditionalDensity(name: density.name, formula: formula), contexts: contexts, start: start, lanes: lanes)
        }
        // A formula takes as many points as trainings use; questions may come with any number, for each of which there is another formula.
        let points: ConditionalTarget.Points = { count in
            let shape = ContextShape.points(count: count, dimension: coordinates)
            return TracedConditionalDensity(name: density.name, formula: try session.traceConditional(logDensity, dimension: dimension, contexts: shape))
        }
        return ConditionalTarget(names: names, density: density, contexts: contexts, start: start, lanes: lanes, points: points)
    }

    /// Where components start: what `prior` says, or `mean` and `deviation`, as earlier versions had it.
    private func start(_ options: LuaBridge.Options, _ dimension: Int) throws -> InitialMixture {
        let former = [InitialMixture.meanOption, InitialMixture.deviationOption].filter { options[$0] != nil }
        guard let prior = options[Self.priorOption] else {
            for option in former {
                let name = option.parameter.name
                state.noteRenaming(of: "option \(name) of a target with a context", to: "prior = { \(name) = ... }")
            }
            return try InitialMixture(dimension: dimension).replaced(by: options)
        }
        if let option = former.first { throw options.invalid(option, "does not go with prior, which has a field of that name") }
        return try Self.prior(prior, dimension)
    }

    static func variableNames(_ slot: Slot, _ dimension: Int) throws -> [String] {
        let length = try slot.length()
        guard length == dimension else { throw slot.wrongLength(length, "a list of \(dimension.counted("name"))") }
        let names = try (1...dimension).map { position in try slot.withElement(position) { try $0.string() } }
        for (index, name) in names.enumerated() {
            guard !name.isEmpty else { throw slot.invalid("must have names that are not empty; name \(index + 1) is") }
            if let first = names.firstIndex(of: name), first < index { throw slot.invalid("must name each variable differently; \(first + 1) and \(index + 1) are both \"\(name)\"") }
        }
        return names
    }

    /// A Gaussian given as `{ mean = ..., deviation = ... }`.
    static func prior(_ slot: Slot, _ dimension: Int?) throws -> InitialMixture {
        guard slot.kind == .table else { throw slot.mismatch("a table with mean and deviation") }
        for name in try slot.names() where !["mean", "deviation"].contains(name) {
            throw slot.invalid("has an unknown field \"\(name)\"; it may have mean and deviation")
        }
        let mean = try slot.withField("mean") { field in
            field.isNil ? nil : try field.vector(count: dimension, expected: dimension.map { "a list of \($0.counted("number"))" })
        }
        guard let count = dimension ?? mean?.count, (1...64).contains(count) else { throw slot.invalid("must have a mean of 1 to 64 numbers") }
        let deviations = try slot.withField("deviation") { field -> [Double] in
            if field.isNil { return Array(repeating: 1, count: count) }
            let range = 1e-9...1e9
            if field.kind == .number { return Array(repeating: try field.number(in: range), count: count) }
            let numbers = try field.vector(count: count, expected: "a number, or a list of \(count.counted("number"))")
            guard numbers.allSatisfy(range.contains) else { throw field.invalid("must have numbers from 1e-9 to 1e9") }
            return numbers
        }
        let means = mean ?? Array(repeating: 0, count: count)
        guard means.allSatisfy({ abs($0) <= 1e9 }) else { throw slot.invalid("must have means from -1e9 to 1e9") }
        return InitialMixture(mean: means, deviations: deviations, componentDeviations: deviations)
    }

    /// What examples start from.
    static let example = """
        local target = avips.target{
          dimension = 2, context = { a = {-1, 1} },
          logdensity = function(x, c) return -(x[1] - c.a)^2 - (x[2]^2 - 1)^2 end,
        }

        """

    var type: ObjectType {
        ObjectType(
            "ConditionalTarget", of: ConditionalTarget.self, "An unnormalised density over D variables for every context.",
            describe: { target in
                "ConditionalTarget · \(target.density.name) · \(NumberText.counted(target.density.dimension, "variable")) · given \(target.contexts.shape)"
                    + (target.isTraced ? " · traced" : target.density.hasGradient ? "" : " · no gradient") + (target.untraced?.line ?? "")
            },
            properties: [
                ObjectProperty("name", "string", "its name in messages") { .string($0.density.name) },
                ObjectProperty("dimension", "integer", "the number of variables") { .integer($0.density.dimension) },
                ObjectProperty("names", "list of strings", "the names of the variables") { .list($0.names.map { .string($0) }) },
                ObjectProperty("traced", "boolean", "whether a function of Lua is evaluated as a formula") { .boolean($0.isTraced) },
                ObjectProperty("note", "string or nil", "why a function was not traced") { ($0.untraced?.note).map { .string($0) } ?? .nil },
            ],
            methods: [
                Function(
                    "ConditionalTarget:at", "Returns the target at a context, a density for avips.vips and figures.",
                    parameters: [Parameter("context", "table, list or Matrix", "the context: numbers by name, or a list of them")],
                    returns: "Target; for several contexts a list of Targets",
                    example: Self.example + """
                        local vips = avips.vips{ target = target:at{ a = 0.5 }, components = 2, seed = 1 }
                        vips:run{ iterations = 10 }
                        assert(target:at{ a = 0.5 }:logpdf{0.5, 1} == 0)
                        """
                ) { arguments in
                    let target = try arguments.receiver(ConditionalTarget.self)
                    switch try target.contexts.shape.read(arguments[1]) {
                    case .one(let context): return .object(holding: target.at(context))
                    case .several(let contexts): return .list(contexts.map { .object(holding: target.at($0)) })
                    }
                },
                world, paths,
                Function(
                    "ConditionalTarget:contexts", "Draws contexts as training does, one per row.",
                    parameters: [
                        Parameter("count", "integer", "how many"),
                        .options([Session.seedOption]),
                    ],
                    returns: "n-row Matrix",
                    example: Self.example + "assert(target:contexts(5, { seed = 1 }).rows == 5)"
                ) { arguments in
                    let target = try arguments.receiver(ConditionalTarget.self)
                    let count = try arguments[1].integer(in: 1...100_000)
                    guard count * target.contexts.shape.count <= Limits.elements else { throw arguments[1].invalid("makes more than \(Limits.elements) numbers") }
                    let seed = try arguments.options(2)[Session.seedOption] ?? nextSeed()
                    return .matrix(try target.contexts.draw(count, seed: seed, in: state))
                },
                Function(
                    "ConditionalTarget:logpdf", "Computes the logarithm of the density, up to a constant, in nats.",
                    parameters: [
                        Parameter("x", "list of numbers, or list of lists, or Matrix", "a point, or several as rows"),
                        Parameter("context", "table, list or Matrix", "the context of all of them, or one for each"),
                    ],
                    returns: "number; for several points a list of numbers",
                    example: Self.example + """
                        assert(target:logpdf({0.5, 1}, { a = 0.5 }) == 0)
                        assert(target:logpdf({ {0.5, 1}, {0.1, 1} }, { { a = 0.5 }, { a = 0.1 } })[2] == 0)
                        """
                ) { arguments in
                    let target = try arguments.receiver(ConditionalTarget.self), density = target.density
                    let points = try PointsAtContexts(arguments[1], dimension: density.dimension), contexts = try target.contexts.shape.read(arguments[2]).contexts
                    if contexts.count == 1 { return try points.logDensities(in: state, target.at(contexts[0]).density.logDensities) }
                    return try points.logDensities(at: contexts, arguments[2], in: state) { places, contexts in
                        var values = Array(repeating: 0.0, count: places.rows)
                        if contexts.allSatisfy({ $0.count == density.contextCount }) {
                            try density.evaluate(places.elements, contexts: contexts.flatMap { $0 }, count: places.rows, into: &values, gradients: nil)
                        } else {
                            for (row, context) in contexts.enumerated() {
                                try density.evaluate(Array(places.row(row)), at: context, count: 1, into: &values[row], gradients: nil)
                            }
                        }
                        return values
                    }
                }.formerly("logdensity"),
            ])
    }
}
