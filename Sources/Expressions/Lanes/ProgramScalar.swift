import Numerics

/// The numbers that programs compute with: `Float` for training, `Double` where digits count.
public protocol ProgramScalar: BinaryFloatingPoint, Sendable {
    associatedtype Register: ProgramLanes where Register.Scalar == Self
}

extension ProgramScalar {
    /// The points of a block: eight registers, 128 of `Float` and 64 of `Double`.
    @inlinable public static var blockWidth: Int { 8 * Register.count }
}

extension Float: ProgramScalar {
    public typealias Register = FloatProgramLanes
}

extension Double: ProgramScalar {
    public typealias Register = DoubleProgramLanes
}

/// Registers of lanes with the elementary functions of programs, which keep the C library's conventions at the ends of their domains.
public protocol ProgramLanes {
    associatedtype Scalar: ProgramScalar where Scalar.Register == Self

    /// The lanes of a register.
    static var count: Int { get }
    init(repeating value: Scalar)
    init(loading pointer: UnsafePointer<Scalar>)
    func store(to pointer: UnsafeMutablePointer<Scalar>)
    static var zero: Self { get }
    static func + (left: Self, right: Self) -> Self
    static func - (left: Self, right: Self) -> Self
    static func * (left: Self, right: Self) -> Self
    static func / (left: Self, right: Self) -> Self
    /// `self + a·b` and `self − a·b` with a single rounding.
    func fma(_ a: Self, _ b: Self) -> Self
    func fnma(_ a: Self, _ b: Self) -> Self
    func squareRoot() -> Self
    var magnitude: Self { get }
    /// The smaller, the greater number; this one where they do not compare.
    func orLess(_ other: Self) -> Self
    func orGreater(_ other: Self) -> Self
    /// This number, negated where the other one is below zero.
    func flipped(by other: Self) -> Self
    /// The first choice where a comparison of a and b holds, else the second one.
    static func whereLess(_ a: Self, _ b: Self, _ first: Self, _ second: Self) -> Self
    static func whereLessOrEqual(_ a: Self, _ b: Self, _ first: Self, _ second: Self) -> Self
    static func whereEqual(_ a: Self, _ b: Self, _ first: Self, _ second: Self) -> Self
    /// This number where it is finite, else 0.
    var finiteOrZero: Self { get }
    var exponential: Self { get }
    var expm1: Self { get }
    var safeLogarithm: Self { get }
    var log1p: Self { get }
    var exactSineAndCosine: (sine: Self, cosine: Self) { get }
    var sinh: Self { get }
    var cosh: Self { get }
    var tanh: Self { get }
    var sigmoid: Self { get }
    var softplus: Self { get }
    static func atan2(_ y: Self, _ x: Self) -> Self
    /// A function of doubles, lane by lane.
    func mapped(_ function: (Double) -> Double) -> Self
    func mapped(_ other: Self, _ function: (Double, Double) -> Double) -> Self

    /// Runs a program on one block.
    static func run(_ program: LaneProgram<Scalar>, memory: ProgramMemory<Scalar>)
    /// Runs one instruction of a program.
    static func run(_ index: Int, of program: LaneProgram<Scalar>, memory: ProgramMemory<Scalar>)
    /// Calls a primitive in this precision.
    static func evaluate(
        _ primitive: any TracedPrimitive, _ inputs: UnsafePointer<Scalar>, into outputs: UnsafeMutablePointer<Scalar>,
        state: UnsafeMutablePointer<Scalar>)
    static func pullBack(
        _ primitive: any TracedPrimitive, _ adjoints: UnsafePointer<Scalar>, inputs: UnsafePointer<Scalar>,
        into results: UnsafeMutablePointer<Scalar>, state: UnsafeMutablePointer<Scalar>)
}
