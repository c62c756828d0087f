/// Solves `A·y = b` for a positive definite 6 × 6 matrix given by its lower triangle; false where it is not.
func choleskySolve(_ a: UnsafeMutableBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>) -> Bool {
    for j in 0..<6 {
        var pivot = a[j * 6 + j]
        for k in 0..<j { pivot -= a[j * 6 + k] * a[j * 6 + k] }
        guard pivot > 0 else { return false }
        let inverse = 1 / pivot.squareRoot()
        a[j * 6 + j] = inverse
        for i in j + 1..<max(6, j + 1) {
            var sum = a[i * 6 + j]
            for k in 0..<j { sum -= a[i * 6 + k] * a[j * 6 + k] }
            a[i * 6 + j] = sum * inverse
        }
    }
    choleskySubstitute(a, y)
    return true
}

/// Solves `A·y = b` with the factor of A that ``choleskySolve(_:_:)`` leaves.
func choleskySubstitute(_ a: UnsafeMutableBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>) {
    for i in 0..<6 {
        for k in 0..<i { y[i] -= a[i * 6 + k] * y[k] }
        y[i] *= a[i * 6 + i]
    }
    for i in stride(from: 5, through: 0, by: -1) {
        for k in i + 1..<max(6, i + 1) { y[i] -= a[k * 6 + i] * y[k] }
        y[i] *= a[i * 6 + i]
    }
}
