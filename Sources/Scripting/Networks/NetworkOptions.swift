import LuaBridge
import ModelFiles
import Networks
import Numerics

/// The options of avips.network: the sizes of a new network.
enum NetworkOptions {
    private static let widths = 1...65536

    private static let inputs = OptionKey<Int?>.integer("inputs", in: widths, "the number of inputs", otherwise: "must be given")
    private static let outputs = OptionKey<Int?>.integer("outputs", in: widths, "the number of outputs", otherwise: "must be given")
    private static let hidden = OptionKey<[Int]>.value(
        "hidden", "list of integers", default: [64, 64], text: "{64, 64}", "the widths of the hidden layers; {} makes the network linear"
    ) { slot in
        let count = try slot.length()
        guard count <= 32 else { throw slot.invalid("must have at most 32 layers, got \(count)") }
        return try (0..<count).map { try slot.withElement($0 + 1) { try $0.integer(in: widths) } }
    }
    private static let activation = OptionKey.choice(
        "activation", default: Perceptron.Activation.tanh, "the activation function of hidden units; outputs are linear")
    private static let seed = OptionKey<UInt64?>.seed("the seed of the initial weights")

    static var declared: [any DeclaredOption] { [inputs, hidden, outputs, activation, seed] }

    /// A new network.
    static func network(_ options: LuaBridge.Options, in session: Session) throws -> Network {
        guard let inputs = try options[inputs], let outputs = try options[outputs] else {
            throw ArgumentError("options inputs and outputs must be given: avips.network{ inputs = 2, hidden = {16}, outputs = 1 }")
        }
        let widths = [inputs] + (try options[hidden]) + [outputs]
        guard Perceptron.parameterCount(widths: widths) <= Perceptron.greatestParameterCount else {
            throw ArgumentError("a network may have at most \(Perceptron.greatestParameterCount) parameters, got \(Perceptron.parameterCount(widths: widths))")
        }
        var stream = RandomStream(seed: try options[seed] ?? session.nextSeed())
        return Network(Perceptron(widths: widths, activation: try options[activation], using: &stream))
    }
}
