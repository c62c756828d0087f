import Numerics

/// The numbers that passes through a ``ContextFront`` run on: single precision in trainings, double where gradients are checked.
public protocol FrontNumber: BinaryFloatingPoint {
    associatedtype Register: LaneArithmetic where Register.Number == Self

    /// `c ← a·b + beta·c`, as `BLAS.multiply`.
    static func multiply(
        _ a: UnsafePointer<Self>, _ aForm: BLAS.Form, stride aStride: Int, by b: UnsafePointer<Self>, _ bForm: BLAS.Form, stride bStride: Int,
        into c: UnsafeMutablePointer<Self>, stride cStride: Int, rows m: Int, columns n: Int, inner k: Int, beta: Self)
}

extension Float: FrontNumber {
    public typealias Register = Lanes

    @inline(__always)
    public static func multiply(
        _ a: UnsafePointer<Float>, _ aForm: BLAS.Form, stride aStride: Int, by b: UnsafePointer<Float>, _ bForm: BLAS.Form, stride bStride: Int,
        into c: UnsafeMutablePointer<Float>, stride cStride: Int, rows m: Int, columns n: Int, inner k: Int, beta: Float
    ) {
        BLAS.multiply(a, aForm, stride: aStride, by: b, bForm, stride: bStride, into: c, stride: cStride, rows: m, columns: n, inner: k, beta: beta)
    }
}

extension Double: FrontNumber {
    public typealias Register = Double

    public static func multiply(
        _ a: UnsafePointer<Double>, _ aForm: BLAS.Form, stride aStride: Int, by b: UnsafePointer<Double>, _ bForm: BLAS.Form, stride bStride: Int,
        into c: UnsafeMutablePointer<Double>, stride cStride: Int, rows m: Int, columns n: Int, inner k: Int, beta: Double
    ) {
        for i in 0..<m {
            for j in 0..<n {
                var sum = beta == 0 ? 0 : beta * c[i * cStride + j]
                for l in 0..<k {
                    sum += (aForm == .plain ? a[i * aStride + l] : a[l * aStride + i]) * (bForm == .plain ? b[l * bStride + j] : b[j * bStride + l])
                }
                c[i * cStride + j] = sum
            }
        }
    }
}

/// The passes of one batch through a ``ContextFront``, feature-major as all of a batch: row f holds feature f of all contexts.
///
/// Windows are not copied: the numbers of a window's row lie in rows side by side, so that a product each does (im2col without the copy).
public struct FrontPass<Number: FrontNumber> {
    let front: ContextFront
    let stride: Int
    /// The layers' values and slopes, position by position.
    private let values: [UnsafeMutablePointer<Number>]
    private let slopes: [UnsafeMutablePointer<Number>]
    /// The gradients with respect to the values.
    private let carried: [UnsafeMutablePointer<Number>]
    private let pooled: UnsafeMutablePointer<Number>?

    /// - Parameter memory: `front.activationRows` rows of `stride` numbers.
    public init(_ front: ContextFront, stride: Int, memory: UnsafeMutablePointer<Number>) {
        self.front = front
        self.stride = stride
        var next = memory, values: [UnsafeMutablePointer<Number>] = [], slopes = values, carried = values
        func take(_ rows: Int) -> UnsafeMutablePointer<Number> {
            defer { next += rows * stride }
            return next
        }
        for layer in front.convolutions {
            values.append(take(layer.positions * layer.outputs))
            slopes.append(take(layer.positions * layer.outputs))
            carried.append(take(layer.positions * layer.outputs))
        }
        self.values = values
        self.slopes = slopes
        self.carried = carried
        pooled = front.pools ? take(front.outputCount) : nil
    }

    /// What goes to the trunk, `front.outputCount` rows.
    public var output: UnsafeMutablePointer<Number> { pooled ?? values.last! }

    private static var lanes: Int { MemoryLayout<Number.Register>.stride / MemoryLayout<Number>.stride }

    /// Computes the output from the input for some columns.
    public func forward(input: UnsafePointer<Number>, _ parameters: UnsafePointer<Number>, columns: Range<Int>) {
        let offset = columns.lowerBound, width = columns.count
        var source = input
        for (index, layer) in front.convolutions.enumerated() {
            let place = front.layers[index], sums = slopes[index]
            for position in 0..<layer.positions {
                let target = sums + position * layer.outputs * stride + offset
                var isFirst = true
                layer.forEachSpan(at: position) { weights, start, count in
                    Number.multiply(
                        parameters + place.weights + weights, .plain, stride: place.inputs, by: source + start * stride + offset, .plain, stride: stride,
                        into: target, stride: stride, rows: layer.outputs, columns: width, inner: count, beta: isFirst ? 0 : 1)
                    isFirst = false
                }
                activate(target, parameters + place.biases, values[index] + position * layer.outputs * stride + offset, rows: layer.outputs, width)
            }
            source = UnsafePointer(values[index])
        }
        if front.pools { pool(columns) }
    }

    /// SiLU: sums become slopes, and the values are written.
    private func activate(
        _ sums: UnsafeMutablePointer<Number>, _ biases: UnsafePointer<Number>, _ output: UnsafeMutablePointer<Number>, rows: Int, _ columns: Int
    ) {
        typealias Register = Number.Register
        let one = Register(1.0)
        for row in 0..<rows {
            let bias = Register(repeating: biases[row])
            for column in Swift.stride(from: 0, to: columns, by: Self.lanes) {
                let place = row * stride + column
                let x = Register(loading: sums + place) + bias
                let s = one / (one + (-x).exponential), y = x * s
                s.fma(y, one - s).store(to: sums + place)
                y.store(to: output + place)
            }
        }
    }

    /// Means, then greatest values over the positions.
    private func pool(_ columns: Range<Int>) {
        typealias Register = Number.Register
        let last = front.convolutions.last!, source = values.last!, target = pooled!
        let share = Register(1 / Double(last.positions))
        for channel in 0..<last.outputs {
            for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: Self.lanes) {
                var sum = Register(0.0), greatest = Register(loading: source + channel * stride + column)
                for position in 0..<last.positions {
                    let value = Register(loading: source + (position * last.outputs + channel) * stride + column)
                    sum = sum + value
                    greatest = greatest.atLeast(value)
                }
                (sum * share).store(to: target + channel * stride + column)
                greatest.store(to: target + (last.outputs + channel) * stride + column)
            }
        }
    }

    /// Carries the gradient with respect to the output back to every layer's sums, where ``accumulate(layer:rows:input:into:batch:)`` finds it.
    ///
    /// - Parameter gradient: `front.outputCount` rows.
    public func backward(_ gradient: UnsafePointer<Number>, _ parameters: UnsafePointer<Number>, columns: Range<Int>) {
        let offset = columns.lowerBound, width = columns.count, last = front.convolutions.count - 1
        if front.pools { unpool(gradient, columns) } else { copy(gradient, to: carried[last], rows: front.outputCount, columns) }
        for index in front.convolutions.indices.reversed() {
            let layer = front.convolutions[index], place = front.layers[index]
            scale(slopes[index], by: carried[index], rows: layer.positions * layer.outputs, columns)
            guard index > 0 else { break }
            let before = front.convolutions[index - 1], target = carried[index - 1]
            for row in 0..<before.positions * before.outputs { (target + row * stride + offset).update(repeating: 0, count: width) }
            for position in 0..<layer.positions {
                let own = slopes[index] + position * layer.outputs * stride + offset
                layer.forEachSpan(at: position) { weights, start, count in
                    Number.multiply(
                        parameters + place.weights + weights, .transposed, stride: place.inputs, by: own, .plain, stride: stride,
                        into: target + start * stride + offset, stride: stride, rows: count, columns: width, inner: layer.outputs, beta: 1)
                }
            }
        }
    }

    /// Computes some rows of a layer's gradient with respect to weights and biases, over a whole batch; returns their sum of squares.
    ///
    /// - Parameter gradient: laid out as the parameters.
    public func accumulate(
        layer index: Int, rows: Range<Int>, input: UnsafePointer<Number>, into gradient: UnsafeMutablePointer<Number>, batch: Int
    ) -> Double {
        typealias Register = Number.Register
        let layer = front.convolutions[index], place = front.layers[index]
        let source = index == 0 ? input : UnsafePointer(values[index - 1])
        let weights = gradient + place.weights + rows.lowerBound * place.inputs
        weights.update(repeating: 0, count: rows.count * place.inputs)
        for position in 0..<layer.positions {
            let own = slopes[index] + (position * layer.outputs + rows.lowerBound) * stride
            layer.forEachSpan(at: position) { offset, start, count in
                Number.multiply(
                    own, .plain, stride: stride, by: source + start * stride, .transposed, stride: stride, into: weights + offset, stride: place.inputs,
                    rows: rows.count, columns: count, inner: batch, beta: 1)
            }
        }
        var squares = 0.0
        for row in rows {
            var bias = Number(0)
            for position in 0..<layer.positions {
                let own = slopes[index] + (position * layer.outputs + row) * stride
                for column in 0..<batch { bias += own[column] }
            }
            gradient[place.biases + row] = bias
            squares += Double(bias * bias)
        }
        for i in 0..<rows.count * place.inputs { squares += Double(weights[i] * weights[i]) }
        return squares
    }

    private func copy(_ source: UnsafePointer<Number>, to target: UnsafeMutablePointer<Number>, rows: Int, _ columns: Range<Int>) {
        for row in 0..<rows {
            (target + row * stride + columns.lowerBound).update(from: source + row * stride + columns.lowerBound, count: columns.count)
        }
    }

    private func scale(_ target: UnsafeMutablePointer<Number>, by factor: UnsafePointer<Number>, rows: Int, _ columns: Range<Int>) {
        typealias Register = Number.Register
        for row in 0..<rows {
            for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: Self.lanes) {
                let place = row * stride + column
                (Register(loading: target + place) * Register(loading: factor + place)).store(to: target + place)
            }
        }
    }

    /// The gradient with respect to the last layer's values, from that of the means and the greatest values; of equal ones the first.
    private func unpool(_ gradient: UnsafePointer<Number>, _ columns: Range<Int>) {
        let last = front.convolutions.last!, source = values.last!, target = carried.last!
        let share = 1 / Number(last.positions)
        for channel in 0..<last.outputs {
            for column in columns {
                let mean = gradient[channel * stride + column] * share
                let greatest = pooled![(last.outputs + channel) * stride + column]
                var rest = gradient[(last.outputs + channel) * stride + column]
                for position in 0..<last.positions {
                    let place = (position * last.outputs + channel) * stride + column
                    target[place] = mean
                    if source[place] == greatest {
                        target[place] += rest
                        rest = 0
                    }
                }
            }
        }
    }
}
