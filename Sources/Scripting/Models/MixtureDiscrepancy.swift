import Evaluation
import LuaBridge
import Mixtures
import Numerics

// Mixture:mmd.

private enum KernelChoice: String, CaseIterable { case multiquadric, gaussian }

extension MixtureEntries {
    /// Pairs of places times variables of one comparison.
    private static let greatestWork = 2_000_000_000

    private static let comparedSamples = OptionKey.integer("samples", in: 2...100_000, default: 1000, "draws of each mixture")
    private static let comparingKernel = OptionKey<KernelChoice>.choice(
        "kernel", default: .multiquadric,
        "\"multiquadric\": (1 + d²/1.1827)^-0.2, for angles in rad; or \"gaussian\", scaled by the medians of the reference's squared differences")
    private static let kernelBandwidth = OptionKey.number(
        "bandwidth", in: 1e-6...1e6, default: 1, "the bandwidth of the gaussian kernel as a multiple of the medians")

    var discrepancy: Function {
        Function(
            "Mixture:mmd", "Computes the maximum mean discrepancy from another mixture, or from samples as rows: 0 for equal distributions, apart from the noise of the draws.",
            parameters: [
                Parameter("reference", "Mixture or Matrix", "another mixture, or samples, over as many variables"),
                .options([Self.comparedSamples, Self.comparingKernel, Self.kernelBandwidth, Session.seedOption]),
            ],
            returns: "number, the discrepancy; no square root is taken",
            example: """
                local vips = avips.vips{ target = avips.target.two_joint_arm(), components = 4, seed = 1 }
                local before = vips.mixture
                vips:run{ iterations = 20 }
                assert(vips.mixture:mmd(vips.mixture, { samples = 200, seed = 1 }) < before:mmd(vips.mixture, { samples = 200, seed = 1 }))
                """
        ) { arguments in
            let mixture = try arguments.receiver(Prediction.self).mixture
            let options = try arguments.options(2)
            let count = try options[Self.comparedSamples]
            let bandwidth = try options[Self.kernelBandwidth]
            let kernel: Discrepancy.Kernel = switch try options[Self.comparingKernel] {
            case .multiquadric: .multiquadric
            case .gaussian: .gaussian(bandwidth: bandwidth)
            }
            var stream = try stream(seed: options[Session.seedOption])
            let reference: Matrix
            if let box = arguments[1].boxIfPresent(Prediction.self) {
                let other = try box.read().mixture
                guard other.dimension == mixture.dimension else {
                    throw arguments[1].invalid("must be over \(mixture.dimension) variables, got a mixture over \(other.dimension)")
                }
                reference = other.samples(count, using: &stream)
            } else {
                reference = try arguments[1].matrix(columns: mixture.dimension)
                guard reference.rows > 0 else { throw arguments[1].invalid("must have at least one row") }
            }
            let rows = Double(max(count, reference.rows))
            guard rows * rows * Double(mixture.dimension) <= Double(Self.greatestWork) else {
                throw ArgumentError("\(Int(rows)) samples of \(mixture.dimension.counted("variable")) are too many to compare each with each")
            }
            let value = Discrepancy.between(mixture.samples(count, using: &stream), reference, kernel: kernel, cancellation: cancellation)
            try state.stopIfInterrupted()
            return .number(value)
        }
    }
}
