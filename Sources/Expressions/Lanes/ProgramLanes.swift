import Numerics

/// Registers of lanes with the elementary functions of programs, which keep the C library's conventions at the ends of their domains.
///
/// The functions are static, so that none is taken for a property of `Numerics` (`exponential`, `logarithm`), which is faster and wrong there.
public protocol ProgramLanes {
    associatedtype Scalar: ProgramScalar where Scalar.Register == Self

    /// The lanes of a register.
    static var scalarCount: Int { get }
    init(repeating value: Scalar)
    init(loading pointer: UnsafePointer<Scalar>)
    func store(to pointer: UnsafeMutablePointer<Scalar>)
    static var zero: Self { get }
    static func + (left: Self, right: Self) -> Self
    static func - (left: Self, right: Self) -> Self
    static func * (left: Self, right: Self) -> Self
    static func / (left: Self, right: Self) -> Self
    static prefix func - (value: Self) -> Self
    /// `self + a·b` and `self − a·b` with a single rounding.
    func fma(_ a: Self, _ b: Self) -> Self
    func fnma(_ a: Self, _ b: Self) -> Self
    /// The number in a lane, counted from 0.
    subscript(lane: Int) -> Scalar { get set }

    /// √x, NaN of negative numbers.
    static func root(_ x: Self) -> Self
    static func absolute(_ x: Self) -> Self
    static func exp(_ x: Self) -> Self
    static func expm1(_ x: Self) -> Self
    static func log(_ x: Self) -> Self
    static func log1p(_ x: Self) -> Self
    /// Sine and cosine of angles up to 100 000 rad.
    static func sineAndCosine(_ x: Self) -> (sine: Self, cosine: Self)
    static func sinh(_ x: Self) -> Self
    static func cosh(_ x: Self) -> Self
    static func tanh(_ x: Self) -> Self
    /// 1/(1 + e⁻ˣ).
    static func sigmoid(_ x: Self) -> Self
    /// log(1 + eˣ).
    static func softplus(_ x: Self) -> Self
    /// The angle of a point in [−π, π], with the C library's signs of zero.
    static func atan2(_ y: Self, _ x: Self) -> Self
    /// The first choice where a comparison of a and b holds, else the second one.
    static func whereLess(_ a: Self, _ b: Self, _ first: Self, _ second: Self) -> Self
    static func whereLessOrEqual(_ a: Self, _ b: Self, _ first: Self, _ second: Self) -> Self
    static func whereEqual(_ a: Self, _ b: Self, _ first: Self, _ second: Self) -> Self
    /// Whether a lane's magnitude is above a bound, or no number.
    func hasAnyBeyond(_ bound: Scalar) -> Bool
}

extension ProgramLanes {
    /// The smaller number: this one where they are equal, NaN where either is.
    @inline(__always) func orLess(_ other: Self) -> Self { Self.whereEqual(other, other, Self.whereLess(other, self, other, self), other) }

    /// The greater number: this one where they are equal, NaN where either is.
    @inline(__always) func orGreater(_ other: Self) -> Self { Self.whereEqual(other, other, Self.whereLess(self, other, other, self), other) }

    /// This number, negated where the other one is below zero.
    @inline(__always) func flipped(by other: Self) -> Self { Self.whereLess(other, .zero, -self, self) }

    /// This number where it is finite, else 0.
    @inline(__always) var finiteOrZero: Self { Self.whereEqual(self - self, .zero, self, .zero) }

    /// Sine and cosine of angles of any size in rad: beyond 100 000 the C library's.
    @inline(__always) var exactSineAndCosine: (sine: Self, cosine: Self) {
        let result = Self.sineAndCosine(self)
        return hasAnyBeyond(100_000) ? correctedByTheLibrary(result.sine, result.cosine) : result
    }

    // The other lanes keep their bits: no point has a say in another one's result.
    @inline(never) private func correctedByTheLibrary(_ sine: Self, _ cosine: Self) -> (sine: Self, cosine: Self) {
        var (sine, cosine) = (sine, cosine)
        for lane in 0..<Self.scalarCount where !(abs(self[lane]) <= 100_000) {
            sine[lane] = Scalar(Elementary.sin(Double(self[lane])))
            cosine[lane] = Scalar(Elementary.cos(Double(self[lane])))
        }
        return (sine, cosine)
    }

    /// A function of doubles, lane by lane.
    @inline(never) func mapped(_ function: (Double) -> Double) -> Self {
        var result = Self.zero
        for lane in 0..<Self.scalarCount { result[lane] = Scalar(function(Double(self[lane]))) }
        return result
    }

    /// A function of two doubles, lane by lane.
    @inline(never) func mapped(_ other: Self, _ function: (Double, Double) -> Double) -> Self {
        var result = Self.zero
        for lane in 0..<Self.scalarCount { result[lane] = Scalar(function(Double(self[lane]), Double(other[lane]))) }
        return result
    }
}
