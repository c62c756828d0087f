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
    /// The smaller, the greater number: this one where they are equal, NaN where either is.
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
    /// Sine and cosine of angles up to 100 000 rad.
    var sineAndCosine: (sine: Self, cosine: Self) { get }
    /// Whether a lane's magnitude is above a bound, or no number.
    func hasAnyBeyond(_ bound: Scalar) -> Bool
    var sinh: Self { get }
    var cosh: Self { get }
    var tanh: Self { get }
    var sigmoid: Self { get }
    var softplus: Self { get }
    static func atan2(_ y: Self, _ x: Self) -> Self
    /// The number in a lane, counted from 0.
    subscript(lane: Int) -> Scalar { get set }

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

extension ProgramLanes {
    /// Sine and cosine of angles of any size in rad: beyond 100 000 the C library's.
    @inline(__always) public var exactSineAndCosine: (sine: Self, cosine: Self) {
        let result = sineAndCosine
        return hasAnyBeyond(100_000) ? correctedByTheLibrary(result.sine, result.cosine) : result
    }

    // The other lanes keep their bits: no point has a say in another one's result.
    @inline(never) private func correctedByTheLibrary(_ sine: Self, _ cosine: Self) -> (sine: Self, cosine: Self) {
        var (sine, cosine) = (sine, cosine)
        for lane in 0..<Self.count where !(abs(self[lane]) <= 100_000) {
            sine[lane] = Scalar(Elementary.sin(Double(self[lane])))
            cosine[lane] = Scalar(Elementary.cos(Double(self[lane])))
        }
        return (sine, cosine)
    }

    /// A function of doubles, lane by lane.
    @inline(never) public func mapped(_ function: (Double) -> Double) -> Self {
        var result = Self.zero
        for lane in 0..<Self.count { result[lane] = Scalar(function(Double(self[lane]))) }
        return result
    }

    /// A function of two doubles, lane by lane.
    @inline(never) public func mapped(_ other: Self, _ function: (Double, Double) -> Double) -> Self {
        var result = Self.zero
        for lane in 0..<Self.count { result[lane] = Scalar(function(Double(self[lane]), Double(other[lane]))) }
        return result
    }
}
