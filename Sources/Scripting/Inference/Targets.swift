import Expressions
import LuaBridge
import Mixtures
import Numerics

/// avips.target and the Target type.
struct TargetEntries: Entries {
    unowned let session: Session

    /// The most variables that a target may have.
    static let greatestDimension = 1000

    func register() throws {
        try state.register(type)
        try state.register(Function(
            "avips.target", "Defines an unnormalised density for avips.vips or, with a context, a family of densities for avips.model. Where possible, logdensity is called once with symbols and traced into a formula with its derivative: a thousand times faster than the function, and evaluated by all threads.",
            parameters: [.options(isOptional: false, [
                Self.dimension, Self.logDensityOption, Self.gradientOption, Self.targetName, Self.variableNames, InitialMixture.priorOption,
                InitialMixture.meanOption, InitialMixture.deviationOption, Self.trace, Self.batched, ConditionalTargetEntries.contextOption,
            ])],
            returns: "Target; with a context ConditionalTarget",
            example: """
                local m = avips.math
                local ring = avips.target{ dimension = 2, logdensity = function(x) return -(m.norm(x) - 3)^2 + m.log(2 + m.cos(m.atan2(x[2], x[1]))) end }
                assert(ring.traced and #ring:gradient{1, 2} == 2)
                """
        ) { arguments in try scriptTarget(arguments.options(1)) })
    }

    private static let dimension = OptionKey.integer("dimension", in: 1...greatestDimension, "the number of variables; with a context at most \(ConditionalTargetEntries.greatestDimension)").required()
    private static let logDensityOption = RawOption(
        "logdensity", "function", "takes a list of numbers and returns the log density, which must depend on them alone",
        isRequired: true)
    private static let gradientOption = RawOption(
        "gradient", "function", "takes the same list, returns the gradient of logdensity as a list",
        otherwise: "the derivative of the traced formula, else finite differences")
    private static let targetName = OptionKey.string("name", default: "target", "its name in messages")
    private static let trace = OptionKey<Bool?>.flag(
        "trace", "whether logdensity becomes a formula: false keeps the function, true raises an error where it cannot be traced",
        otherwise: "if possible; target.note says why not")
    private static let batched = OptionKey.flag(
        "batched", default: false, "whether the functions take a Matrix with a row for each point, and return a list of numbers or a Matrix of gradients; they are not traced")

    private static let variableNames = RawOption("names", "list of strings", "the names of the variables, all different", otherwise: "x1, x2, ...")

    private func scriptTarget(_ options: LuaBridge.Options) throws -> Value {
        guard let dimension = try options[Self.dimension] else {
            throw ArgumentError("option dimension must be given: avips.target{ dimension = 2, logdensity = function(x) ... end }")
        }
        guard let logDensity = try options[Self.logDensityOption]?.function() else {
            throw ArgumentError("option logdensity must be given: a function that takes a list of \(dimension.counted("number")) and returns one")
        }
        let (wish, isBatched) = (try options[Self.trace], try options[Self.batched])
        if isBatched, wish == true { throw options.invalid(Self.trace, "does not go with batched, which keeps the function") }
        let name = try options[Self.targetName], gradient = try options[Self.gradientOption]?.function()
        let names = try options[Self.variableNames]?.variableNames(dimension), start = try InitialMixture(of: options, dimension: dimension)
        if let context = options[ConditionalTargetEntries.contextOption] {
            for option in [InitialMixture.meanOption, InitialMixture.deviationOption] where options[option] != nil {
                state.noteRenaming(of: "option \(option.parameter.name) of a target with a context", to: "prior = { \(option.parameter.name) = ... }")
            }
            return try ConditionalTargetEntries(session: session).make(
                context: context, names: names ?? (1...dimension).map { "x\($0)" }, start: start, logDensity: logDensity, gradient: gradient, name: name,
                trace: wish, isBatched: isBatched)
        }
        let target = ScriptTarget(
            name: name, dimension: dimension, start: start, logDensity: logDensity, gradient: gradient, isBatched: isBatched, state: state)
        guard wish ?? true, !isBatched else {
            try session.judgeGradient(of: target)
            return .object(holding: Target(density: target, names: names, untraced: .asked(isBatched ? "it takes batches" : "trace = false")))
        }
        do {
            let graph = ExpressionGraph(dimension: dimension)
            let formula = try session.trace(logDensity, [session.symbols(graph)], in: graph)
            try session.check(formula, of: logDensity, against: target)
            return .object(holding: Target(density: TracedTarget(name: target.name, start: target.start, formula: formula), names: names))
        } catch let failure as TracingFailure {
            if wish == true { throw ArgumentError("logdensity cannot be traced: \(failure)") }
            try session.judgeGradient(of: target)
            return .object(holding: Target(density: target, names: names, untraced: .because(failure)))
        }
    }

    private var type: ObjectType {
        ObjectType(
            "Target", of: Target.self, "An unnormalised density over D variables.",
            describe: { target in
                let density = target.density
                return "Target · \(density.name) · \(NumberText.counted(density.dimension, "variable"))"
                    + (target.isTraced ? " · traced" : density.hasGradient ? "" : " · no gradient") + (target.untraced?.line ?? "")
            },
            properties: [
                ObjectProperty("name", "string", "its name in messages") { .string($0.density.name) },
                ObjectProperty("dimension", "integer", "the number of variables") { .integer($0.density.dimension) },
                ObjectProperty("names", "list of strings or nil", "the names of the variables, where they have some") { $0.names.map { .list($0.map { .string($0) }) } ?? .nil },
                ObjectProperty("traced", "boolean", "whether a function of Lua is evaluated as a formula") { .boolean($0.isTraced) },
                ObjectProperty("note", "string or nil", "why a function was not traced") { ($0.untraced?.note).map { .string($0) } ?? .nil },
            ],
            methods: [logDensity, gradient])
    }

    private static let example = "local bowl = avips.target{ dimension = 1, logdensity = function(x) return -x[1]^2 end }\n"

    private var logDensity: Function {
        Function(
            "Target:logpdf", "Computes the logarithm of the density, up to a constant, in nats.",
            parameters: [
                Parameter("x", "list of numbers, or list of lists, or Matrix", "a point, or several as rows"),
                .options([AngleUnit.degrees]),
            ],
            returns: "number; for several points a list of numbers", example: Self.example + "assert(bowl:logpdf{3} == -9)"
        ) { arguments in
            let target = try arguments.receiver(Target.self), density = target.density
            let slot = arguments[1], unit = try target.unit(arguments.options(2))
            let points = try target.robot.map { try PointsAtContexts(slot, of: $0, in: unit) } ?? PointsAtContexts(slot, dimension: density.dimension)
            return try points.logDensities(in: state, density.logDensities)
        }.formerly("logdensity")
    }

    private var gradient: Function {
        Function(
            "Target:gradient", "Computes the gradient of the logarithm of the density; by central differences where the target has none of its own. At a kink it is one of the subgradients: that of a traced norm or root is 0 where it is 0.",
            parameters: [Parameter("x", "list of numbers", "a point"), .options([AngleUnit.degrees])],
            returns: "list of numbers", example: Self.example + "assert(math.abs(bowl:gradient{3}[1] + 6) < 1e-6)"
        ) { arguments in
            let target = try arguments.receiver(Target.self)
            let x = try target.place(arguments[1], in: target.unit(arguments.options(2)))
            return .numbers(try DifferentiatedTarget(target.density).evaluate(x).gradient ?? [])
        }
    }
}

extension TargetDensity {
    /// The log-densities of the rows of a matrix.
    func logDensities(_ places: Matrix) throws -> [Double] {
        var values = Array(repeating: 0.0, count: places.rows)
        try evaluate(places.elements, count: places.rows, into: &values, gradients: nil)
        return values
    }
}

extension Target {
    /// The unit of angles in a call; degrees only where it is known which variables are angles.
    fileprivate func unit(_ options: LuaBridge.Options) throws -> AngleUnit {
        let unit = try AngleUnit(options)
        if unit.isDegrees, robot == nil { throw ArgumentError("option degrees goes with a target over the joints of a robot") }
        return unit
    }

    fileprivate func place(_ slot: Slot, in unit: AngleUnit) throws -> [Double] {
        if let robot { return try slot.configuration(of: robot, in: unit) }
        return try slot.vector(count: density.dimension, expected: "a list of \(density.dimension.counted("number"))")
    }
}

extension Slot {
    /// Names of variables, all different.
    fileprivate func variableNames(_ dimension: Int) throws -> [String] {
        let length = try length()
        guard length == dimension else { throw wrongLength(length, "a list of \(dimension.counted("name"))") }
        let names = try (1...dimension).map { position in try withElement(position) { try $0.string() } }
        for (index, name) in names.enumerated() {
            guard !name.isEmpty else { throw invalid("must have names that are not empty; name \(index + 1) is") }
            if let first = names.firstIndex(of: name), first < index {
                throw invalid("must name each variable differently; \(first + 1) and \(index + 1) are both \"\(name)\"")
            }
        }
        return names
    }
}
