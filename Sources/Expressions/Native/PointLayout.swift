/// How the points of a block and their gradients lie in memory: the variables of a group of lanes, and the groups.
struct PointLayout: Hashable {
    /// Bytes from one variable to the next, and from one group of lanes to the next.
    var variableStride: Int
    var groupStride: Int

    /// `[variable][lane]`, as the rows of a program lie.
    static let rows = PointLayout(variableStride: 512, groupStride: 64)

    /// `[group][variable][lane]`.
    static func groups(dimension: Int) -> PointLayout { PointLayout(variableStride: 64, groupStride: 64 * dimension) }
}
