import CLanes
import Numerics

/// Registers of programs in double precision.
public struct DoubleProgramLanes: ProgramLanes {
    @usableFromInline var lanes: SIMD8<Double>
    public static var count: Int { 8 }

    @inline(__always) init(_ lanes: SIMD8<Double>) { self.lanes = lanes }
    @inline(__always) public init(repeating value: Double) { lanes = .init(repeating: value) }
    @inline(__always) public init(loading pointer: UnsafePointer<Double>) { lanes = .init(loading: pointer) }
    @inline(__always) public func store(to pointer: UnsafeMutablePointer<Double>) { lanes.store(to: pointer) }
    @inline(__always) public static var zero: Self { Self(.zero) }
    @inline(__always) public static func + (a: Self, b: Self) -> Self { Self(a.lanes + b.lanes) }
    @inline(__always) public static func - (a: Self, b: Self) -> Self { Self(a.lanes - b.lanes) }
    @inline(__always) public static func * (a: Self, b: Self) -> Self { Self(a.lanes * b.lanes) }
    @inline(__always) public static func / (a: Self, b: Self) -> Self { Self(a.lanes / b.lanes) }
    @inline(__always) public func fma(_ a: Self, _ b: Self) -> Self { Self(lanes.fma(a.lanes, b.lanes)) }
    @inline(__always) public func fnma(_ a: Self, _ b: Self) -> Self { Self(lanes.fnma(a.lanes, b.lanes)) }
    @inline(__always) public func squareRoot() -> Self { Self(avips_root_doubles(lanes)) }
    @inline(__always) public var magnitude: Self { Self(avips_absolute_doubles(lanes)) }
    @inline(__always) public func orLess(_ b: Self) -> Self { Self.whereEqual(b, b, Self.whereLess(b, self, b, self), b) }
    @inline(__always) public func orGreater(_ b: Self) -> Self { Self.whereEqual(b, b, Self.whereLess(self, b, b, self), b) }
    @inline(__always) public func flipped(by b: Self) -> Self { Self(avips_where_less_doubles(b.lanes, .zero, -lanes, lanes)) }
    @inline(__always) public static func whereLess(_ a: Self, _ b: Self, _ x: Self, _ y: Self) -> Self {
        Self(avips_where_less_doubles(a.lanes, b.lanes, x.lanes, y.lanes))
    }
    @inline(__always) public static func whereLessOrEqual(_ a: Self, _ b: Self, _ x: Self, _ y: Self) -> Self {
        Self(avips_where_less_or_equal_doubles(a.lanes, b.lanes, x.lanes, y.lanes))
    }
    @inline(__always) public static func whereEqual(_ a: Self, _ b: Self, _ x: Self, _ y: Self) -> Self {
        Self(avips_where_equal_doubles(a.lanes, b.lanes, x.lanes, y.lanes))
    }
    @inline(__always) public var finiteOrZero: Self { Self(avips_where_equal_doubles(lanes - lanes, .zero, lanes, .zero)) }
    @inline(__always) public var exponential: Self { Self(avips_exp_doubles(lanes)) }
    @inline(__always) public var expm1: Self { Self(avips_expm1_doubles(lanes)) }
    @inline(__always) public var safeLogarithm: Self { Self(avips_log_doubles(lanes)) }
    @inline(__always) public var log1p: Self { Self(avips_log1p_doubles(lanes)) }
    @inline(__always) public var sinh: Self { Self(avips_sinh_doubles(lanes)) }
    @inline(__always) public var cosh: Self { Self(avips_cosh_doubles(lanes)) }
    @inline(__always) public var tanh: Self { Self(avips_tanh_doubles(lanes)) }
    @inline(__always) public var sigmoid: Self { Self(avips_sigmoid_doubles(lanes)) }
    @inline(__always) public var softplus: Self { Self(avips_softplus_doubles(lanes)) }
    @inline(__always) public static func atan2(_ y: Self, _ x: Self) -> Self { Self(avips_atan2_doubles(y.lanes, x.lanes)) }
    @inline(__always) public var sineAndCosine: (sine: Self, cosine: Self) { (Self(avips_sine_doubles(lanes)), Self(avips_cosine_doubles(lanes))) }
    @inline(__always) public func hasAnyBeyond(_ bound: Double) -> Bool { avips_any_beyond_doubles(lanes, bound) != 0 }
    public subscript(lane: Int) -> Double {
        @inline(__always) get { lanes[lane] }
        @inline(__always) set { lanes[lane] = newValue }
    }
}

extension DoubleProgramLanes {
    public static func run(_ program: LaneProgram<Double>, memory: ProgramMemory<Double>) { Interpreter<Self>.run(program, memory: memory) }

    public static func run(_ index: Int, of program: LaneProgram<Double>, memory: ProgramMemory<Double>) {
        Interpreter<Self>.run(index, of: program, memory: memory)
    }

    public static func evaluate(
        _ primitive: any TracedPrimitive, _ inputs: UnsafePointer<Double>, into outputs: UnsafeMutablePointer<Double>,
        state: UnsafeMutablePointer<Double>
    ) { primitive.evaluate(inputs, into: outputs, state: state) }

    public static func pullBack(
        _ primitive: any TracedPrimitive, _ adjoints: UnsafePointer<Double>, inputs: UnsafePointer<Double>,
        into results: UnsafeMutablePointer<Double>, state: UnsafeMutablePointer<Double>
    ) { primitive.pullBack(adjoints, inputs: inputs, into: results, state: state) }
}
