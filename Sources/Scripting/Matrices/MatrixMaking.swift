import LuaBridge
import Numerics

/// Functions that make common matrices.
struct MatrixMaking {
    var functions: [Function] { [identity, zeros, diagonal] }

    /// A size that a matrix may have.
    private static func size(_ rows: Slot, atLeast least: Int = 1, _ columns: Slot? = nil) throws -> (rows: Int, columns: Int) {
        let count = try rows.integer(in: least...Limits.elements)
        let others = try columns?.integer(in: 1...Limits.elements) ?? count
        guard count.multipliedReportingOverflow(by: others).partialValue <= Limits.elements, !count.multipliedReportingOverflow(by: others).overflow else {
            throw MatrixError(description: "at most \(Limits.elements) elements are allowed, got \(count) × \(others)")
        }
        return (count, others)
    }

    private var identity: Function {
        Function(
            "avips.identity", "Makes an identity matrix.", parameters: [Parameter("n", "integer", "rows and columns")], returns: "Matrix, n × n",
            example: "assert(avips.identity(3)[2][2] == 1)"
        ) { .matrix(.identity(try Self.size($0[1]).rows)) }
    }

    private var zeros: Function {
        Function(
            "avips.zeros", "Makes a matrix of zeros.",
            parameters: [Parameter("rows", "integer", "how many rows"), Parameter("columns", "integer", "how many columns", default: "as many as rows")],
            returns: "Matrix", example: "assert(avips.zeros(2, 3).columns == 3)"
        ) { arguments in
            let (rows, columns) = try Self.size(arguments[1], atLeast: arguments.count > 1 ? 0 : 1, arguments.optional(2))
            return .matrix(Matrix(rows: rows, columns: columns))
        }
    }

    private var diagonal: Function {
        Function(
            "avips.diagonal", "Makes a matrix from its diagonal, with zeros elsewhere; of a matrix, returns the diagonal.",
            parameters: [Parameter("values", "list of numbers or Matrix", "the diagonal, or the matrix whose diagonal is returned")],
            returns: "Matrix, or a list of numbers for a Matrix",
            example: "assert(avips.diagonal{1, 2}[2][2] == 2)\nassert(avips.diagonal(avips.identity(4))[4] == 1)"
        ) { arguments in
            if let box = arguments[1].boxIfPresent(Matrix.self) {
                let matrix = try box.read()
                return .numbers((0..<min(matrix.rows, matrix.columns)).map { matrix[$0, $0] })
            }
            let values = try arguments[1].vector()
            guard values.count * values.count <= Limits.elements else { throw MatrixError(description: "at most 7071 values are allowed, got \(values.count)") }
            var result = Matrix(rows: values.count, columns: values.count)
            for (index, value) in values.enumerated() { result[index, index] = value }
            return .matrix(result)
        }
    }
}
