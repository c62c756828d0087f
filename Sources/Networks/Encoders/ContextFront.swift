import Numerics

/// The layers before a network's trunk where an input is an image or a set of points; they share their weights over positions.
///
/// Images go through convolutions of 3 × 3 with a step of two, which halve them until they are small; what is left goes to the trunk. Every point
/// of a set goes through one layer; the means and the greatest values over the points go to the trunk, so that neither their order nor
/// their number matters.
public struct ContextFront: Sendable, Equatable {
    /// A layer that looks at a window of positions, with the same weights everywhere, followed by a SiLU.
    public struct Convolution: Sendable, Equatable {
        /// What comes in: positions by rows, `channels` numbers each.
        public let height: Int
        public let width: Int
        public let channels: Int
        /// The window's side, the step from window to window, and the border of zeros.
        public let side: Int
        public let step: Int
        public let border: Int
        /// What goes out at every position.
        public let outputs: Int

        public var outputHeight: Int { (height + 2 * border - side) / step + 1 }
        public var outputWidth: Int { (width + 2 * border - side) / step + 1 }
        /// Positions that go out.
        public var positions: Int { outputHeight * outputWidth }
        /// Numbers in a window.
        var window: Int { side * side * channels }

        /// The rows of a window at a position that lie inside: where their weights start, where their numbers do, and how many those are.
        @inline(__always)
        func forEachSpan(at position: Int, _ body: (_ weights: Int, _ source: Int, _ count: Int) -> Void) {
            let top = position / outputWidth * step - border, left = position % outputWidth * step - border
            let first = max(0, -left), last = min(side, width - left)
            guard first < last else { return }
            for row in max(0, -top)..<max(max(0, -top), min(side, height - top)) {
                body((row * side + first) * channels, ((top + row) * width + left + first) * channels, (last - first) * channels)
            }
        }
    }

    public let convolutions: [Convolution]
    /// Whether means and greatest values over the positions go on, or all of them.
    public let pools: Bool
    /// The layers' places among the network's parameters.
    public private(set) var layers: [DenseLayer] = []

    private init(_ convolutions: [Convolution], pools: Bool) {
        self.convolutions = convolutions
        self.pools = pools
    }

    /// For images by rows, their channels side by side.
    ///
    /// - Precondition: all sizes are positive.
    public static func image(height: Int, width: Int, channels: Int) -> ContextFront {
        precondition(height > 0 && width > 0 && channels > 0, "a picture without size")
        var layers: [Convolution] = []
        var (h, w, c) = (height, width, channels)
        repeat {
            let next = Convolution(height: h, width: w, channels: c, side: 3, step: 2, border: 1, outputs: layers.isEmpty ? 16 : 32)
            layers.append(next)
            (h, w, c) = (next.outputHeight, next.outputWidth, next.outputs)
        } while max(h, w) > 4
        return ContextFront(layers, pools: false)
    }

    /// For sets of so many points in training; any number at a query.
    ///
    /// - Precondition: both are positive.
    public static func points(count: Int, dimension: Int, width: Int = 64) -> ContextFront {
        precondition(count > 0 && dimension > 0 && width > 0 && width % laneCount == 0, "points without number or dimension")
        let layer = Convolution(height: count, width: 1, channels: dimension, side: 1, step: 1, border: 0, outputs: width)
        let second = Convolution(height: count, width: 1, channels: width, side: 1, step: 1, border: 0, outputs: width)
        return ContextFront([layer, second], pools: true)
    }

    /// The number of the network's inputs, and of what goes to the trunk.
    public var inputCount: Int { convolutions[0].height * convolutions[0].width * convolutions[0].channels }
    public var outputCount: Int {
        let last = convolutions.last!
        return pools ? 2 * last.outputs : last.positions * last.outputs
    }

    /// The same front with its layers placed among parameters.
    ///
    /// - Parameter take: gives places for so many parameters.
    func placed(_ take: (Int) -> Int) -> ContextFront {
        var result = self
        result.layers = convolutions.map {
            DenseLayer(inputs: $0.window, outputs: $0.outputs, weights: take($0.window * $0.outputs), biases: take($0.outputs))
        }
        return result
    }

    /// Rows of numbers that a batch keeps: values, slopes and gradients of every layer, and what is pooled.
    public var activationRows: Int { convolutions.reduce(0) { $0 + 3 * $1.positions * $1.outputs } + (pools ? outputCount : 0) }
}
