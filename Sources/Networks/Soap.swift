import Numerics

/// Adam in the eigenbasis of Shampoo's preconditioner (SOAP; Vyas et al., 2025).
///
/// A layer's weight matrix W (outputs × inputs) has two curvatures, moving averages of G·Gᵀ and Gᵀ·G of its gradients. Adam's moments
/// live in their eigenbases, where the gradient's coordinates vary nearly independently:
///
///     L ← β·L + (1 − β)·G·Gᵀ,   R ← β·R + (1 − β)·Gᵀ·G,   G' = P·G·Qᵀ,   W ← W − rate·Pᵀ·Adam(G')·Q
///
/// The rows of P and Q are the eigenvectors; a step of orthogonal iteration every ``interval`` steps keeps them up to date, and turns
/// the first moments along. Sides longer than ``longestSide`` and the outputs of the output layer, whose number changes with the
/// components, keep the standard basis; biases have Adam's plain steps.
public struct Soap: Sendable, Equatable {
    /// The decays and the average of the steps in the eigenbases.
    public var adam = Adam()
    /// The decay β of the curvatures.
    public var curvatureDecay: Float = 0.98
    /// The curvatures take in every gradient of so many.
    public var curvatureInterval = 1
    /// Steps from one turn of the bases to the next.
    public var interval = 10

    public init() {}

    /// The longest side that is turned: products with a basis cost its square.
    public static let longestSide = 512

    /// A layer's place in the buffers of curvatures and of bases.
    struct Place: Sendable {
        /// The number of outputs and where their square matrix starts; nil keeps the standard basis.
        var left: (side: Int, start: Int)?
        var right: (side: Int, start: Int)?
    }

    /// Where the matrices of all layers lie, and how many numbers they take.
    static func places(_ network: ResidualNetwork) -> (places: [Place], count: Int) {
        var offset = 0
        func take(_ side: Int) -> (side: Int, start: Int)? {
            guard side <= longestSide else { return nil }
            defer { offset += (side * side + laneCount - 1) / laneCount * laneCount }
            return (side, offset)
        }
        let places = network.matrices.indices.map { index in
            let layer = network.matrices[index]
            return Place(left: index == network.matrices.count - 1 ? nil : take(layer.outputs), right: take(layer.inputs))
        }
        return (places, offset)
    }

    /// The state of the optimiser besides Adam's moments.
    public struct State: Sendable, Equatable {
        /// The curvatures and their eigenbases: a square matrix for every side, the eigenvectors as rows.
        public internal(set) var curvatures: AlignedFloats
        public internal(set) var bases: AlignedFloats
        /// Steps taken.
        public internal(set) var step = 0

        /// No curvature yet, and the standard bases.
        public init(_ network: ResidualNetwork) {
            let (places, count) = Soap.places(network)
            curvatures = AlignedFloats(count: count)
            bases = AlignedFloats(count: count)
            bases.withMutablePointer { bases in
                for (side, start) in places.flatMap({ [$0.left, $0.right] }).compactMap({ $0 }) {
                    for index in 0..<side { bases[start + index * (side + 1)] = 1 }
                }
            }
        }

        /// A state that was stored; nil where the sizes are not those of the network.
        public init?(_ network: ResidualNetwork, curvatures: AlignedFloats, bases: AlignedFloats, step: Int) {
            let count = Soap.places(network).count
            guard curvatures.count == count, bases.count == count, step >= 0 else { return nil }
            self.curvatures = curvatures
            self.bases = bases
            self.step = step
        }

        /// Takes over another state of the same network, without allocating.
        public mutating func assign(_ other: State) {
            curvatures.assign(other.curvatures)
            bases.assign(other.bases)
            step = other.step
        }

        public var isFinite: Bool { curvatures.isFinite && bases.isFinite }
    }
}

/// The memory that steps of ``Soap`` work in.
public final class SoapWorkspace: @unchecked Sendable {
    public let network: ResidualNetwork
    let places: [Soap.Place]
    /// Layers, those with the most work first.
    let order: [Int]
    private let registers = Registers()
    private let memory: UnsafeMutablePointer<Float>
    private let offsets: [Int]

    public init(_ network: ResidualNetwork) {
        BLAS.prepare()
        self.network = network
        places = Soap.places(network).places
        let work = network.matrices.map { $0.outputs * $0.inputs * ($0.outputs + $0.inputs) }
        order = network.matrices.indices.sorted { (work[$0], $1) > (work[$1], $0) }
        var count = 0
        var offsets: [Int] = []
        for layer in network.matrices {
            offsets.append(count)
            let side = max(min(layer.outputs, Soap.longestSide), min(layer.inputs, Soap.longestSide))
            // The last one also holds the coefficients of a block of rows.
            let shape = max(layer.outputs * layer.inputs, 16 * side)
            count += (layer.outputs * layer.inputs + shape + side * side + 3 * laneCount) / laneCount * laneCount
        }
        self.offsets = offsets
        memory = registers.take(count, repeating: 0)
    }

    /// Two matrices of a layer's shape, the second with room for sixteen rows of its longer side, and a square one of that side.
    func scratch(_ index: Int) -> (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) {
        let layer = network.matrices[index], size = layer.outputs * layer.inputs
        let side = max(min(layer.outputs, Soap.longestSide), min(layer.inputs, Soap.longestSide))
        let start = memory + offsets[index]
        return (start, start + size, start + size + max(size, 16 * side))
    }
}
