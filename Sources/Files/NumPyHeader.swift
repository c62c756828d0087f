import Foundation

/// The header of a `.npy` file, a dictionary in Python's syntax: `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`.
struct NumPyHeader {
    let type: NumPyType
    let isColumnMajor: Bool
    let shape: [Int]
    let count: Int

    var shapeText: String { "(" + shape.map(String.init).joined(separator: ", ") + ")" }

    init(_ bytes: ArraySlice<UInt8>) throws(NumPyArray.Failure) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let descriptor = Self.value(of: "descr", in: text) else { throw NumPyArray.Failure(description: "has a header without 'descr'") }
        guard descriptor.first == "'" || descriptor.first == "\"" else {
            throw NumPyArray.Failure(description: "holds records of several fields; arrays of numbers are read")
        }
        let name = String(descriptor.dropFirst().prefix { $0 != "'" && $0 != "\"" })
        guard let type = NumPyType(name) else {
            throw NumPyArray.Failure(description: "holds elements of type '\(name.prefix(20))'; integers, floats of up to 64 bits and booleans are read")
        }
        guard let order = Self.value(of: "fortran_order", in: text), order.hasPrefix("True") || order.hasPrefix("False") else {
            throw NumPyArray.Failure(description: "has a header without 'fortran_order'")
        }
        guard let list = Self.value(of: "shape", in: text), list.first == "(", let end = list.firstIndex(of: ")") else {
            throw NumPyArray.Failure(description: "has a header without 'shape'")
        }
        var shape: [Int] = [], count = 1
        for part in list[list.index(after: list.startIndex)..<end].split(separator: ",") {
            let digits = part.trimmingCharacters(in: .whitespaces)
            if digits.isEmpty { continue }
            guard let size = Int(digits), size >= 0, shape.count < 32 else {
                throw NumPyArray.Failure(description: "has the shape \(list[...end].prefix(60)), which is none")
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow else { throw NumPyArray.Failure(description: "has the shape \(list[...end].prefix(60)), which is too large") }
            shape.append(size)
            count = product
        }
        (self.type, isColumnMajor, self.shape, self.count) = (type, order.hasPrefix("True"), shape, count)
    }

    /// The text after a key and its colon.
    private static func value(of key: String, in text: String) -> Substring? {
        for quote in ["'", "\""] {
            guard let found = text.range(of: quote + key + quote) else { continue }
            let rest = text[found.upperBound...].drop { $0 == " " }
            if rest.first == ":" { return rest.dropFirst().drop { $0 == " " } }
        }
        return nil
    }
}

/// A type of numbers in NumPy's spelling: byte order, kind, size, as in `<f8`.
struct NumPyType {
    private enum Kind: Character { case float = "f", signed = "i", unsigned = "u", boolean = "b" }

    private let kind: Kind
    let size: Int
    private let isBigEndian: Bool

    init?(_ name: String) {
        var text = Substring(name)
        let order = text.first.map { "<>|=".contains($0) } == true ? text.removeFirst() : "<"
        guard let letter = text.first, let size = Int(text.dropFirst()) else {
            if text == "?" { (kind, self.size, isBigEndian) = (.boolean, 1, false); return }
            return nil
        }
        guard let kind = Kind(rawValue: letter) else { return nil }
        switch kind {
        case .float: guard [2, 4, 8].contains(size) else { return nil }
        case .signed, .unsigned: guard [1, 2, 4, 8].contains(size) else { return nil }
        case .boolean: guard size == 1 else { return nil }
        }
        (self.kind, self.size, isBigEndian) = (kind, size, order == ">")
    }

    /// Whether 64-bit floats of the least byte first are as this machine has them.
    static var isNative: Bool { 1.littleEndian == 1 }

    /// The numbers of so many bytes.
    func numbers(_ bytes: ArraySlice<UInt8>, count: Int) -> [Double] {
        bytes.withUnsafeBytes { raw in
            if Self.isNative, kind == .float, size == 8, !isBigEndian {
                return Array(unsafeUninitializedCapacity: count) { numbers, initialized in
                    UnsafeMutableRawBufferPointer(numbers).copyMemory(from: UnsafeRawBufferPointer(rebasing: raw[..<(8 * count)]))
                    initialized = count
                }
            }
            return (0..<count).map { number(bits(of: $0, in: raw)) }
        }
    }

    /// The digits of the first of so many whole numbers that a 64-bit float rounds.
    func firstRounded(_ bytes: ArraySlice<UInt8>, count: Int) -> String? {
        guard size == 8, kind == .signed || kind == .unsigned else { return nil }
        return bytes.withUnsafeBytes { raw in
            for index in 0..<count {
                let bits = bits(of: index, in: raw)
                if kind == .unsigned {
                    if UInt64(exactly: Double(bits)) != bits { return "\(bits)" }
                } else if Int64(exactly: Double(Int64(bitPattern: bits))) != Int64(bitPattern: bits) {
                    return "\(Int64(bitPattern: bits))"
                }
            }
            return nil
        }
    }

    private func bits(of index: Int, in raw: UnsafeRawBufferPointer) -> UInt64 {
        var bits: UInt64 = 0
        for byte in 0..<size {
            let position = isBigEndian ? byte : size - 1 - byte
            bits = bits << 8 | UInt64(raw[index * size + position])
        }
        return bits
    }

    private func number(_ bits: UInt64) -> Double {
        switch (kind, size) {
        case (.float, 8): Double(bitPattern: bits)
        case (.float, 4): Double(Float(bitPattern: UInt32(bits)))
        case (.float, _): half(UInt16(bits))
        case (.unsigned, _): Double(bits)
        case (.boolean, _): bits == 0 ? 0 : 1
        case (.signed, let size):
            Double(Int64(bitPattern: bits << UInt64(64 - 8 * size)) >> Int64(64 - 8 * size))
        }
    }

    // Float16 is not on every platform.
    private func half(_ bits: UInt16) -> Double {
        let sign: Double = bits >> 15 == 0 ? 1 : -1
        let exponent = Int(bits >> 10 & 31), fraction = Double(bits & 1023) / 1024
        switch exponent {
        case 0: return sign * fraction * 0x1p-14
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
        }
    }
}
