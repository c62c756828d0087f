import Numerics

extension BatchWorkspace {
    /// A training step's matrix products and nothing else, on whatever numbers are there: what the step is measured against.
    public func multiplyOnly(shard: Int, _ parameters: UnsafePointer<Float>) {
        let columns = columns(ofShard: shard)
        let offset = columns.lowerBound, width = columns.count
        for (index, layer) in network.layers.enumerated() {
            let source = index == 0 ? input : hidden[index - 1]
            let sums = index == hidden.count ? output : slopes[index]
            BLAS.multiply(parameters + layer.weights, stride: layer.inputs, by: source + offset, stride: stride,
                          into: sums + offset, stride: stride, rows: layer.outputs, columns: width, inner: layer.inputs)
            if index == 0 { continue }
            BLAS.multiply(parameters + layer.weights, .transposed, stride: layer.inputs, by: sums + offset, stride: stride,
                          into: carriers[0] + offset, stride: stride, rows: layer.inputs, columns: width, inner: layer.outputs)
        }
    }

    /// The products of a block's weight gradient.
    public func multiplyOnly(block: Int) {
        let (index, rows) = blocks[block]
        guard index >= 0 else { return }
        let layer = network.layers[index]
        let source = index == 0 ? input : hidden[index - 1]
        let sums = (index == hidden.count ? output : slopes[index]) + rows.lowerBound * stride
        BLAS.multiply(sums, stride: stride, by: source, .transposed, stride: stride,
                      into: gradient + layer.weights + rows.lowerBound * layer.inputs, stride: layer.inputs,
                      rows: rows.count, columns: layer.inputs, inner: batch)
    }
}
