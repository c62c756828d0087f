import Numerics

/// A function of several numbers with several results that a program calls as a whole: a product with a matrix, a network, a robot's
/// kinematics. It comes with its vector-Jacobian product.
///
/// It works on blocks of ``ProgramScalar/blockWidth`` points, laid out `[number][lane]`, each row aligned to 64 bytes. Where all adjoints
/// of a lane's outputs are zero, those of its inputs must be zero. Several threads call at once; each brings its memory.
public protocol TracedPrimitive: AnyObject, Sendable {
    /// Its name in messages.
    var name: String { get }
    var inputCount: Int { get }
    var outputCount: Int { get }
    /// Rows that ``evaluate(_:into:state:)`` leaves for the pullback at the same points; it is scratch besides.
    var stateCount: Int { get }
    /// An estimate of the work for a point, in arithmetic instructions; with the pullback it counts three times.
    var cost: Int { get }

    func evaluate(_ inputs: UnsafePointer<Float>, into outputs: UnsafeMutablePointer<Float>, state: UnsafeMutablePointer<Float>)
    func evaluate(_ inputs: UnsafePointer<Double>, into outputs: UnsafeMutablePointer<Double>, state: UnsafeMutablePointer<Double>)

    /// The outputs' adjoints times the Jacobian, for the inputs that were evaluated last with this state.
    func pullBack(
        _ adjoints: UnsafePointer<Float>, inputs: UnsafePointer<Float>, into results: UnsafeMutablePointer<Float>,
        state: UnsafeMutablePointer<Float>)
    func pullBack(
        _ adjoints: UnsafePointer<Double>, inputs: UnsafePointer<Double>, into results: UnsafeMutablePointer<Double>,
        state: UnsafeMutablePointer<Double>)
}

extension TracedPrimitive {
    public var cost: Int { 4 * (inputCount + outputCount) }

    /// The results at one point, in double precision.
    func values(of inputs: [Double]) -> [Double] {
        withBlock(inputs) { inputs, state in
            let results = AlignedRows<Double>(outputCount)
            evaluate(inputs.pointer, into: results.pointer, state: state.pointer)
            return results.firstLane
        }
    }

    /// The vector-Jacobian product at one point.
    func pulledBack(_ adjoints: [Double], at inputs: [Double]) -> [Double] {
        withBlock(inputs) { inputs, state in
            let outputs = AlignedRows<Double>(outputCount), results = AlignedRows<Double>(inputCount), given = AlignedRows(repeating: adjoints)
            return withExtendedLifetime((outputs, given)) {
                evaluate(inputs.pointer, into: outputs.pointer, state: state.pointer)
                pullBack(given.pointer, inputs: inputs.pointer, into: results.pointer, state: state.pointer)
                return results.firstLane
            }
        }
    }

    private func withBlock(_ inputs: [Double], _ body: (AlignedRows<Double>, AlignedRows<Double>) -> [Double]) -> [Double] {
        let rows = AlignedRows(repeating: inputs), state = AlignedRows<Double>(stateCount)
        return withExtendedLifetime((rows, state)) { body(rows, state) }
    }
}

/// Rows of one block of lanes, aligned for the widest registers.
final class AlignedRows<Scalar: ProgramScalar> {
    let rows: Int
    private let registers = Registers()
    let pointer: UnsafeMutablePointer<Scalar>

    /// Zeros.
    init(_ rows: Int) {
        self.rows = rows
        pointer = registers.take(rows * Scalar.blockWidth, repeating: 0)
    }

    /// The same numbers in every lane.
    convenience init(repeating numbers: [Scalar]) {
        self.init(numbers.count)
        for (row, number) in numbers.enumerated() {
            (pointer + row * Scalar.blockWidth).update(repeating: number, count: Scalar.blockWidth)
        }
    }

    var firstLane: [Scalar] { withExtendedLifetime(self) { (0..<rows).map { pointer[$0 * Scalar.blockWidth] } } }
}
