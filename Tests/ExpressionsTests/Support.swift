import Expressions
import Numerics

/// Values and gradients at points with a context each, by the programs.
func evaluated<Scalar: ProgramScalar>(
    _ program: DensityProgram<Scalar>, _ points: [[Double]], contexts: [[Double]] = [], samplesPerContext: Int = 1,
    usesNativeCode: Bool = true
) -> (values: [Double], gradients: [[Double]]) {
    let n = program.dimension
    let flat = points.flatMap { $0.map { Scalar($0) } }, context = contexts.flatMap { $0.map { Scalar($0) } }
    var values = Array(repeating: Scalar(0), count: points.count), gradients = Array(repeating: Scalar(0), count: points.count * n)
    let workspace = DensityWorkspace(program, usesNativeCode: usesNativeCode)
    flat.withUnsafeBufferPointer { flat in
        context.withUnsafeBufferPointer { context in
            gradients.withUnsafeMutableBufferPointer { gradients in
                workspace.evaluate(
                    flat.baseAddress!, contexts: program.contextCount > 0 ? context.baseAddress : nil, samplesPerContext: samplesPerContext,
                    count: points.count, into: &values, gradients: gradients.baseAddress)
            }
        }
    }
    return (values.map { Double($0) }, (0..<points.count).map { row in (0..<n).map { Double(gradients[row * n + $0]) } })
}

/// Equal, or both no number, or within a relative tolerance.
func agree(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
    return a == b || abs(a - b) <= tolerance * (1 + abs(b))
}

extension RandomStream {
    mutating func below(_ count: Int) -> Int { min(count - 1, Int(uniform() * Double(count))) }
    mutating func numbers(_ count: Int, scale: Double = 1) -> [Double] { (0..<count).map { _ in scale * normal() } }
}
