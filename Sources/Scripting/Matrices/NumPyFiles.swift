import Files
import LuaBridge
import Numerics

/// avips.npy and avips.npz: numbers to and from NumPy.
struct NumPyFiles {
    let files: () -> FileAccess

    var functions: [Function] { [read, write, readSeveral, writeSeveral] }

    /// Arrays as Lua has them: a number, a list, a Matrix; of more dimensions a Matrix whose rows run over all indices but the last.
    private static func value(_ array: NumPyArray, _ name: String) throws -> Value {
        guard array.values.count <= Limits.elements else {
            throw MatrixError(description: "\(name) has \(array.values.count) numbers, at most \(Limits.elements) are read")
        }
        switch array.shape.count {
        case 0: return .number(array.values[0])
        case 1: return .numbers(array.values)
        default:
            let columns = array.shape.last!, rows = array.shape.dropLast().reduce(1, *)
            guard rows <= Limits.elements else { throw MatrixError(description: "\(name) has \(rows) rows, at most \(Limits.elements) are read") }
            return .matrix(Matrix(rows: rows, columns: columns, elements: array.values))
        }
    }

    /// A file's whole numbers may be names of things, which one that is rounded no longer is.
    private static func warn(of array: NumPyArray, _ path: Slot, in name: String) {
        guard let rounded = array.rounded else { return }
        path.warn("rounded numbers of NumPy", "has whole numbers that 64-bit floats round, such as \(rounded) in \(name)")
    }

    private static func array(_ slot: Slot) throws -> NumPyArray {
        switch slot.value {
        case .number(let number): return NumPyArray(shape: [], values: [number])
        case .integer(let number): return NumPyArray(shape: [], values: [Double(number)])
        default: break
        }
        if slot.isVector {
            let numbers = slot.kind == .table ? try slot.series(limit: Limits.elements) : try slot.vector()
            return NumPyArray(shape: [numbers.count], values: numbers)
        }
        let matrix = try slot.matrix()
        return NumPyArray(shape: [matrix.rows, matrix.columns], values: matrix.elements)
    }

    private func decoded<Result>(_ path: String, _ body: ([UInt8]) throws -> Result) throws -> Result {
        let bytes = try files().read(path)
        do {
            return try body(bytes)
        } catch let failure as NumPyArray.Failure {
            throw MatrixError(description: "\"\(path)\" \(failure)")
        } catch let failure as ZipArchive.Failure {
            try files().stopIfAsked()
            throw MatrixError(description: "\"\(path)\" \(failure)")
        }
    }

    private static let path = Parameter("path", "string", "the file")
    private static let kinds = "a number, a list of numbers, or a Matrix; of more than two dimensions a Matrix whose rows run over all indices but the last"

    private var read: Function {
        Function(
            "avips.npy.read", "Reads an array from NumPy's `.npy` format: integers, floats of 16, 32 or 64 bits, or booleans as 0 and 1. All become 64-bit floats; whole numbers beyond 2^53 that are rounded by that are warned of.", parameters: [Self.path],
            returns: Self.kinds,
            example: """
                local path = os.tmpname()
                avips.npy.write(path, avips.matrix{ {1, 2}, {3, 4} })
                assert(avips.npy.read(path)[2][1] == 3)
                os.remove(path)
                """
        ) { arguments in
            let path = try arguments[1].path()
            return try decoded(path) { bytes in
                let array = try NumPyArray(bytes)
                Self.warn(of: array, arguments[1], in: "\"\(path)\"")
                return try Self.value(array, "\"\(path)\"")
            }
        }
    }

    private var write: Function {
        Function(
            "avips.npy.write", "Writes numbers in NumPy's `.npy` format, as 64-bit floats: `numpy.load` reads it.",
            parameters: [Self.path, Parameter("numbers", "number, list of numbers, or Matrix", "what to write")], returns: "string, the path",
            example: """
                local path = os.tmpname()
                avips.npy.write(path, avips.robot("panda"):random(10))
                assert(avips.npy.read(path).rows == 10)
                os.remove(path)
                """
        ) { arguments in
            let path = try arguments[1].path()
            let bytes = try Self.array(arguments[2]).encoded
            try files().stopIfAsked()
            try files().write(bytes, to: path)
            return .string(path)
        }
    }

    /// The bytes of all arrays of a file: as many numbers as one array may have, and headers.
    private static let archiveLimit = 8 * Limits.elements + 1 << 20

    private var readSeveral: Function {
        Function(
            "avips.npz.read", "Reads all arrays of one of NumPy's `.npz` files, compressed or not; numbers are read as `avips.npy.read` does.", parameters: [Self.path],
            returns: "table by name, each " + Self.kinds,
            example: """
                local path = os.tmpname()
                avips.npz.write(path, { q = avips.robot("panda"):random(10), weights = {0.25, 0.75} })
                assert(avips.npz.read(path).weights[2] == 0.75)
                os.remove(path)
                """
        ) { arguments in
            let path = try arguments[1].path()
            let isStopped = files().isStopped ?? { false }
            return try decoded(path) { bytes in
                var fields: [(name: String, value: Value)] = []
                for member in try ZipArchive(bytes, limit: Self.archiveLimit, isCancelled: isStopped).members {
                    try files().stopIfAsked()
                    let name = member.name.hasSuffix(".npy") ? String(member.name.dropLast(4)) : member.name
                    do {
                        let array = try NumPyArray(member.bytes)
                        Self.warn(of: array, arguments[1], in: "\"\(path)\", \"\(name)\"")
                        fields.append((name, try Self.value(array, "\"\(path)\", \"\(name)\"")))
                    } catch let failure as NumPyArray.Failure {
                        throw MatrixError(description: "\"\(path)\": \"\(name)\" \(failure)")
                    }
                }
                return .record(fields)
            }
        }
    }

    private var writeSeveral: Function {
        Function(
            "avips.npz.write", "Writes arrays by name in NumPy's `.npz` format, not compressed, as 64-bit floats: `numpy.load` reads it.",
            parameters: [Self.path, Parameter("arrays", "table by name", "numbers, lists of numbers and Matrices")], returns: "string, the path",
            example: """
                local path = os.tmpname()
                avips.npz.write(path, { mean = {1, 2}, covariance = avips.identity(2) })
                assert(avips.npz.read(path).covariance[1][1] == 1)
                os.remove(path)
                """
        ) { arguments in
            let path = try arguments[1].path()
            var members: [ZipArchive.Member] = []
            try arguments[2].forEachEntry { key, value in
                guard key.kind == .string else { throw arguments[2].mismatch("a table with names for keys") }
                try files().stopIfAsked()
                members.append(.init(name: try key.name() + ".npy", bytes: try Self.array(value).encoded))
            }
            members.sort { $0.name < $1.name }
            do {
                let bytes = try ZipArchive(members: members).encoded()
                try files().stopIfAsked()
                try files().write(bytes, to: path)
            } catch let failure as ZipArchive.Failure {
                throw MatrixError(description: "\"\(path)\" \(failure)")
            }
            return .string(path)
        }
    }
}
