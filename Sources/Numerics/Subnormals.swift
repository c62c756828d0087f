import COpenBLAS

/// Runs `body` with subnormal numbers taken for zeros on this thread.
///
/// Gradients contain many of them, since responsibilities vanish; some processors take a hundred times as long for each.
@inlinable @inline(__always)
public func flushingSubnormals<Result>(_ body: () throws -> Result) rethrows -> Result {
    let arithmetic = avips_flush_subnormals()
    defer { avips_set_arithmetic(arithmetic) }
    return try body()
}
