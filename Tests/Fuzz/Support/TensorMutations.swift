import Files
import Foundation

/// libFuzzer's own mutation of bytes, which knows the dictionary and what comparisons looked for.
@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int) -> Int

/// Changes a file of tensors as a whole: a mutation of bytes leaves hardly any file whose lengths and offsets still fit, so that what stands behind
/// the header would never be reached. Metadata, shapes and numbers are changed apart, and the header is made anew; now and then bytes are changed as
/// they are.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutateTensors(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int, _ seed: CUnsignedInt) -> Int {
    var random = MutationRandom(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1)
    guard random.below(16) > 0, var file = try? Safetensors(Data(bytes: bytes, count: count), path: "input") else { return mutateBytes(bytes, count, capacity) }
    for _ in 0...random.below(3) { random.change(&file) }
    guard let changed = try? file.encoded(), changed.count <= capacity else { return mutateBytes(bytes, count, capacity) }
    changed.copyBytes(to: bytes, count: changed.count)
    return changed.count
}

private struct MutationRandom {
    var state: UInt64

    mutating func below(_ count: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 11) % max(1, count)
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element? { elements.isEmpty ? nil : elements[below(elements.count)] }

    mutating func change(_ file: inout Safetensors) {
        switch below(10) {
        case 0, 1: text(&file)
        case 2, 3, 4: number(&file)
        case 5, 6: value(&file)
        case 7: shape(&file)
        case 8: name(&file)
        default: absence(&file)
        }
    }

    /// A text of the metadata, byte by byte.
    private mutating func text(_ file: inout Safetensors) {
        guard let key = pick(file.metadata.keys.sorted()) else { return }
        var bytes = Array(file.metadata[key]!.utf8)
        let count = bytes.count
        bytes += Array(repeating: 0, count: 64)
        let changed = bytes.withUnsafeMutableBufferPointer { mutateBytes($0.baseAddress!, count, $0.count) }
        file.metadata[key] = String(decoding: bytes[..<changed], as: UTF8.self)
    }

    private static let numbers = [
        "0", "-1", "1", "2", "3", "16", "17", "64", "4096", "65536", "2147483648", "4294967296", "9223372036854775807", "-9223372036854775808", "1e17", "1e308", "-1e308",
        "1e-320", "0.5", "-0.0", "null", "true", "[]", "{}",
    ]

    /// A number within a text of the metadata.
    private mutating func number(_ file: inout Safetensors) {
        guard let key = pick(file.metadata.keys.sorted()) else { return }
        let text = file.metadata[key]!
        guard let place = pick(text.ranges(of: /-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?/)) else { return }
        file.metadata[key] = text.replacingCharacters(in: place, with: pick(Self.numbers)!)
    }

    private static let values = [0, -0.0, 1, -1, 1e-30, 1e-40, 3e38, -3e38, 1e300, -1e300, 5e-324, 1e9, -1e9, .infinity, -.infinity, .nan]

    private func names(_ file: Safetensors) -> [String] { (Array(file.tensors.keys) + Array(file.doubles.keys)).sorted() }

    /// A number of a tensor, or all of them.
    private mutating func value(_ file: inout Safetensors) {
        guard let name = pick(names(file)) else { return }
        let value = pick(Self.values)!, isWhole = below(4) == 0
        if let count = file.tensors[name]?.values.count, count > 0 {
            if isWhole { file.tensors[name]!.values = Array(repeating: Float(value), count: count) } else { file.tensors[name]!.values[below(count)] = Float(value) }
        } else if let count = file.doubles[name]?.values.count, count > 0 {
            if isWhole { file.doubles[name]!.values = Array(repeating: value, count: count) } else { file.doubles[name]!.values[below(count)] = value }
        }
    }

    /// The shape of a tensor, and the numbers that it then has.
    private mutating func shape(_ file: inout Safetensors) {
        guard let name = pick(names(file)) else { return }
        var shape = file.tensors[name]?.shape ?? file.doubles[name]!.shape
        switch below(4) {
        case 0: shape.append(1)
        case 1 where !shape.isEmpty: shape.removeLast()
        default:
            guard !shape.isEmpty else { return }
            let axis = below(shape.count)
            shape[axis] = [0, 1, shape[axis] + 1, max(0, shape[axis] - 1), 2 * shape[axis]][below(5)]
        }
        let count = shape.reduce(1, *)
        guard count <= 4096 else { return }
        if let old = file.tensors[name] {
            file.tensors[name] = Tensor(shape: shape, values: Array((old.values + Array(repeating: 1, count: count)).prefix(count)))
        } else if let old = file.doubles[name] {
            file.doubles[name] = DoubleTensor(shape: shape, values: Array((old.values + Array(repeating: 1, count: count)).prefix(count)))
        }
    }

    /// A tensor or a text under the name of another.
    private mutating func name(_ file: inout Safetensors) {
        if below(2) == 0, let from = pick(file.metadata.keys.sorted()), let to = pick(file.metadata.keys.sorted()) {
            file.metadata[to] = file.metadata[from]
        } else if let from = pick(file.tensors.keys.sorted()), let to = pick(file.tensors.keys.sorted()) {
            file.tensors[to] = file.tensors[from]
        } else if let from = pick(file.doubles.keys.sorted()), let to = pick(file.doubles.keys.sorted()) {
            file.doubles[to] = file.doubles[from]
        }
    }

    /// A tensor or a text that is missing.
    private mutating func absence(_ file: inout Safetensors) {
        let names = self.names(file)
        if below(2) == 0, let key = pick(file.metadata.keys.sorted()) {
            file.metadata[key] = nil
        } else if let name = pick(names) {
            file.tensors[name] = nil
            file.doubles[name] = nil
        }
    }
}
