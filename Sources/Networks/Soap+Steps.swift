import Numerics

extension Soap {
    /// Takes a step; the bits do not depend on the number of threads.
    ///
    /// - Parameters:
    ///   - buffers: parameters, moments and average, of the workspace's network. The first moments of a layer's weights are in its bases.
    ///   - gradient: overwritten.
    ///   - rate: the learning rate.
    ///   - scale: a factor for the gradient, from clipping its norm.
    ///   - step: the training's steps so far, which the length of the average follows.
    public func update(
        _ buffers: Adam.Buffers, _ state: inout State, gradient: UnsafeMutablePointer<Float>, rate: Float, scale: Float, step: Int,
        workspace: SoapWorkspace, threads: Int
    ) {
        let soap = self, taken = state.step
        let shared = Gradient(pointer: gradient)
        state.curvatures.withMutablePointer { curvatures in
            state.bases.withMutablePointer { bases in
                let matrices = Matrices(curvatures: curvatures, bases: bases)
                parallelFor(workspace.order.count, threads: threads) { index in
                    let layer = workspace.order[index]
                    soap.update(layer, buffers, matrices, gradient: shared.pointer, rate: rate, scale: scale, taken: taken, step: step, workspace)
                }
            }
        }
        state.step += 1
    }

    private struct Gradient: @unchecked Sendable { let pointer: UnsafeMutablePointer<Float> }

    private struct Matrices: @unchecked Sendable {
        let curvatures: UnsafeMutablePointer<Float>
        let bases: UnsafeMutablePointer<Float>
    }

    private func update(
        _ index: Int, _ buffers: Adam.Buffers, _ matrices: Matrices, gradient: UnsafeMutablePointer<Float>, rate: Float, scale: Float,
        taken: Int, step: Int, _ workspace: SoapWorkspace
    ) {
        let layer = workspace.network.matrices[index], place = workspace.places[index]
        let weights = gradient + layer.weights, size = layer.outputs * layer.inputs
        let (turned, spare, square) = workspace.scratch(index)
        if taken % curvatureInterval == 0 {
            addCurvatures(weights, layer, place, matrices.curvatures, square, scale: scale, isFirst: taken == 0)
        }
        if taken % interval == 0 {
            let moments = buffers.first + layer.weights
            Self.turn(moments, layer, place, matrices.bases, back: true, spare)
            if let (side, start) = place.left { Self.iterate(matrices.bases + start, matrices.curvatures + start, side: side, square, spare) }
            if let (side, start) = place.right { Self.iterate(matrices.bases + start, matrices.curvatures + start, side: side, square, spare) }
            Self.turn(moments, layer, place, matrices.bases, back: false, spare)
        }
        turned.update(from: weights, count: size)
        Self.turn(turned, layer, place, matrices.bases, back: false, spare)
        adam.direction(turned, first: buffers.first + layer.weights, second: buffers.second + layer.weights, count: size, scale: scale, step: taken)
        Self.turn(turned, layer, place, matrices.bases, back: true, spare)
        adam.move(buffers, at: layer.weights, along: turned, count: size, rate: rate, step: step)
        let biases = gradient + layer.biases
        adam.direction(biases, first: buffers.first + layer.biases, second: buffers.second + layer.biases, count: layer.outputs, scale: scale, step: taken)
        adam.move(buffers, at: layer.biases, along: biases, count: layer.outputs, rate: rate, step: step)
    }

    private func addCurvatures(
        _ gradient: UnsafePointer<Float>, _ layer: DenseLayer, _ place: Place, _ curvatures: UnsafeMutablePointer<Float>,
        _ square: UnsafeMutablePointer<Float>, scale: Float, isFirst: Bool
    ) {
        func add(_ side: Int, _ start: Int) {
            let share = isFirst ? 1 : 1 - curvatureDecay
            Self.blend(curvatures + start, square, count: side * side, share: share, scale: scale * scale)
        }
        if let (side, start) = place.left {
            BLAS.multiply(gradient, stride: layer.inputs, by: gradient, .transposed, stride: layer.inputs, into: square, stride: side,
                          rows: side, columns: side, inner: layer.inputs)
            add(side, start)
        }
        if let (side, start) = place.right {
            BLAS.multiply(gradient, .transposed, stride: layer.inputs, by: gradient, stride: layer.inputs, into: square, stride: side,
                          rows: side, columns: side, inner: layer.outputs)
            add(side, start)
        }
    }

    private static func blend(_ values: UnsafeMutablePointer<Float>, _ others: UnsafePointer<Float>, count: Int, share: Float, scale: Float) {
        for index in 0..<count { values[index] += share * (scale * others[index] - values[index]) }
    }

    /// `matrix ← P·matrix·Qᵀ`, or back: `Pᵀ·matrix·Q`.
    private static func turn(
        _ matrix: UnsafeMutablePointer<Float>, _ layer: DenseLayer, _ place: Place, _ bases: UnsafePointer<Float>, back: Bool,
        _ spare: UnsafeMutablePointer<Float>
    ) {
        let rows = layer.outputs, columns = layer.inputs
        var (from, to) = (matrix, spare)
        if let (side, start) = place.left {
            BLAS.multiply(bases + start, back ? .transposed : .plain, stride: side, by: from, stride: columns, into: to, stride: columns,
                          rows: rows, columns: columns, inner: rows)
            swap(&from, &to)
        }
        if let (side, start) = place.right {
            BLAS.multiply(from, stride: columns, by: bases + start, back ? .plain : .transposed, stride: side, into: to, stride: columns,
                          rows: rows, columns: columns, inner: columns)
            swap(&from, &to)
        }
        if from != matrix { matrix.update(from: from, count: rows * columns) }
    }

    /// One step of orthogonal iteration: the rows of the basis times the curvature, made orthonormal in their order.
    ///
    /// A small multiple of the identity is added to the curvature: it changes no eigenvector, and keeps rows in its null space as they are.
    static func iterate(_ basis: UnsafeMutablePointer<Float>, _ curvature: UnsafePointer<Float>, side: Int, _ square: UnsafeMutablePointer<Float>,
                        _ coefficients: UnsafeMutablePointer<Float>) {
        var trace: Float = 0
        for index in 0..<side { trace += curvature[index * (side + 1)] }
        guard trace > 0, trace.isFinite else { return }
        square.update(from: basis, count: side * side)
        BLAS.multiply(basis, stride: side, by: curvature, stride: side, into: square, stride: side, rows: side, columns: side, inner: side,
                      beta: 1e-5 * trace / Float(side))
        guard orthonormalize(square, side: side, coefficients: coefficients) else { return }
        basis.update(from: square, count: side * side)
    }

    /// Rows that are made orthogonal to all earlier ones by products of matrices, before they are to each other.
    private static let blockHeight = 16

    /// Makes the rows of a square matrix orthonormal by the block Gram-Schmidt process, every row twice; false where a row vanishes.
    ///
    /// - Parameter coefficients: room for a block's rows times the side.
    static func orthonormalize(_ rows: UnsafeMutablePointer<Float>, side: Int, coefficients: UnsafeMutablePointer<Float>) -> Bool {
        for start in stride(from: 0, to: side, by: blockHeight) {
            let height = min(blockHeight, side - start), block = rows + start * side
            for row in 0..<height {
                guard normalize(block + row * side, count: side) else { return false }
            }
            for _ in 0..<2 {
                if start > 0 {
                    BLAS.multiply(block, stride: side, by: rows, .transposed, stride: side, into: coefficients, stride: start,
                                  rows: height, columns: start, inner: side)
                    for index in 0..<height * start { coefficients[index] = -coefficients[index] }
                    BLAS.multiply(coefficients, stride: start, by: rows, stride: side, into: block, stride: side,
                                  rows: height, columns: side, inner: start, beta: 1)
                }
                for row in 0..<height {
                    for earlier in 0..<row {
                        let factor = dot(block + earlier * side, block + row * side, count: side)
                        subtract(block + earlier * side, times: factor, from: block + row * side, count: side)
                    }
                    guard normalize(block + row * side, count: side) else { return false }
                }
            }
        }
        return true
    }

    private static func normalize(_ row: UnsafeMutablePointer<Float>, count: Int) -> Bool {
        let square = dot(row, row, count: count)
        guard square > 1e-30, square.isFinite else { return false }
        let factor = 1 / square.squareRoot()
        for index in 0..<count { row[index] *= factor }
        return true
    }

    @inline(__always)
    private static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
        var sum = Lanes.zero
        var index = 0
        while index + laneCount <= count {
            sum = sum.fma(Lanes(loading: a + index), Lanes(loading: b + index))
            index += laneCount
        }
        var total = sum.sum()
        while index < count { total += a[index] * b[index]; index += 1 }
        return total
    }

    @inline(__always)
    private static func subtract(_ a: UnsafePointer<Float>, times factor: Float, from b: UnsafeMutablePointer<Float>, count: Int) {
        let factors = Lanes(repeating: factor)
        var index = 0
        while index + laneCount <= count {
            Lanes(loading: b + index).fnma(factors, Lanes(loading: a + index)).store(to: b + index)
            index += laneCount
        }
        while index < count { b[index] -= factor * a[index]; index += 1 }
    }
}
