import Numerics

/// Points in ℝᴰ laid out for lanes: blocks of 32 points, in each one a row of four registers per variable.
///
/// The last block is filled up with copies of the last point.
public final class PointBlocks: @unchecked Sendable {
    /// Registers, and points, of a block.
    public static let registers = 4
    public static let width = 8 * registers

    public let dimension: Int
    /// The number of points, and that of blocks.
    public let count: Int
    public let blocks: Int
    private let memory = Registers()
    private let storage: UnsafeMutablePointer<DoubleLanes>

    /// Zeros.
    public init(dimension: Int, count: Int) {
        self.dimension = dimension
        self.count = count
        blocks = (count + Self.width - 1) / Self.width
        let size = max(1, blocks * dimension * Self.registers)
        storage = memory.take(size, repeating: .zero)
    }

    /// Copies points that lie one after the other, `dimension` numbers each.
    public convenience init(_ points: UnsafePointer<Double>, dimension: Int, count: Int) {
        self.init(dimension: dimension, count: count)
        set(points, range: 0..<count)
    }

    /// Copies points to a range; what follows the last point is filled up where the range ends there.
    public func set(_ points: UnsafePointer<Double>, range: Range<Int>) {
        for point in range { set(point, to: points + (point - range.lowerBound) * dimension) }
        guard range.upperBound == count, !range.isEmpty else { return }
        let last = points + (range.count - 1) * dimension
        for point in count..<blocks * Self.width { set(point, to: last) }
    }

    private func set(_ point: Int, to x: UnsafePointer<Double>) {
        let (block, lane) = point.quotientAndRemainder(dividingBy: Self.width)
        let first = UnsafeMutableRawPointer(self[block]).assumingMemoryBound(to: Double.self) + lane
        for i in 0..<dimension { first[i * Self.width] = x[i] }
    }

    /// The registers of a block: variable i in those from 4·i on.
    @inline(__always)
    public subscript(block: Int) -> UnsafeMutablePointer<DoubleLanes> { storage + block * dimension * Self.registers }
}
