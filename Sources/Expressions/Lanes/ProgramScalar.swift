/// The numbers that programs compute with: `Float` for training, `Double` where digits count.
public protocol ProgramScalar: BinaryFloatingPoint, Sendable {
    associatedtype Register: ProgramLanes where Register.Scalar == Self

    /// Calls a primitive in this precision.
    static func evaluate(
        _ primitive: any TracedPrimitive, _ inputs: UnsafePointer<Self>, into outputs: UnsafeMutablePointer<Self>,
        state: UnsafeMutablePointer<Self>)
    /// Calls a primitive's vector-Jacobian product in this precision.
    static func pullBack(
        _ primitive: any TracedPrimitive, _ adjoints: UnsafePointer<Self>, inputs: UnsafePointer<Self>,
        into results: UnsafeMutablePointer<Self>, state: UnsafeMutablePointer<Self>)
}

extension ProgramScalar {
    /// The points of a block: eight registers, 128 of `Float` and 64 of `Double`.
    @inlinable public static var blockWidth: Int { 8 * Register.scalarCount }
}

extension Float: ProgramScalar {
    public typealias Register = SIMD16<Float>

    public static func evaluate(
        _ primitive: any TracedPrimitive, _ inputs: UnsafePointer<Float>, into outputs: UnsafeMutablePointer<Float>,
        state: UnsafeMutablePointer<Float>
    ) { primitive.evaluate(inputs, into: outputs, state: state) }

    public static func pullBack(
        _ primitive: any TracedPrimitive, _ adjoints: UnsafePointer<Float>, inputs: UnsafePointer<Float>,
        into results: UnsafeMutablePointer<Float>, state: UnsafeMutablePointer<Float>
    ) { primitive.pullBack(adjoints, inputs: inputs, into: results, state: state) }
}

extension Double: ProgramScalar {
    public typealias Register = SIMD8<Double>

    public static func evaluate(
        _ primitive: any TracedPrimitive, _ inputs: UnsafePointer<Double>, into outputs: UnsafeMutablePointer<Double>,
        state: UnsafeMutablePointer<Double>
    ) { primitive.evaluate(inputs, into: outputs, state: state) }

    public static func pullBack(
        _ primitive: any TracedPrimitive, _ adjoints: UnsafePointer<Double>, inputs: UnsafePointer<Double>,
        into results: UnsafeMutablePointer<Double>, state: UnsafeMutablePointer<Double>
    ) { primitive.pullBack(adjoints, inputs: inputs, into: results, state: state) }
}
