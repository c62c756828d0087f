import LinearAlgebra
import LuaBridge
import Numerics

/// The methods of a matrix that are linear algebra; LAPACK does the work, in double precision.
struct MatrixAlgebra {
    let cancellation: Cancellation

    var methods: [Function] {
        [
            solve, leastSquares, inverse, pseudoinverse, determinant, logDeterminant, rank, condition, norm, trace, nullSpace, singularValues,
            eigenvalues, cholesky, qr,
        ]
    }

    /// Runs what can take long where Ctrl-C does not reach it, and leaves it to itself where it is interrupted.
    private func run<Result: Sendable>(_ matrix: Matrix, _ body: @escaping @Sendable () throws -> Result) throws -> Result {
        guard matrix.rows * matrix.columns > 40_000 else { return try body() }
        return try Abandonable.run(cancellation: cancellation, body)
    }

    private static let tolerance = OptionKey.number(
        "tolerance", in: .above(0), "singular values up to it count as zero",
        otherwise: "the greatest value times the greater of rows and columns times 2.2e-16")

    // MARK: Equations

    private var solve: Function {
        Function(
            "Matrix:solve", "Solves A·x = b, or A·X = B, of a square matrix A by its LU factorization.",
            parameters: [Parameter("b", "list of numbers or Matrix", "the right-hand side, with as many rows as A")],
            returns: "list of numbers for a list, a Matrix for a Matrix; an error where A is singular in double precision",
            example: """
                local a = avips.matrix{ {2, 1}, {1, 3} }
                local x = a:solve{3, 5}
                assert(math.abs(x[1] - 0.8) < 1e-12 and math.abs(x[2] - 1.4) < 1e-12)
                """
        ) { arguments in
            let matrix = try arguments.receiver(Matrix.self)
            return try withColumns(arguments[1]) { right in try run(matrix) { try LUFactorization(matrix).solve(right) } }
        }
    }

    private var leastSquares: Function {
        Function(
            "Matrix:least_squares", "The least-squares solution x of A·x = b, of several the shortest, by singular values.",
            parameters: [Parameter("b", "list of numbers or Matrix", "the right-hand side, with as many rows as A")],
            returns: "table: x (a list for a list, a Matrix for a Matrix), residual (the norm of A·x − b, a list of them for a Matrix), rank",
            example: """
                -- A line through four points.
                local a = avips.matrix{ {1, 0}, {1, 1}, {1, 2}, {1, 3} }
                local fit = a:least_squares{1, 3, 5, 7}
                assert(math.abs(fit.x[2] - 2) < 1e-12 and fit.residual < 1e-12)
                """
        ) { arguments in
            let matrix = try arguments.receiver(Matrix.self)
            let isList = arguments[1].isVector
            let right = try columns(arguments[1])
            let fit = try run(matrix) { try LeastSquares(matrix, right) }
            return .record([
                "x": isList ? .numbers(fit.solution.elements) : .matrix(fit.solution),
                "residual": isList ? .number(fit.residuals[0]) : .numbers(fit.residuals),
                "rank": .integer(fit.rank),
            ])
        }
    }

    private var inverse: Function {
        Function(
            "Matrix:inverse", "The inverse of a square matrix; to solve equations, `solve` is faster and more accurate.",
            returns: "Matrix; an error where the matrix is singular in double precision",
            example: "local a = avips.matrix{ {2, 0}, {0, 4} }\nassert(a:inverse()[2][2] == 0.25)"
        ) { arguments in
            let matrix = try arguments.receiver(Matrix.self)
            return .matrix(try run(matrix) { try matrix.inverse() })
        }
    }

    private var pseudoinverse: Function {
        Function(
            "Matrix:pinv", "The pseudoinverse (Moore and Penrose), by singular values.",
            parameters: [.options([Self.tolerance])], returns: "Matrix, columns × rows",
            example: """
                local panda = avips.robot "panda"
                local j = panda:jacobian(panda:random())
                print(j * j:pinv())                      -- the identity: a redundant arm reaches every velocity
                """
        ) { arguments in
            let matrix = try arguments.receiver(Matrix.self)
            let tolerance = try arguments.options(1)[Self.tolerance]
            return .matrix(try run(matrix) { try matrix.pseudoinverse(tolerance: tolerance) })
        }
    }

    // MARK: Numbers of a matrix

    private var determinant: Function {
        Function("Matrix:det", "The determinant of a square matrix.", returns: "number", example: "assert(avips.matrix{ {0, 2}, {3, 4} }:det() == -6)") {
            let matrix = try $0.receiver(Matrix.self)
            // Adding makes −0 a 0.
            return .number(try run(matrix) { try LUFactorization(matrix).determinant + 0 })
        }
    }

    private var logDeterminant: Function {
        Function(
            "Matrix:logdet", "The logarithm of the determinant's absolute value, which does not overflow, and the determinant's sign.",
            returns: "number, number: the logarithm (-inf for a singular matrix) and 1, -1 or 0",
            example: "local log, sign = avips.matrix{ {0, 2}, {3, 4} }:logdet()\nassert(sign == -1 and math.abs(log - math.log(6)) < 1e-12)"
        ) {
            let matrix = try $0.receiver(Matrix.self)
            let (sign, logarithm) = try run(matrix) { try LUFactorization(matrix).logDeterminant }
            return .several([.number(logarithm), .integer(Int(sign))])
        }
    }

    private var rank: Function {
        Function(
            "Matrix:rank", "How many singular values are above a tolerance.", parameters: [.options([Self.tolerance])], returns: "integer",
            example: "assert(avips.matrix{ {1, 2}, {2, 4} }:rank() == 1)"
        ) { arguments in
            let matrix = try arguments.receiver(Matrix.self)
            let tolerance = try arguments.options(1)[Self.tolerance]
            return .integer(try run(matrix) { try SingularValues(matrix).rank(tolerance: tolerance) })
        }
    }

    private var condition: Function {
        Function(
            "Matrix:condition", "The condition number: the greatest singular value over the least; math.huge for a singular matrix.", returns: "number",
            example: "assert(avips.matrix{ {100, 0}, {0, 1} }:condition() == 100)"
        ) {
            let matrix = try $0.receiver(Matrix.self)
            return .number(try run(matrix) { try SingularValues(matrix).condition })
        }
    }

    /// The norms that `norm` knows.
    private enum Norm: String, CaseIterable { case frobenius, spectral, one, infinity }

    private var norm: Function {
        Function(
            "Matrix:norm", "A norm: the root of the sum of squares, the greatest singular value, or the greatest sum over a column (\"one\") or row (\"infinity\").",
            parameters: [Parameter("kind", "string", "which norm", default: "\"frobenius\"", choices: Norm.allCases.map(\.rawValue))], returns: "number",
            example: "assert(avips.matrix{ {3, 4} }:norm() == 5)"
        ) { arguments in
            let matrix = try arguments.receiver(Matrix.self)
            func greatest(_ matrix: Matrix) -> Double { (0..<matrix.rows).map { matrix.row($0).reduce(0) { $0 + abs($1) } }.max() ?? 0 }
            switch try arguments.optional(1)?.choice(of: Norm.self) ?? .frobenius {
            case .frobenius: return .number(Elementary.rootOfSquares(matrix.elements))
            case .spectral: return .number(try run(matrix) { try SingularValues(matrix).values.first ?? 0 })
            case .one: return .number(greatest(matrix.transposed))
            case .infinity: return .number(greatest(matrix))
            }
        }
    }

    private var trace: Function {
        Function("Matrix:trace", "The sum of the diagonal of a square matrix.", returns: "number", example: "assert(avips.matrix{ {1, 2}, {3, 4} }:trace() == 5)") {
            let matrix = try $0.receiver(Matrix.self)
            guard matrix.rows == matrix.columns else { throw LinearAlgebraError.notSquare(rows: matrix.rows, columns: matrix.columns) }
            return .number((0..<matrix.rows).reduce(0) { $0 + matrix[$1, $1] })
        }
    }

    // MARK: Factorizations

    private var nullSpace: Function {
        Function(
            "Matrix:null_space", "An orthonormal basis of the null space, the vectors that the matrix maps to zero: for a Jacobian, the self-motions.",
            parameters: [.options([Self.tolerance])], returns: "Matrix, one column per vector",
            example: """
                local panda = avips.robot "panda"
                local q = panda:random()
                local basis = panda:jacobian(q):null_space()
                assert(basis.columns == 1)               -- seven joints, six coordinates of a pose
                """
        ) { arguments in
            let matrix = try arguments.receiver(Matrix.self)
            let tolerance = try arguments.options(1)[Self.tolerance]
            return .matrix(try run(matrix) { try matrix.nullSpace(tolerance: tolerance) })
        }
    }

    private var singularValues: Function {
        Function(
            "Matrix:svd", "The singular value decomposition U·diag(s)·Vᵀ, singular values in descending order.",
            returns: "table: u (rows × k), s (list of the k values, k the lesser of rows and columns), v (columns × k)",
            example: "local d = avips.matrix{ {3, 0}, {0, 4} }:svd()\nassert(math.abs(d.s[1] - 4) < 1e-12)"
        ) {
            let matrix = try $0.receiver(Matrix.self)
            let decomposition = try run(matrix) { try SingularValues(matrix) }
            return .record(["u": .matrix(decomposition.u), "s": .numbers(decomposition.values), "v": .matrix(decomposition.v)])
        }
    }

    private var eigenvalues: Function {
        Function(
            "Matrix:eigen", "The eigenvalues and eigenvectors of a square matrix; those of a symmetric one are real, in ascending order, with orthonormal vectors.",
            returns: "table: values (list, the real parts), imaginary (list of the imaginary parts, nil where all are zero), vectors (Matrix, one column per vector; of a complex pair the real part, then the imaginary part)",
            example: "local e = avips.matrix{ {2, 1}, {1, 2} }:eigen()\nassert(math.abs(e.values[1] - 1) < 1e-12 and math.abs(e.values[2] - 3) < 1e-12)"
        ) {
            let matrix = try $0.receiver(Matrix.self)
            let eigen = try run(matrix) { try Eigenvalues(matrix) }
            var fields: [(name: String, value: Value)] = [("values", .numbers(eigen.real)), ("vectors", .matrix(eigen.vectors))]
            if !eigen.isReal { fields.insert(("imaginary", .numbers(eigen.imaginary)), at: 1) }
            return .record(fields)
        }
    }

    private var cholesky: Function {
        Function(
            "Matrix:cholesky", "The lower triangular L of a symmetric positive definite matrix L·Lᵀ.",
            returns: "Matrix; an error that names the block that is not positive definite",
            example: "local l = avips.matrix{ {4, 2}, {2, 5} }:cholesky()\nassert(l[1][1] == 2 and l[2][2] == 2 and l[1][2] == 0)"
        ) {
            let matrix = try $0.receiver(Matrix.self)
            return .matrix(try run(matrix) { try matrix.cholesky() })
        }
    }

    private var qr: Function {
        Function(
            "Matrix:qr", "The factorization Q·R into orthonormal columns and an upper triangle.", returns: "Matrix, Matrix: Q and R",
            example: "local q, r = avips.matrix{ {1, 2}, {3, 4}, {5, 6} }:qr()\nassert(q.rows == 3 and q.columns == 2 and r[2][1] == 0)"
        ) {
            let matrix = try $0.receiver(Matrix.self)
            let (q, r) = try run(matrix) { try matrix.qr() }
            return .several([.matrix(q), .matrix(r)])
        }
    }

    // MARK: Right-hand sides

    /// A list as a column, or a matrix as it is.
    private func columns(_ slot: Slot) throws -> Matrix {
        guard slot.isVector else { return try slot.matrix() }
        let numbers = try slot.vector()
        return Matrix(rows: numbers.count, columns: 1, elements: numbers)
    }

    /// What an operation gives for a list or a matrix, as what it was given as.
    private func withColumns(_ slot: Slot, _ body: (Matrix) throws -> Matrix) throws -> Value {
        let result = try body(columns(slot))
        return slot.isVector ? .numbers(result.elements) : .matrix(result)
    }
}
