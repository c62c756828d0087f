import ConditionalInference
import Numerics

/// The elementary functions that the suite's formulas need besides those of every layer.
public protocol FormulaArithmetic: LaneArithmetic {
    var sineAndCosine: (sine: Self, cosine: Self) { get }
}

extension SIMD16<Float>: FormulaArithmetic {}

extension Double: FormulaArithmetic {
    @inlinable @inline(__always)
    public var sineAndCosine: (sine: Double, cosine: Double) { (Elementary.sin(self), Elementary.cos(self)) }
}

/// A conditional density written once, for sixteen floats and for doubles.
///
/// A type that conforms is not generic itself, so that the compiler makes a version for sixteen floats of its own of what follows.
public protocol SuiteFormula: ConditionalDensity {
    /// Numbers that depend on the context only.
    var constantCount: Int { get }

    /// Writes what depends on the context only.
    func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into constants: UnsafeMutablePointer<S>)
    /// log p̃(x|c), and its gradient.
    func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ constants: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S
}

extension SuiteFormula {
    public var scratchCount: Int { contextCount + constantCount }

    @inlinable @inline(__always)
    public func evaluate(
        _ points: UnsafePointer<Lanes>, count: Int, contexts: UnsafePointer<Float>, stride: Int, values: UnsafeMutablePointer<Lanes>,
        gradients: UnsafeMutablePointer<Lanes>, scratch: UnsafeMutablePointer<Lanes>
    ) {
        let n = dimension, constants = scratch + contextCount
        for i in 0..<contextCount { scratch[i] = Lanes(loading: contexts + i * stride) }
        prepare(UnsafePointer(scratch), into: constants)
        for point in 0..<count {
            values[point] = evaluate(points + point * n, UnsafePointer(constants), gradient: gradients + point * n)
        }
    }
}

extension SuiteFormula {
    /// What depends on a context only, in double precision.
    func constants(at context: [Double]) -> [Double] {
        var constants = [Double](repeating: 0, count: max(1, constantCount))
        constants.withUnsafeMutableBufferPointer { constants in
            context.withUnsafeBufferPointer { prepare($0.baseAddress!, into: constants.baseAddress!) }
        }
        return constants
    }

    /// log p̃ and its gradient in double precision.
    public func evaluate(_ x: [Double], context: [Double]) -> (value: Double, gradient: [Double]) {
        var gradient = [Double](repeating: 0, count: dimension)
        let value = constants(at: context).withUnsafeBufferPointer { constants in
            gradient.withUnsafeMutableBufferPointer { gradient in
                x.withUnsafeBufferPointer { evaluate($0.baseAddress!, constants.baseAddress!, gradient: gradient.baseAddress!) }
            }
        }
        return (value, gradient)
    }
}
