/// Solves `A·y = b` for a positive definite n × n matrix given by its lower triangle; false where it is not.
@inline(__always)
func choleskySolve(_ a: UnsafeMutableBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>, size n: Int = 6) -> Bool {
    for j in 0..<n {
        var pivot = a[j * n + j]
        for k in 0..<j { pivot -= a[j * n + k] * a[j * n + k] }
        guard pivot > 0 else { return false }
        let inverse = 1 / pivot.squareRoot()
        a[j * n + j] = inverse
        for i in j + 1..<max(n, j + 1) {
            var sum = a[i * n + j]
            for k in 0..<j { sum -= a[i * n + k] * a[j * n + k] }
            a[i * n + j] = sum * inverse
        }
    }
    choleskySubstitute(a, y, size: n)
    return true
}

/// Solves `A·y = b` with the factor of A that ``choleskySolve(_:_:size:)`` leaves.
@inline(__always)
func choleskySubstitute(_ a: UnsafeMutableBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>, size n: Int = 6) {
    for i in 0..<n {
        for k in 0..<i { y[i] -= a[i * n + k] * y[k] }
        y[i] *= a[i * n + i]
    }
    for i in stride(from: n - 1, through: 0, by: -1) {
        for k in i + 1..<max(n, i + 1) { y[i] -= a[k * n + i] * y[k] }
        y[i] *= a[i * n + i]
    }
}
