import Files
import LuaBridge
import Mixtures
import ModelFiles
import Numerics
import VariationalInference

// Vips:save, and avips.vips from a file.

extension Inference {
    /// Writes all that is needed to continue bit for bit; on failure the old file is kept.
    mutating func save(to path: String) throws {
        var file = state.encoded(target: target.density.name)
        log.store(in: &file)
        if let pending { file.metadata["run"] = pending.text }
        try file.write(to: path)
        ownFile = FileIdentity(path: path)
    }

    /// Takes up an inference from a file.
    init(contentsOf path: String, target: Target, threads: Int) throws {
        let file = try Safetensors(contentsOf: path)
        try SavedObject.inference.check(file, path: path)
        ownFile = FileIdentity(path: path)
        self.target = target
        state = try InferenceState(file, target: target.density, path: path, threads: threads)
        log = try InferenceLog(file, path: path)
        if let text = file.metadata["run"] {
            guard let run = InferenceRun(text, of: state) else { throw SafetensorsError(path: path, reason: "has a run that cannot be read") }
            pending = run
        }
    }
}

extension InferenceLog {
    /// Puts the rows into a file: all columns, and the weights as triples of row, identifier and weight.
    func store(in file: inout Safetensors) {
        file.doubles["log.rows"] = DoubleTensor(shape: [rows.count, Self.columns.count], values: rows.flatMap { $0 })
        let triples = weights.enumerated().flatMap { row, entries in entries.flatMap { [Double(row), Double($0.identifier), $0.weight] } }
        file.doubles["log.weights"] = DoubleTensor(shape: [triples.count / 3, 3], values: triples)
        file.metadata["log.stride"] = "\(stride)"
    }

    /// - Throws: `SafetensorsError` that names the file.
    init(_ file: Safetensors, path: String) throws {
        func failure() -> SafetensorsError { SafetensorsError(path: path, reason: "has a log that cannot be read") }
        guard let table = file.doubles["log.rows"], let triples = file.doubles["log.weights"], let stride = file.metadata["log.stride"].flatMap({ Int($0) }),
              table.shape.count == 2, table.shape[1] == Self.columns.count, table.shape[0] < Self.rowLimit, triples.shape.count == 2, triples.shape[1] == 3,
              stride > 0, (table.values + triples.values).allSatisfy(\.isFinite) else { throw failure() }
        let width = Self.columns.count
        var weights = Array(repeating: [(identifier: Int, weight: Double)](), count: table.shape[0])
        for start in Swift.stride(from: 0, to: triples.values.count, by: 3) {
            guard let row = Int(exactly: triples.values[start]), weights.indices.contains(row), let identifier = Int(exactly: triples.values[start + 1]),
                  (0..<100_000_000).contains(identifier) else { throw failure() }
            weights[row].append((identifier, triples.values[start + 2]))
        }
        // weightTable has a column for each identifier.
        let columns = (weights.flatMap { $0.map(\.identifier) }.max() ?? -1) + 1
        guard columns <= (1 << 27) / max(1, weights.count) else { throw failure() }
        self.init(rows: (0..<table.shape[0]).map { Array(table.values[$0 * width..<($0 + 1) * width]) }, weights: weights, stride: stride)
    }
}

extension VipsEntries {
    static let storedTargetOption = RawOption("target", "Target", "for a file: the target, which the file does not contain", isRequired: true)

    /// The inference of a file.
    func storedInference(_ slot: Slot, _ options: LuaBridge.Options) throws -> Inference {
        let path = try files.source(slot.path())
        guard let target = try options[Self.storedTargetOption]?.object(Target.self) else {
            try SavedObject.inference.check(Safetensors(contentsOf: path), path: path)
            throw ArgumentError("option target must be given with a file, which does not hold it: avips.vips(path, { target = target })")
        }
        return try Inference(contentsOf: path, target: target, threads: options[InferenceOptions.threads] ?? availableCores)
    }

    var save: Function {
        Function(
            "Vips:save", "Writes the inference as safetensors: mixture, samples, step sizes and log, so that avips.vips(path, { target = ... }) continues exactly where it stopped.",
            parameters: [Parameter("path", "string", "a name that ends in .safetensors")],
            returns: "string, the path",
            example: """
                local target = avips.target.two_joint_arm()
                local vips = avips.vips{ target = target, components = 4, seed = 1 }
                vips:run{ iterations = 5 }
                local path = os.tmpname() .. ".safetensors"
                vips:save(path)
                local again = avips.vips(path, { target = target })
                assert(again:run{ iterations = 5 }.elbo[10] == vips:run{ iterations = 5 }.elbo[10])
                os.remove(path)
                """
        ) { arguments in
            let path = try session.modelDestination(arguments[1])
            try arguments.receiverBox(Inference.self).update("inference") { try $0.save(to: path) }
            return .string(try arguments[1].path())
        }
    }
}
