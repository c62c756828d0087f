import Foundation
import Mixtures
import Files
import Numerics
import VariationalInference

/// Reads the tensors of an inference's file; whatever does not fit is an error that names the file.
struct StoredNumbers {
    let file: Safetensors
    let path: String

    func failure(_ reason: String) -> SafetensorsError { SafetensorsError(path: path, reason: reason) }

    /// A tensor's numbers, which are finite or what a caller allows.
    func numbers(_ name: String, count: Int, where isAllowed: (Double) -> Bool = \.isFinite) throws(SafetensorsError) -> [Double] {
        guard let values = file.doubles[name]?.values, values.count == count else { throw failure("has no tensor '\(name)' of \(count.counted("number"))") }
        guard values.allSatisfy(isAllowed) else { throw failure("has numbers that are not finite in tensor '\(name)'") }
        return values
    }

    /// Gaussians by their means and precision factors.
    func gaussians(_ prefix: String, count: Int, dimension n: Int) throws(SafetensorsError) -> [Gaussian] {
        let triangle = triangleCount(n)
        let means = try numbers(prefix + "means", count: count * n), factors = try numbers(prefix + "precision_factors", count: count * triangle)
        var result: [Gaussian] = []
        for index in 0..<count {
            let mean = Array(means[index * n..<(index + 1) * n]), factor = Array(factors[index * triangle..<(index + 1) * triangle])
            guard Gaussian.isSound(mean: mean, precisionFactor: factor) else { throw failure("has a component that is no Gaussian") }
            result.append(Gaussian(mean: mean, precisionFactor: factor))
        }
        return result
    }

    func database(dimension: Int, capacity: Int) throws(SafetensorsError) -> SampleDatabase {
        let count = file.doubles["samples.log_densities"]?.values.count ?? 0
        guard count <= capacity else { throw failure("has more samples than it may") }
        return SampleDatabase(
            dimension: dimension, capacity: capacity, places: try numbers("samples.places", count: count * dimension),
            logDensities: try numbers("samples.log_densities", count: count) { $0 < .infinity })
    }
}

/// Values as JSON in a file's metadata; numbers that JSON does not know are texts.
enum StoredText {
    static func text(of value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    static func value<Value: Decodable>(_ type: Value.Type, from text: String) -> Value? {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try? decoder.decode(type, from: Data(text.utf8))
    }
}

extension InferenceRun {
    /// The run as text for a file's metadata.
    public var text: String { StoredText.text(of: self) }

    /// A run that a file holds; nil where it cannot be one of the state.
    public init?(_ text: String, of state: InferenceState) {
        guard let run = StoredText.value(InferenceRun.self, from: text), run.fits(state) else { return nil }
        self = run
    }
}

// What a file says is as good as what a script may say.

extension InitialMixture {
    var isSound: Bool {
        mean.count == deviations.count && mean.count == componentDeviations.count && mean.allSatisfy { abs($0) <= 1e9 }
            && (deviations + componentDeviations).allSatisfy((1e-9...1e9).contains)
    }
}

extension StepSize {
    var isSound: Bool {
        switch self {
        case .adapted(let initial, let range): initial > 0 && initial <= 1e6 && range.lowerBound > 0 && range.upperBound <= 1e6
        case .decaying(let initial, let exponent): initial > 0 && initial <= 1e6 && (0...10).contains(exponent)
        case .fixed(let value): value > 0 && value <= 1e6
        }
    }
}

extension InferenceSettings {
    var isSound: Bool {
        var isAdaptationSound = true
        if case .addAndDelete(let knobs) = adaptation { isAdaptationSound = knobs.isSound }
        return isAdaptationSound && stepSize.isSound && weightStepSize.isSound
            && (1...InferenceLimits.samplesPerComponent).contains(selection.count) && (0...100).contains(selection.reuse)
            && (1...1000).contains(weightSweeps) && (0...1e6).contains(zeroPenalty) && (1...100_000_000).contains(databaseCapacity ?? 1)
    }
}

extension AddAndDelete {
    var isSound: Bool {
        (1...1_000_000_000).contains(addInterval) && (1...1000).contains(additions) && (1...100_000).contains(deleteInterval)
            && (1...InferenceLimits.components).contains(greatestCount) && (1...1_000_000).contains(candidates)
            && (0...1_000_000).contains(priorCandidates) && (1e-30...0.5).contains(initialWeight) && (1...1000).contains(thresholds.count)
            && thresholds.allSatisfy { $0 > 0 }
    }
}
