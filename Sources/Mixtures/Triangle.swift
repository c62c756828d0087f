/// The index of an element of a lower triangle that is packed row after row: (0,0), (1,0), (1,1), (2,0), ...
@inlinable @inline(__always)
public func triangleIndex(_ row: Int, _ column: Int) -> Int { row * (row + 1) / 2 + column }

/// The number of elements of a lower triangle.
@inlinable @inline(__always)
public func triangleCount(_ size: Int) -> Int { size * (size + 1) / 2 }
