import Networks
import Numerics

/// Where the weight gradients of a model's networks are summed over a batch, and what the optimiser works in.
public final class GradientWorkspace: @unchecked Sendable {
    let batches: [BatchWorkspace]
    /// Where the parameters of each network begin.
    let starts: [Int]
    let optimizer: Optimizer
    /// What ``Soap`` works in, a network; empty for Adam.
    let soap: [SoapWorkspace]
    /// The chunks of all networks' parameters, for Adam alone.
    let chunks: [(network: Int, index: Int)]
    /// The blocks of all networks' gradients.
    private let blocks: [(network: Int, index: Int)]
    private let registers = Registers()
    private let squares: UnsafeMutablePointer<Double>

    package init(_ batches: [BatchWorkspace], starts: [Int], optimizer: Optimizer) {
        func parts(_ count: (BatchWorkspace) -> Int) -> [(network: Int, index: Int)] {
            batches.enumerated().flatMap { network, batch in (0..<count(batch)).map { (network, $0) } }
        }
        self.batches = batches
        self.starts = starts
        self.optimizer = optimizer
        soap = optimizer == .soap ? batches.map { SoapWorkspace($0.network) } : []
        chunks = optimizer == .adam ? parts { ($0.network.parameterCount + Adam.chunkSize - 1) / Adam.chunkSize } : []
        blocks = parts(\.blockCount)
        squares = registers.take(blocks.count, repeating: 0)
    }

    /// Sums the gradients; returns their norm, or nil where that was cancelled.
    func sum(threads: Int, cancellation: Cancellation) -> Double? {
        parallelFor(blocks.count, threads: threads) { index in
            if cancellation.isRequested { return }
            let (network, block) = self.blocks[index]
            self.squares[index] = flushingSubnormals { self.batches[network].accumulateGradient(block: block) }
        }
        if cancellation.isRequested { return nil }
        return blocks.indices.reduce(0) { $0 + squares[$1] }.squareRoot()
    }
}
