import CLanes
import Numerics

/// Registers of programs in single precision.
public struct FloatProgramLanes: ProgramLanes {
    @usableFromInline var lanes: SIMD16<Float>
    public static var count: Int { 16 }

    @inline(__always) init(_ lanes: SIMD16<Float>) { self.lanes = lanes }
    @inline(__always) public init(repeating value: Float) { lanes = .init(repeating: value) }
    @inline(__always) public init(loading pointer: UnsafePointer<Float>) { lanes = .init(loading: pointer) }
    @inline(__always) public func store(to pointer: UnsafeMutablePointer<Float>) { lanes.store(to: pointer) }
    @inline(__always) public static var zero: Self { Self(.zero) }
    @inline(__always) public static func + (a: Self, b: Self) -> Self { Self(a.lanes + b.lanes) }
    @inline(__always) public static func - (a: Self, b: Self) -> Self { Self(a.lanes - b.lanes) }
    @inline(__always) public static func * (a: Self, b: Self) -> Self { Self(a.lanes * b.lanes) }
    @inline(__always) public static func / (a: Self, b: Self) -> Self { Self(a.lanes / b.lanes) }
    @inline(__always) public func fma(_ a: Self, _ b: Self) -> Self { Self(lanes.fma(a.lanes, b.lanes)) }
    @inline(__always) public func fnma(_ a: Self, _ b: Self) -> Self { Self(lanes.fnma(a.lanes, b.lanes)) }
    @inline(__always) public func squareRoot() -> Self { Self(avips_root(lanes)) }
    @inline(__always) public var magnitude: Self { Self(avips_absolute(lanes)) }
    @inline(__always) public func orLess(_ b: Self) -> Self { Self.whereEqual(b, b, Self.whereLess(b, self, b, self), b) }
    @inline(__always) public func orGreater(_ b: Self) -> Self { Self.whereEqual(b, b, Self.whereLess(self, b, b, self), b) }
    @inline(__always) public func flipped(by b: Self) -> Self { Self(avips_where_less(b.lanes, .zero, -lanes, lanes)) }
    @inline(__always) public static func whereLess(_ a: Self, _ b: Self, _ x: Self, _ y: Self) -> Self {
        Self(avips_where_less(a.lanes, b.lanes, x.lanes, y.lanes))
    }
    @inline(__always) public static func whereLessOrEqual(_ a: Self, _ b: Self, _ x: Self, _ y: Self) -> Self {
        Self(avips_where_less_or_equal(a.lanes, b.lanes, x.lanes, y.lanes))
    }
    @inline(__always) public static func whereEqual(_ a: Self, _ b: Self, _ x: Self, _ y: Self) -> Self {
        Self(avips_where_equal(a.lanes, b.lanes, x.lanes, y.lanes))
    }
    @inline(__always) public var finiteOrZero: Self { Self(avips_where_equal(lanes - lanes, .zero, lanes, .zero)) }
    @inline(__always) public var exponential: Self { Self(avips_exp(lanes)) }
    @inline(__always) public var expm1: Self { Self(avips_expm1(lanes)) }
    @inline(__always) public var safeLogarithm: Self { Self(avips_log(lanes)) }
    @inline(__always) public var log1p: Self { Self(avips_log1p(lanes)) }
    @inline(__always) public var sinh: Self { Self(avips_sinh(lanes)) }
    @inline(__always) public var cosh: Self { Self(avips_cosh(lanes)) }
    @inline(__always) public var tanh: Self { Self(avips_tanh(lanes)) }
    @inline(__always) public var sigmoid: Self { Self(avips_sigmoid(lanes)) }
    @inline(__always) public var softplus: Self { Self(avips_softplus(lanes)) }
    @inline(__always) public static func atan2(_ y: Self, _ x: Self) -> Self { Self(avips_atan2(y.lanes, x.lanes)) }
    @inline(__always) public var sineAndCosine: (sine: Self, cosine: Self) {
        let (sine, cosine) = lanes.sineAndCosine
        return (Self(sine), Self(cosine))
    }
    @inline(__always) public func hasAnyBeyond(_ bound: Float) -> Bool { avips_any_beyond(lanes, bound) != 0 }
    public subscript(lane: Int) -> Float {
        @inline(__always) get { lanes[lane] }
        @inline(__always) set { lanes[lane] = newValue }
    }
}

extension FloatProgramLanes {
    public static func run(_ program: LaneProgram<Float>, memory: ProgramMemory<Float>) { Interpreter<Self>.run(program, memory: memory) }

    public static func run(_ index: Int, of program: LaneProgram<Float>, memory: ProgramMemory<Float>) {
        Interpreter<Self>.run(index, of: program, memory: memory)
    }

    public static func evaluate(
        _ primitive: any TracedPrimitive, _ inputs: UnsafePointer<Float>, into outputs: UnsafeMutablePointer<Float>,
        state: UnsafeMutablePointer<Float>
    ) { primitive.evaluate(inputs, into: outputs, state: state) }

    public static func pullBack(
        _ primitive: any TracedPrimitive, _ adjoints: UnsafePointer<Float>, inputs: UnsafePointer<Float>,
        into results: UnsafeMutablePointer<Float>, state: UnsafeMutablePointer<Float>
    ) { primitive.pullBack(adjoints, inputs: inputs, into: results, state: state) }
}
