import LuaBridge
import Mixtures
import Numerics

/// The Mixture type.
struct MixtureEntries: Entries {
    unowned let session: Session

    var type: ObjectType {
        ObjectType(
            "Mixture", of: Prediction.self, "A mixture of Gaussians over configurations, or over the variables of a target.",
            describe: { display.spelled(ModelText.text($0, width: display.width)) },
            operators: [(.length, { .integer(try $0.operand(1, Prediction.self).mixture.components.count) })],
            table: { DataTable($0.mixture) },
            properties: [
                ObjectProperty("weights", "list of numbers", "the components' weights; they sum to 1") { .numbers($0.mixture.weights) },
                ObjectProperty("means", "K x dof Matrix", "the components' means, rad or m") { prediction in
                    let mixture = prediction.mixture
                    return .matrix(Matrix(
                        rows: mixture.components.count, columns: mixture.dimension, elements: mixture.components.flatMap(\.mean)))
                },
                ObjectProperty("covariances", "list of dof x dof Matrices", "the components' covariances, rad² or m²") { prediction in
                    .list(prediction.mixture.components.map { .matrix($0.covariance) })
                },
                ObjectProperty("components_in_use", "number", "exp of the weights' entropy: how many components are in use") {
                    .number($0.mixture.componentsInUse)
                }.formerly("in_use"),
            ],
            methods: [logpdf, sample, entropy, discrepancy, marginal, conditioned, save])
    }

    private static let example = ModelEntries.example + "local mixture = student:predict(target)\n"

    private var logpdf: Function {
        Function(
            "Mixture:logpdf", "Computes the log-density at a configuration, in nats.",
            parameters: [
                Parameter("q", "list of numbers, or list of lists, or Matrix", "a configuration, or several as rows", unit: "rad, m"),
                .options([AngleUnit.degrees]),
            ],
            returns: "number; for several configurations a list of numbers",
            example: Self.example + "print(mixture:logpdf{0.3, 0.5, -0.4})"
        ) { arguments in
            let prediction = try arguments.receiver(Prediction.self)
            let slot = arguments[1]
            let unit = try AngleUnit(arguments.options(2))
            if unit.isDegrees, prediction.robot == nil { throw ArgumentError("option degrees goes with a mixture over the joints of a robot") }
            if slot.isVector {
                if let robot = prediction.robot { return .number(prediction.mixture.logDensity(try slot.configuration(of: robot, in: unit))) }
                let dimension = prediction.mixture.dimension
                return .number(prediction.mixture.logDensity(try slot.vector(count: dimension, expected: "a list of \(dimension.counted("number"))")))
            }
            let rows = try prediction.robot.map { try slot.configurations(of: $0, in: unit) } ?? slot.matrix(columns: prediction.mixture.dimension)
            guard rows.rows <= Limits.count else { throw slot.invalid("must have at most \(Limits.count) rows") }
            guard prediction.mixture.turns.isEmpty else {
                return .numbers(try (0..<rows.rows).map { row in
                    if row % 1024 == 0 { try arguments.state.stopIfInterrupted() }
                    return prediction.mixture.logDensity(rows.row(row))
                })
            }
            let density = MixtureDensity(prediction.mixture)
            var logs = Array(repeating: 0.0, count: rows.rows)
            try rows.elements.withUnsafeBufferPointer { places in
                for start in stride(from: 0, to: rows.rows, by: 1024) {
                    try arguments.state.stopIfInterrupted()
                    guard let place = places.baseAddress else { return }
                    logs.withUnsafeMutableBufferPointer { logs in
                        density.evaluate(
                            place + start * rows.columns, count: min(1024, rows.rows - start), into: logs.baseAddress! + start, gradients: nil)
                    }
                }
            }
            return .numbers(logs)
        }
    }

    private var sample: Function {
        Function(
            "Mixture:sample", "Draws samples from the mixture.",
            parameters: [
                Parameter("count", "integer", "how many"),
                .options([Session.seedOption]),
            ],
            returns: "n x dof Matrix in rad or m",
            example: Self.example + "assert(mixture:sample(5, { seed = 1 }).rows == 5)"
        ) { arguments in
            let prediction = try arguments.receiver(Prediction.self)
            let count = try arguments[1].integer(in: 0...Limits.count)
            var stream = try stream(seed: arguments.options(2)[Session.seedOption])
            let samples = prediction.mixture.samples(count, using: &stream, cancellation: cancellation)
            guard samples.rows == count else { throw LuaError("interrupted", kind: .interrupt) }
            return .matrix(samples)
        }
    }

    private static let entropySamples = OptionKey.integer("samples", in: 2...Limits.count, default: 1000, "how many samples")

    private var entropy: Function {
        Function(
            "Mixture:entropy", "Estimates the entropy in nats from samples.",
            parameters: [.options([Self.entropySamples, Session.seedOption])],
            returns: "number, the entropy; and a number, its standard error",
            example: Self.example + "print(mixture:entropy{ seed = 1 })"
        ) { arguments in
            let prediction = try arguments.receiver(Prediction.self)
            let options = try arguments.options(1)
            let samples = try options[Self.entropySamples]
            var stream = try stream(seed: options[Session.seedOption])
            let (value, error) = prediction.mixture.entropy(samples: samples, using: &stream, cancellation: cancellation)
            if cancellation.isRequested { throw LuaError("interrupted", kind: .interrupt) }
            return .several([.number(value), .number(error)])
        }
    }
}
