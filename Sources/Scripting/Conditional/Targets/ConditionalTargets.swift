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

    /// The most variables that a conditional target may have.
    static let greatestDimension = 64

    /// A conditional target.
    ///
    /// - Parameters:
    ///   - wish: whether the function is to become a formula; where it can where nil.
    ///   - isBatched: whether the functions take matrices, a row for each place.
    func make(
        context: Slot, names: [String], start: InitialMixture, logDensity: Reference, gradient: Reference?, name: String, trace wish: Bool?, isBatched: Bool
    ) throws -> Value {
        let dimension = names.count
        guard dimension <= Self.greatestDimension else {
            throw ArgumentError("option dimension must be at most \(Self.greatestDimension) for a target with a context, got \(dimension)")
        }
        let contexts = try ContextSet(context, in: state)
        let density = ScriptDensity(
            name: name, dimension: dimension, contexts: contexts, logDensity: logDensity, gradient: gradient, isBatched: isBatched,
            state: state)
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
