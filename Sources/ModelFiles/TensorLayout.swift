import ConditionalModels
import Files
import Numerics

/// How a flat buffer of parameters, averages or moments is cut into named tensors of a file.
struct TensorLayout {
    /// A tensor's name in files, its shape, and where it begins in the buffer.
    typealias Entry = (name: String, shape: [Int], offset: Int)

    private(set) var entries: [Entry] = []
    /// The numbers of the buffer, those between tensors included.
    let count: Int

    init(count: Int) { self.count = count }

    mutating func add(_ name: String, _ shape: [Int], at offset: Int) { entries.append((name, shape, offset)) }

    /// The tensors of a buffer, by name.
    func tensors(of buffer: AlignedFloats, prefix: String = "") -> [String: Tensor] {
        let values = buffer.array
        var result: [String: Tensor] = [:]
        for (name, shape, offset) in entries {
            result[prefix + name] = Tensor(shape: shape, values: Array(values[offset..<offset + shape.reduce(1, *)]))
        }
        return result
    }

    /// Puts named tensors together to a buffer.
    ///
    /// Shapes come first: until all of them fit, nothing is allocated by what a file declares rather than holds.
    ///
    /// - Throws: ``ModelError/invalidFile(path:reason:)`` where a tensor is missing, has another shape, or is not finite.
    func buffer(from tensors: [String: Tensor], prefix: String = "", path: String) throws(ModelError) -> AlignedFloats {
        func fail(_ name: String, _ reason: String) -> ModelError { .invalidFile(path: path, reason: "tensor '\(prefix + name)' \(reason)") }
        for (name, shape, _) in entries {
            guard let tensor = tensors[prefix + name] else { throw fail(name, "is missing") }
            guard tensor.shape == shape else { throw fail(name, "has the shape \(tensor.shape) instead of \(shape)") }
        }
        var values = [Float](repeating: 0, count: count)
        for (name, _, offset) in entries {
            let tensor = tensors[prefix + name]!
            guard tensor.values.allSatisfy(\.isFinite) else { throw fail(name, "holds numbers that are not finite") }
            values.replaceSubrange(offset..<offset + tensor.values.count, with: tensor.values)
        }
        return AlignedFloats(values)
    }
}
