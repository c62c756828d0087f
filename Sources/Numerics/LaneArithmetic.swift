/// The arithmetic that differentiable layers are written in: sixteen floats at a time, or one double.
///
/// A layer is written once, generically. Training runs it on ``Lanes``; its gradients are checked in double precision,
/// where finite differences are sharp.
public protocol LaneArithmetic {
    /// One number of those held.
    associatedtype Number: BinaryFloatingPoint

    /// The same number in every lane.
    init(repeating value: Number)

    static func + (left: Self, right: Self) -> Self
    static func - (left: Self, right: Self) -> Self
    static func * (left: Self, right: Self) -> Self
    static func / (left: Self, right: Self) -> Self
    static prefix func - (value: Self) -> Self

    /// `self + a·b`.
    func fma(_ a: Self, _ b: Self) -> Self
    /// `self − a·b`.
    func fnma(_ a: Self, _ b: Self) -> Self
    func squareRoot() -> Self
    /// eˣ, finite whatever the argument.
    var exponential: Self { get }
    /// The natural logarithm of a positive number.
    var logarithm: Self { get }
    /// The nearest number in [−bound, bound]; 0 where it is not a number.
    func limited(to bound: Number) -> Self
    /// 1 where |self| < bound, else 0.
    func isWithin(_ bound: Number) -> Self
    /// The larger of both.
    func atLeast(_ other: Self) -> Self
    /// This number where the test is below zero, the other one elsewhere.
    func selected(whereNegative test: Self, else other: Self) -> Self
    /// Whether any of the numbers is below zero.
    var hasNegative: Bool { get }

    /// The numbers that start at an address.
    init(loading pointer: UnsafePointer<Number>)
    func store(to pointer: UnsafeMutablePointer<Number>)
}

extension LaneArithmetic {
    @inlinable @inline(__always)
    public init(_ value: Double) { self.init(repeating: Number(value)) }

    /// tanh x = 1 − 2/(1 + e²ˣ); absolute error of a few roundings.
    @inlinable @inline(__always)
    public var hyperbolicTangent: Self {
        let two = Self(2.0)
        return Self(1.0) - two / (Self(1.0) + (two * self).exponential)
    }
}

extension SIMD16<Float>: LaneArithmetic {
    @inlinable @inline(__always)
    public func limited(to bound: Float) -> Self {
        let number = replacing(with: 0, where: self .!= self)
        return number.limited(from: Self(repeating: -bound), to: Self(repeating: bound))
    }

    @inlinable @inline(__always)
    public func isWithin(_ bound: Float) -> Self {
        let inside = (self .< Self(repeating: bound)) .& (self .> Self(repeating: -bound))
        return Self.zero.replacing(with: 1, where: inside)
    }

    @inlinable @inline(__always)
    public func atLeast(_ other: Self) -> Self { maximum(other) }

    @inlinable @inline(__always)
    public func selected(whereNegative test: Self, else other: Self) -> Self { other.replacing(with: self, where: test .< 0) }

    @inlinable @inline(__always)
    public var hasNegative: Bool { any(self .< 0) }
}

extension Double: LaneArithmetic {
    @inlinable @inline(__always)
    public init(repeating value: Double) { self = value }
    @inlinable @inline(__always)
    public func fma(_ a: Double, _ b: Double) -> Double { self + a * b }
    @inlinable @inline(__always)
    public func fnma(_ a: Double, _ b: Double) -> Double { self - a * b }
    @inlinable @inline(__always)
    public var exponential: Double { Elementary.exp(Swift.min(Swift.max(self, -700), 700)) }
    @inlinable @inline(__always)
    public var logarithm: Double { Elementary.log(self) }
    @inlinable @inline(__always)
    public func limited(to bound: Double) -> Double { isNaN ? 0 : Swift.min(Swift.max(self, -bound), bound) }
    @inlinable @inline(__always)
    public func isWithin(_ bound: Double) -> Double { abs(self) < bound ? 1 : 0 }
    @inlinable @inline(__always)
    public func atLeast(_ other: Double) -> Double { Swift.max(self, other) }
    @inlinable @inline(__always)
    public func selected(whereNegative test: Double, else other: Double) -> Double { test < 0 ? self : other }
    @inlinable @inline(__always)
    public var hasNegative: Bool { self < 0 }
    @inlinable @inline(__always)
    public init(loading pointer: UnsafePointer<Double>) { self = pointer.pointee }
    @inlinable @inline(__always)
    public func store(to pointer: UnsafeMutablePointer<Double>) { pointer.pointee = self }
}
