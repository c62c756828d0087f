import LuaBridge
import Numerics

/// The methods of a matrix that go over rows, columns or elements.
struct MatrixStatistics {
    var methods: [Function] { [map, times, part, sum, mean, deviation, covariance, quantile, minimum, maximum] }

    private static let data = "local m = avips.matrix{ {1, 10}, {2, 20}, {6, 60} }\n"

    // MARK: Elements

    private var map: Function {
        Function(
            "Matrix:map", "The matrix of a function's values for every element.",
            parameters: [Parameter("f", "function", "f(x, i, j): the element, its row and its column; one that is not written in Lua, such as math.sqrt, gets the element alone")], returns: "Matrix",
            example: Self.data + "assert(m:map(math.sqrt)[1][1] == 1 and m:map(function(x, i, j) return i * j end)[3][2] == 6)"
        ) { arguments in
            let matrix = try arguments.receiver(Matrix.self)
            let function = try arguments[1].function(), takesPlace = arguments[1].isLuaFunction
            var result = matrix
            for row in 0..<matrix.rows {
                try arguments.state.stopIfInterrupted()  // no hook comes between calls of native functions
                for column in 0..<matrix.columns {
                    let element = Value.number(matrix[row, column])
                    let given = takesPlace ? [element, .integer(row + 1), .integer(column + 1)] : [element]
                    switch try arguments.state.call(function, given).first ?? .nil {
                    case .number(let number): result[row, column] = number
                    case .integer(let number): result[row, column] = Double(number)
                    case let other:
                        let found = try arguments.state.withSlot(other) { $0.found }
                        throw MatrixError(description: "f must return a number, but gave \(found) for row \(row + 1), column \(column + 1)")
                    }
                }
            }
            return .matrix(result)
        }
    }

    private var times: Function {
        Function(
            "Matrix:times", "The product element by element (Hadamard), where `*` is the product of matrices.",
            parameters: [Parameter("other", "Matrix", "a matrix of the same size")], returns: "Matrix",
            example: Self.data + "assert(m:times(m)[3][1] == 36)"
        ) { .matrix(try $0.receiver(Matrix.self).combined(with: $0[1].matrix(), "multiply", $0.state.stopIfInterrupted, *)) }
    }

    private static let rows = OptionKey.integers("rows", count: 2...2, each: 1...Int.max, "the first and the last row", otherwise: "all rows")
    private static let columns = OptionKey.integers("columns", count: 2...2, each: 1...Int.max, "the first and the last column", otherwise: "all columns")

    private var part: Function {
        Function(
            "Matrix:part", "A block of adjacent rows and columns.",
            parameters: [.options(isOptional: false, [Self.rows, Self.columns])], returns: "Matrix",
            example: Self.data + "assert(m:part{ rows = {2, 3} }.rows == 2 and m:part{ columns = {2, 2} }[1][1] == 10)"
        ) { arguments in
            let matrix = try arguments.receiver(Matrix.self)
            let options = try arguments.options(1)
            func range(_ key: OptionKey<[Int]?>, _ count: Int) throws -> Range<Int> {
                guard let ends = try options[key] else { return 0..<count }
                guard ends[0] <= ends[1], ends[1] <= count else {
                    throw options.invalid(key, "must be a first and a last one of \(count), got {\(ends[0]), \(ends[1])}")
                }
                return ends[0] - 1..<ends[1]
            }
            let rows = try range(Self.rows, matrix.rows), columns = try range(Self.columns, matrix.columns)
            var elements: [Double] = []
            elements.reserveCapacity(rows.count * columns.count)
            for row in rows {
                if row % 64 == 0 { try arguments.state.stopIfInterrupted() }
                let start = row * matrix.columns
                elements += matrix.elements[start + columns.lowerBound..<start + columns.upperBound]
            }
            return .matrix(Matrix(rows: rows.count, columns: columns.count, elements: elements))
        }
    }

    // MARK: Columns

    /// A statistic of every column.
    private func statistic(
        _ name: String, _ summary: String, least: Int = 1, returns: String = "list of numbers, one per column", example: String,
        _ value: @escaping ([Double]) -> Double
    ) -> Function {
        Function("Matrix:" + name, summary, returns: returns, example: Self.data + example) { arguments in
            let matrix = try arguments.receiver(Matrix.self)
            try Self.require(least, matrix)
            return .numbers(try columns(of: matrix, arguments.state, value))
        }
    }

    /// A value of every column. An interrupt is heeded between columns.
    private func columns(of matrix: Matrix, _ state: LuaState, _ value: ([Double]) throws -> Double) throws -> [Double] {
        try (0..<matrix.columns).map { column in
            try state.stopIfInterrupted()
            return try value(Self.column(column, of: matrix))
        }
    }

    /// Numbers in order. An interrupt is heeded where there are so many that it would be waited for.
    private func sorted(_ values: [Double], _ state: LuaState) throws -> [Double] {
        guard values.count > 1_000_000 else { return values.sorted() }
        var comparisons = 0
        return try values.sorted { a, b in
            comparisons += 1
            if comparisons & 0xffff == 0 { try state.stopIfInterrupted() }
            return a < b
        }
    }

    private static func require(_ least: Int, _ matrix: Matrix) throws {
        guard matrix.rows >= least else { throw MatrixError(description: "needs at least \(least.counted("row")), got \(matrix.sizeText)") }
    }

    private static func column(_ index: Int, of matrix: Matrix) -> [Double] { (0..<matrix.rows).map { matrix[$0, index] } }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private var sum: Function { statistic("sum", "The sum of every column.", least: 0, example: "assert(m:sum()[1] == 9)") { $0.reduce(0, +) } }

    private var mean: Function { statistic("mean", "The mean of every column.", example: "assert(m:mean()[2] == 30)", Self.mean) }

    private var deviation: Function {
        statistic(
            "deviation", "The standard deviation of every column, of a sample: n − 1 in the denominator.", least: 2,
            example: "assert(math.abs(m:deviation()[1] - math.sqrt(7)) < 1e-12)"
        ) { $0.variance(around: Self.mean($0)).squareRoot() }
    }

    private var minimum: Function {
        statistic("min", "The least element of every column.", example: "assert(m:min()[2] == 10)") { $0.min()! }
    }

    private var maximum: Function {
        statistic("max", "The greatest element of every column.", example: "assert(m:max()[2] == 60)") { $0.max()! }
    }

    private var covariance: Function {
        Function(
            "Matrix:covariance", "The covariance of the columns, rows being draws: n − 1 in the denominator.", returns: "Matrix, columns × columns",
            example: Self.data + "assert(m:covariance()[1][2] == 70)"
        ) { arguments in
            let matrix = try arguments.receiver(Matrix.self)
            try Self.require(2, matrix)
            guard matrix.columns <= 4000 else { throw MatrixError(description: "needs at most 4000 columns, got \(matrix.sizeText)") }
            let means = try columns(of: matrix, arguments.state, Self.mean)
            var result = Matrix(rows: matrix.columns, columns: matrix.columns)
            for row in 0..<matrix.rows {
                if row % 16 == 0 { try arguments.state.stopIfInterrupted() }
                for i in 0..<matrix.columns {
                    let left = matrix[row, i] - means[i]
                    for j in 0...i { result[i, j] += left * (matrix[row, j] - means[j]) }
                }
            }
            for i in 0..<matrix.columns {
                for j in 0...i {
                    result[i, j] /= Double(matrix.rows - 1)
                    result[j, i] = result[i, j]
                }
            }
            return .matrix(result)
        }
    }

    private var quantile: Function {
        Function(
            "Matrix:quantile", "The quantile of every column at a share, interpolated between neighbours: 0.5 gives the medians.",
            parameters: [Parameter("share", "number", "the share", range: "0 to 1")], returns: "list of numbers, one per column",
            example: Self.data + "assert(m:quantile(0.5)[1] == 2)"
        ) { arguments in
            let matrix = try arguments.receiver(Matrix.self)
            let share = try arguments[1].number(in: 0...1)
            try Self.require(1, matrix)
            return .numbers(try columns(of: matrix, arguments.state) { values in
                guard !values.contains(where: \.isNaN) else { return .nan }
                return try sorted(values, arguments.state).quantile(share)
            })
        }
    }
}
