import Numerics

/// A·x of a matrix of numbers and a vector of symbols, such as the features of all observations of a regression.
public final class MatrixProduct: TracedPrimitive {
    public let name = "product with a matrix"
    public let matrix: Matrix
    public var inputCount: Int { matrix.columns }
    public var outputCount: Int { matrix.rows }
    public var stateCount: Int { 0 }
    public var cost: Int { matrix.rows * matrix.columns }
    private let single: DenseProduct<Float>
    private let double: DenseProduct<Double>

    public init(_ matrix: Matrix) {
        self.matrix = matrix
        single = DenseProduct(matrix)
        double = DenseProduct(matrix)
    }

    public func evaluate(_ inputs: UnsafePointer<Float>, into outputs: UnsafeMutablePointer<Float>, state: UnsafeMutablePointer<Float>) {
        single.multiply(inputs, into: outputs)
    }

    public func evaluate(_ inputs: UnsafePointer<Double>, into outputs: UnsafeMutablePointer<Double>, state: UnsafeMutablePointer<Double>) {
        double.multiply(inputs, into: outputs)
    }

    public func pullBack(
        _ adjoints: UnsafePointer<Float>, inputs: UnsafePointer<Float>, into results: UnsafeMutablePointer<Float>,
        state: UnsafeMutablePointer<Float>
    ) { single.multiplyTransposed(adjoints, into: results) }

    public func pullBack(
        _ adjoints: UnsafePointer<Double>, inputs: UnsafePointer<Double>, into results: UnsafeMutablePointer<Double>,
        state: UnsafeMutablePointer<Double>
    ) { double.multiplyTransposed(adjoints, into: results) }
}
