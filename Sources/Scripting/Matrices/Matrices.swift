import LuaBridge
import Numerics

/// avips.matrix and the Matrix type.
struct MatrixEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(matrixType)
        try state.register(matrixRowType)
        try state.register(Function(
            "avips.matrix", "Makes a matrix of double-precision numbers.",
            parameters: [Parameter("rows", "list of lists of numbers", "the rows, all of one length; a single list of numbers makes one row")],
            returns: "Matrix",
            example: """
                local m = avips.matrix{ {1, 2}, {3, 4} }
                assert(m.rows == 2 and m[2][1] == 3)
                print(m * m + 1)
                """
        ) { arguments in
            let slot = arguments[1]
            if slot.kind == .table, slot.isVector, try slot.length() > 0 {
                let numbers = try slot.vector()
                return .matrix(Matrix(rows: 1, columns: numbers.count, elements: numbers))
            }
            return .matrix(try slot.matrix())
        })
        try MatrixMaking().functions.forEach(state.register)
        try RandomNumbers(stream: { stream(seed: $0) }).functions.forEach(state.register)
        try NumPyFiles(files: { files }).functions.forEach(state.register)
    }

    private var matrixType: ObjectType {
        ObjectType(
            "Matrix", of: Matrix.self, "A matrix of double-precision numbers; `m[i][j]` is an element, counted from 1.",
            describe: { display.spelled(MatrixText(matrix: $0, style: display).text) },
            element: { matrix, row in
                (1...max(1, matrix.rows)).contains(row) && matrix.rows > 0 ? .object(holding: MatrixRow(matrix: matrix, row: row - 1)) : .nil
            },
            elementType: "MatrixRow",
            operators: matrixOperators,
            value: { matrix in
                .list(try (0..<matrix.rows).map { row in
                    if row % 1024 == 0 { try Interrupt.process.stopIfRaised() }
                    return .numbers(Array(matrix.row(row)))
                })
            },
            table: { try DataTable($0) },
            properties: [
                ObjectProperty("rows", "integer", "the number of rows") { .integer($0.rows) },
                ObjectProperty("columns", "integer", "the number of columns") { .integer($0.columns) }.formerly("cols"),
            ],
            methods: matrixMethods)
    }

    private var matrixMethods: [Function] {
        let rowExample = "local m = avips.matrix{ {1, 2}, {3, 4} }\n"
        return [
            Function(
                "Matrix:row", "A row as a list of numbers.", parameters: [Parameter("i", "integer", "the row, counted from 1")],
                returns: "list of numbers", example: rowExample + "assert(m:row(2)[1] == 3)"
            ) { arguments in
                let matrix = try arguments.receiver(Matrix.self)
                let row = try arguments[1].integer(in: 1...max(1, matrix.rows))
                return .numbers(matrix.rows == 0 ? [] : Array(matrix.row(row - 1)))
            },
            Function(
                "Matrix:column", "A column as a list of numbers.", parameters: [Parameter("j", "integer", "the column, counted from 1")],
                returns: "list of numbers", example: rowExample + "assert(m:column(2)[1] == 2)"
            ) { arguments in
                let matrix = try arguments.receiver(Matrix.self)
                let column = try arguments[1].integer(in: 1...max(1, matrix.columns))
                return .numbers((0..<matrix.rows).map { matrix[$0, column - 1] })
            },
            Function(
                "Matrix:table", "All rows as a list of lists of numbers.", returns: "list of lists of numbers",
                example: rowExample + "assert(m:table()[2][2] == 4)"
            ) { arguments in
                let matrix = try arguments.receiver(Matrix.self)
                return .rows(count: matrix.rows, columns: matrix.columns, matrix.elements)
            },
            Function(
                "Matrix:transpose", "The matrix with rows and columns exchanged.", returns: "Matrix",
                example: rowExample + "assert(m:transpose()[1][2] == 3)"
            ) { arguments in .matrix(try arguments.receiver(Matrix.self).transposed(arguments.state.stopIfInterrupted)) },
        ] + MatrixAlgebra(cancellation: cancellation).methods + MatrixStatistics().methods
    }

    // A row as an object, for `m[i][j]`.
    private var matrixRowType: ObjectType {
        ObjectType(
            "MatrixRow", of: MatrixRow.self, "A row of a matrix, accepted wherever a list of numbers is.",
            describe: { row in
                display.spelled(MatrixText(matrix: Matrix(rows: 1, columns: row.matrix.columns, elements: row.numbers), style: display)
                    .text.replacingHeader("Row \(row.row + 1) of \(row.matrix.rows)"))
            },
            element: { row, column in
                column >= 1 && column <= row.matrix.columns ? .number(row.matrix[row.row, column - 1]) : .nil
            },
            operators: [(.length, { .integer(try $0.operand(1, MatrixRow.self).matrix.columns) })] + NumberListEntries.operators,
            value: { .numbers($0.numbers) },
            table: { DataTable(columns: nil, rows: [$0.numbers.map { .number($0) }]) },
            methods: [
                Function(
                    "MatrixRow:table", "The row as a list of numbers.", returns: "list of numbers",
                    example: "local m = avips.matrix{ {1, 2}, {3, 4} }\nassert(#m[2]:table() == 2)"
                ) { .numbers(try $0.receiver(MatrixRow.self).numbers) }
            ] + NumberListEntries.methods("MatrixRow", example: "local m = avips.matrix{ {1, 2}, {3, 4} }\nlocal row = m[2]\n", of: "row"))
    }

    // MARK: Operators

    private var matrixOperators: [(ObjectType.Operator, (Arguments) throws -> Value)] {
        let cancellation = self.cancellation
        return [
            (.length, { .integer(try $0.operand(1, Matrix.self).rows) }),
            (.negate, { .matrix(try $0.operand(1, Matrix.self).mapped($0.state.stopIfInterrupted) { -$0 }) }),
            (.equal, { arguments in
                guard let left = arguments[1].boxIfPresent(Matrix.self), let right = arguments[2].boxIfPresent(Matrix.self) else {
                    return false
                }
                return .boolean(try left.read() == right.read())
            }),
            (.add, { try elementwise($0, "add", +) }),
            (.subtract, { try elementwise($0, "subtract", -) }),
            (.divide, { arguments in
                guard arguments[2].kind == .number else { throw MatrixError(description: "a matrix can be divided by a number only") }
                let divisor = try arguments[2].number()
                return .matrix(try arguments.operand(1, Matrix.self).mapped(arguments.state.stopIfInterrupted) { $0 / divisor })
            }),
            (.multiply, { arguments in
                if arguments[1].kind == .number || arguments[2].kind == .number { return try elementwise(arguments, "multiply", *) }
                if arguments[2].isVector, arguments[1].boxIfPresent(Matrix.self) != nil { return try product(of: arguments.operand(1, Matrix.self), arguments[2]) }
                return .matrix(try arguments.operand(1, Matrix.self).product(arguments.operand(2, Matrix.self), cancellation: cancellation))
            }),
        ]
    }
}

// A matrix times a list of numbers, or a row: a list.
private func product(of matrix: Matrix, _ slot: Slot) throws -> Value {
    let vector = try slot.vector(count: matrix.columns, expected: "a list of \(matrix.columns.counted("number")), one a column")
    return .numbers((0..<matrix.rows).map { row in zip(matrix.row(row), vector).reduce(0) { $0 + $1.0 * $1.1 } })
}

// An operation on two matrices, or on a matrix and a number on either side.
private func elementwise(_ arguments: Arguments, _ name: String, _ operation: (Double, Double) -> Double) throws -> Value {
    if arguments[1].kind == .number {
        let left = try arguments[1].number()
        return .matrix(try arguments.operand(2, Matrix.self).mapped(arguments.state.stopIfInterrupted) { operation(left, $0) })
    }
    if arguments[2].kind == .number {
        let right = try arguments[2].number()
        return .matrix(try arguments.operand(1, Matrix.self).mapped(arguments.state.stopIfInterrupted) { operation($0, right) })
    }
    return .matrix(try arguments.operand(1, Matrix.self).combined(with: arguments.operand(2, Matrix.self), name, arguments.state.stopIfInterrupted, operation))
}

extension String {
    /// The text with another first line.
    func replacingHeader(_ header: String) -> String {
        guard let end = firstIndex(of: "\n") else { return header }
        return header + self[end...]
    }
}
