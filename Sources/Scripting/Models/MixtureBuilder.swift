import Foundation
import LuaBridge
import Mixtures
import Files
import Numerics

// avips.mixture, and mixtures in files.

extension MixtureEntries {
    /// The most components of a mixture that a script makes, and the most numbers of its covariances.
    private static let greatestCount = 10_000
    private static let greatestSize = 1 << 27

    private static let mixtureWeights = RawOption(
        "weights", "list of numbers", "the components' weights, at least 0; they must sum to 1 within 0.001 and are normalised", otherwise: "equal ones")
    private static let mixtureMeans = RawOption("means", "list of lists, or Matrix", "the components' means as rows", isRequired: true)
    private static let mixtureCovariances = RawOption(
        "covariances", "list of Matrices", "the components' covariances, symmetric within 1e-9 of the deviations' product and positive definite")
    private static let mixtureDeviations = RawOption(
        "deviations", "list of lists, or Matrix", "in place of covariances: standard deviations as rows, for independent variables", range: "above 0")

    func register() throws {
        try state.register(type)
        try state.register(Function(
            "avips.mixture", "Makes a mixture of Gaussians from numbers, or reads one that mixture:save wrote.",
            parameters: [Parameter("mixture", "table or string", "weights, means and covariances, or the path of a file", options: [
                Self.mixtureWeights, Self.mixtureMeans, Self.mixtureCovariances, Self.mixtureDeviations,
            ])],
            returns: "Mixture",
            example: Self.builtMixture + """
                assert(#mixture == 2 and math.abs(mixture:logpdf{0, 0} + math.log(4 * math.pi)) < 1e-9)
                local vips = avips.vips{ target = avips.target.two_joint_arm(), mixture = mixture, seed = 1 }
                assert(vips.components == 2)
                """
        ) { arguments in
            let slot = arguments[1]
            let mixture = slot.kind == .string ? try storedMixture(slot) : try builtMixture(arguments.options(1), of: slot)
            return .object(holding: Prediction(robot: nil, mixture: mixture))
        })
    }

    private static let builtMixture = """
        local mixture = avips.mixture{ weights = {0.5, 0.5}, means = {{0, 0}, {9, 9}}, covariances = {{{1, 0}, {0, 1}}, {{1, 0.5}, {0.5, 1}}} }

        """

    private func builtMixture(_ options: LuaBridge.Options, of slot: Slot) throws -> GaussianMixture {
        guard let meansSlot = options[Self.mixtureMeans] else { throw slot.invalid("must have means: avips.mixture{ means = {{0, 0}}, covariances = {{{1, 0}, {0, 1}}} }") }
        let means = try Self.means(meansSlot), n = means.columns
        let components: [Gaussian]
        if let deviations = options[Self.mixtureDeviations] {
            if let other = options[Self.mixtureCovariances] { throw other.invalid("does not go with deviations: one of them says how wide the components are") }
            components = try independent(means, deviations)
        } else {
            guard let covariances = options[Self.mixtureCovariances] else { throw slot.invalid("must have covariances, a list of \(n) x \(n) matrices, or deviations") }
            components = try dependent(means, covariances)
        }
        let weights = try options[Self.mixtureWeights]?.vector(count: means.rows, expected: "a list of \(means.rows.counted("number")), one a row of means")
            ?? Array(repeating: 1 / Double(means.rows), count: means.rows)
        do {
            return try GaussianMixture(validating: weights, components: components)
        } catch {
            throw options[Self.mixtureWeights]?.invalid("must be weights, got \(error)") ?? slot.invalid("\(error)")
        }
    }

    /// Means of a mixture that is not too large.
    private static func means(_ slot: Slot) throws -> Matrix {
        let means = try slot.matrix(), n = means.columns
        guard means.rows <= greatestCount, n <= TargetEntries.greatestDimension, means.rows * n * n <= greatestSize else {
            throw slot.invalid("must be at most \(greatestCount) rows of at most \(TargetEntries.greatestDimension) numbers, \(greatestSize) numbers of covariances in all")
        }
        return means
    }

    private func independent(_ means: Matrix, _ slot: Slot) throws -> [Gaussian] {
        let deviations = try slot.matrix(columns: means.columns)
        guard deviations.rows == means.rows else { throw slot.invalid("must have \(means.rows.counted("row")), one a row of means, got \(deviations.rows)") }
        guard deviations.elements.allSatisfy((1e-60...1e60).contains) else { throw slot.invalid("must have numbers from 1e-60 to 1e60") }
        return (0..<means.rows).map { Gaussian(mean: Array(means.row($0)), deviations: Array(deviations.row($0))) }
    }

    private func dependent(_ means: Matrix, _ slot: Slot) throws -> [Gaussian] {
        guard slot.kind == .table, try slot.length() == means.rows else { throw slot.mismatch("a list of \(means.rows.counted("matrix", "matrices")), one a row of means") }
        return try (0..<means.rows).map { index in
            try slot.withElement(index + 1) { element in
                do {
                    return try Gaussian(mean: Array(means.row(index)), covariance: element.matrix())
                } catch let error as MixtureError {
                    throw element.invalid("\(error)")
                }
            }
        }
    }

    // MARK: Parts of mixtures

    var marginal: Function {
        Function(
            "Mixture:marginal", "Computes the marginal mixture over some of the variables.",
            parameters: [Parameter("variables", "list of integers", "the numbers of the variables, counted from 1, in the order of the result")],
            returns: "Mixture", example: Self.builtMixture + "assert(mixture:marginal{2}.means[2][1] == 9)"
        ) { arguments in
            let prediction = try arguments.receiver(Prediction.self)
            let variables = try Self.variables(arguments[1], of: prediction.mixture)
            return .object(holding: Prediction(
                robot: nil, names: prediction.names.map { names in variables.map { names[$0] } }, mixture: try prediction.mixture.marginal(over: variables)))
        }
    }

    private static func variables(_ slot: Slot, of mixture: GaussianMixture) throws -> [Int] {
        let numbers = try slot.vector(expected: "a list of variables, counted from 1")
        let indices = numbers.compactMap { Int(exactly: $0) }.map { $0 - 1 }
        guard !indices.isEmpty, indices.count == numbers.count, Set(indices).count == indices.count, indices.allSatisfy((0..<mixture.dimension).contains) else {
            throw slot.invalid("must be whole numbers from 1 to \(mixture.dimension), none twice")
        }
        return indices
    }

    var conditioned: Function {
        Function(
            "Mixture:condition", "Conditions the mixture on known values of some variables: the mixture over the others.",
            parameters: [Parameter("known", "table", "values by the variables' numbers, counted from 1: { [2] = 0.5 }")],
            returns: "Mixture", example: Self.builtMixture + "assert(mixture:condition{ [2] = 9 }.means[2][1] == 9)"
        ) { arguments in
            let prediction = try arguments.receiver(Prediction.self), mixture = prediction.mixture
            var known: [Int: Double] = [:]
            guard arguments[1].kind == .table else { throw arguments[1].mismatch("a table of values by the variables' numbers: { [2] = 0.5 }") }
            try arguments[1].forEachEntry { key, value in
                guard key.kind == .number, let index = try? key.integer(), (1...mixture.dimension).contains(index) else {
                    throw arguments[1].invalid("must have keys from 1 to \(mixture.dimension)")
                }
                known[index - 1] = try value.number(in: -1e100...1e100)
            }
            guard known.count < mixture.dimension else { throw arguments[1].invalid("must leave a variable free") }
            let names = prediction.names.map { names in names.indices.filter { known[$0] == nil }.map { names[$0] } }
            return .object(holding: Prediction(robot: nil, names: names, mixture: mixture.conditioned(on: known)))
        }
    }

    // MARK: Files

    var save: Function {
        Function(
            "Mixture:save", "Writes the mixture: as safetensors with all bits, or as JSON with weights, means and covariances; on failure the old file is kept.",
            parameters: [Parameter("path", "string", "a name that ends in .safetensors or .json")],
            returns: "string, the path",
            example: Self.builtMixture + """
                local path = os.tmpname() .. ".json"
                mixture:save(path)
                assert(math.abs(avips.mixture(path):logpdf{1, 2} - mixture:logpdf{1, 2}) < 1e-12)
                os.remove(path)
                """
        ) { arguments in
            let mixture = try arguments.receiver(Prediction.self).mixture
            let path = try arguments[1].path()
            if path.hasSuffix(".json") {
                let value = Value.record(["weights": .numbers(mixture.weights), "means": .matrix(mixture.meansMatrix),
                                          "covariances": .list(mixture.components.map { .matrix($0.covariance) })])
                try files.write(try state.withSlot(value) { slot in
                    var writer = JSONWriter(indent: nil)
                    try writer.write(slot)
                    return writer.bytes + [UInt8(ascii: "\n")]
                }, to: path)
            } else {
                guard path.hasSuffix(".safetensors") else { throw arguments[1].invalid("must end in .safetensors or .json, got \"\(path)\"") }
                try mixture.file.write(to: files.destination(path))
            }
            return .string(path)
        }
    }

    private func storedMixture(_ slot: Slot) throws -> GaussianMixture {
        let path = try slot.path()
        if path.hasSuffix(".json") {
            var reader = JSONReader(try files.read(path))
            do {
                let value = try reader.read()
                return try state.withSlot(value) { table in
                    guard table.kind == .table else { throw MixtureError("it holds no object") }
                    func field<Result>(_ name: String, _ body: (Slot) throws -> Result) throws -> Result { try table.withField(.string(name), body) }
                    let means = try field("means") { try Self.means($0) }
                    let weights = try field("weights") { try $0.vector(count: means.rows) }
                    return try GaussianMixture(validating: weights, components: try field("covariances") { try dependent(means, $0) })
                }
            } catch {
                throw slot.invalid("names a file that holds no mixture (\"\(path)\"): \(error)")
            }
        }
        let source = try files.source(path)
        let file = try Safetensors(contentsOf: source)
        try SavedObject.mixture.check(file, path: source)
        return try GaussianMixture(file, path: source)
    }
}

extension GaussianMixture {
    /// The means as rows.
    var meansMatrix: Matrix { Matrix(rows: components.count, columns: dimension, elements: components.flatMap(\.mean)) }

    /// Weights, means, covariances, and what the last come from: factors A, packed by rows, of the precisions A·Aᵀ.
    var file: Safetensors {
        let k = components.count, n = dimension
        return Safetensors(doubles: [
            "weights": DoubleTensor(shape: [k], values: weights), "means": DoubleTensor(shape: [k, n], values: components.flatMap(\.mean)),
            "covariances": DoubleTensor(shape: [k, n, n], values: components.flatMap { $0.covariance.elements }),
            "precision_factors": DoubleTensor(shape: [k, triangleCount(n)], values: components.flatMap(\.precisionFactor)),
        ])
    }

    /// The mixture of a file; precision factors need not be there.
    ///
    /// - Throws: `SafetensorsError` that names the file.
    init(_ file: Safetensors, path: String) throws(SafetensorsError) {
        func failure(_ reason: String) -> SafetensorsError { SafetensorsError(path: path, reason: reason) }
        guard let weights = file.doubles["weights"], let means = file.doubles["means"], means.shape.count == 2, means.shape[0] > 0, means.shape[1] > 0,
              means.shape[1] <= TargetEntries.greatestDimension else { throw failure("holds no mixture: tensors weights and means of 64-bit floats are missing") }
        let k = means.shape[0], n = means.shape[1], triangle = triangleCount(n)
        let factors = file.doubles["precision_factors"], covariances = file.doubles["covariances"]
        var components: [Gaussian] = []
        for index in 0..<k {
            let mean = Array(means.values[index * n..<(index + 1) * n])
            if let factors, factors.shape == [k, triangle] {
                let factor = Array(factors.values[index * triangle..<(index + 1) * triangle])
                guard Gaussian.isSound(mean: mean, precisionFactor: factor) else { throw failure("has a component that is no Gaussian") }
                components.append(Gaussian(mean: mean, precisionFactor: factor))
                continue
            }
            guard let covariances, covariances.shape == [k, n, n] else { throw failure("holds no mixture: tensor covariances is missing or of another shape") }
            let covariance = Matrix(rows: n, columns: n, elements: Array(covariances.values[index * n * n..<(index + 1) * n * n]))
            do throws(MixtureError) { components.append(try Gaussian(mean: mean, covariance: covariance)) } catch { throw failure("has a covariance that \(error)") }
        }
        do throws(MixtureError) { try self.init(validating: weights.values, components: components) } catch { throw failure("has \(error)") }
    }
}
