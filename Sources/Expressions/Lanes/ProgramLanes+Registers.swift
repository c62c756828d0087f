import CLanes
import Numerics

// Registers of programs in both precisions; arithmetic is the standard library's, loads and fused products are those of `Numerics`.

extension SIMD16<Float>: ProgramLanes {
    @inline(__always) public static func root(_ x: Self) -> Self { avips_root(x) }
    @inline(__always) public static func absolute(_ x: Self) -> Self { avips_absolute(x) }
    @inline(__always) public static func exp(_ x: Self) -> Self { avips_exp(x) }
    @inline(__always) public static func expm1(_ x: Self) -> Self { avips_expm1(x) }
    @inline(__always) public static func log(_ x: Self) -> Self { avips_log(x) }
    @inline(__always) public static func log1p(_ x: Self) -> Self { avips_log1p(x) }
    @inline(__always) public static func sineAndCosine(_ x: Self) -> (sine: Self, cosine: Self) { x.sineAndCosine }
    @inline(__always) public static func sinh(_ x: Self) -> Self { avips_sinh(x) }
    @inline(__always) public static func cosh(_ x: Self) -> Self { avips_cosh(x) }
    @inline(__always) public static func tanh(_ x: Self) -> Self { avips_tanh(x) }
    @inline(__always) public static func sigmoid(_ x: Self) -> Self { avips_sigmoid(x) }
    @inline(__always) public static func softplus(_ x: Self) -> Self { avips_softplus(x) }
    @inline(__always) public static func atan2(_ y: Self, _ x: Self) -> Self { avips_atan2(y, x) }
    @inline(__always) public static func whereLess(_ a: Self, _ b: Self, _ x: Self, _ y: Self) -> Self { avips_where_less(a, b, x, y) }
    @inline(__always) public static func whereLessOrEqual(_ a: Self, _ b: Self, _ x: Self, _ y: Self) -> Self { avips_where_less_or_equal(a, b, x, y) }
    @inline(__always) public static func whereEqual(_ a: Self, _ b: Self, _ x: Self, _ y: Self) -> Self { avips_where_equal(a, b, x, y) }
    @inline(__always) public func hasAnyBeyond(_ bound: Float) -> Bool { avips_any_beyond(self, bound) != 0 }
}

extension SIMD8<Double>: ProgramLanes {
    @inline(__always) public static func root(_ x: Self) -> Self { avips_root_doubles(x) }
    @inline(__always) public static func absolute(_ x: Self) -> Self { avips_absolute_doubles(x) }
    @inline(__always) public static func exp(_ x: Self) -> Self { avips_exp_doubles(x) }
    @inline(__always) public static func expm1(_ x: Self) -> Self { avips_expm1_doubles(x) }
    @inline(__always) public static func log(_ x: Self) -> Self { avips_log_doubles(x) }
    @inline(__always) public static func log1p(_ x: Self) -> Self { avips_log1p_doubles(x) }
    @inline(__always) public static func sineAndCosine(_ x: Self) -> (sine: Self, cosine: Self) { (avips_sine_doubles(x), avips_cosine_doubles(x)) }
    @inline(__always) public static func sinh(_ x: Self) -> Self { avips_sinh_doubles(x) }
    @inline(__always) public static func cosh(_ x: Self) -> Self { avips_cosh_doubles(x) }
    @inline(__always) public static func tanh(_ x: Self) -> Self { avips_tanh_doubles(x) }
    @inline(__always) public static func sigmoid(_ x: Self) -> Self { avips_sigmoid_doubles(x) }
    @inline(__always) public static func softplus(_ x: Self) -> Self { avips_softplus_doubles(x) }
    @inline(__always) public static func atan2(_ y: Self, _ x: Self) -> Self { avips_atan2_doubles(y, x) }
    @inline(__always) public static func whereLess(_ a: Self, _ b: Self, _ x: Self, _ y: Self) -> Self { avips_where_less_doubles(a, b, x, y) }
    @inline(__always) public static func whereLessOrEqual(_ a: Self, _ b: Self, _ x: Self, _ y: Self) -> Self { avips_where_less_or_equal_doubles(a, b, x, y) }
    @inline(__always) public static func whereEqual(_ a: Self, _ b: Self, _ x: Self, _ y: Self) -> Self { avips_where_equal_doubles(a, b, x, y) }
    @inline(__always) public func hasAnyBeyond(_ bound: Double) -> Bool { avips_any_beyond_doubles(self, bound) != 0 }
}
