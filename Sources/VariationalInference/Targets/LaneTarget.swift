import Mixtures
import Numerics

/// A target that is evaluated at eight points at a time; this protocol supplies the loop over blocks of points.
protocol LaneTarget: TargetDensity {
    /// log p̃ at eight points.
    ///
    /// - Parameters:
    ///   - x: the variables of the points.
    ///   - gradient: receives the gradient; it holds zeros before.
    func logDensity(_ x: LaneVariables, gradient: LaneVariables) -> DoubleLanes
}

/// The D variables of eight points in a block of 32: one register per variable.
struct LaneVariables {
    let first: UnsafeMutablePointer<DoubleLanes>

    @inline(__always)
    subscript(variable: Int) -> DoubleLanes {
        get { first[PointBlocks.registers * variable] }
        nonmutating set { first[PointBlocks.registers * variable] = newValue }
    }
}

extension LaneTarget {
    public func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) {
        let n = dimension, width = PointBlocks.width
        let blocks = PointBlocks(points, dimension: n, count: count)
        let gradient = UnsafeMutablePointer<DoubleLanes>.allocate(capacity: 4 * n)
        gradient.initialize(repeating: .zero, count: 4 * n)
        defer { gradient.deallocate() }
        for block in 0..<blocks.blocks {
            let start = block * width, here = min(width, count - start)
            for i in 0..<4 * n { gradient[i] = .zero }
            for register in 0..<(here + 7) / 8 {
                let value = logDensity(LaneVariables(first: blocks[block] + register), gradient: LaneVariables(first: gradient + register))
                for lane in 0..<min(8, here - 8 * register) { logDensities[start + 8 * register + lane] = value[lane] }
            }
            guard let gradients else { continue }
            for place in 0..<here {
                for i in 0..<n { gradients[(start + place) * n + i] = gradient[4 * i + place / 8][place % 8] }
            }
        }
    }
}

/// log 2π.
let logTwoPi = Elementary.log(2 * Double.pi)
