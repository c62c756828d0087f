import ConditionalModels
import Numerics

/// The contexts that a training draws, found by what its network gets for them: densities in double precision are asked at all digits of a context.
struct KnownContexts {
    private let encoding: NumberEncoding
    private let rows: Matrix
    private let bounds: [ClosedRange<Double>]
    // Rows by the hash of their inputs; the first of those that the network takes for one another.
    private let indices: [Int: Int]

    /// - Parameters:
    ///   - rows: contexts that were made beforehand, as many columns as the encoding has numbers; none where they are drawn from ranges.
    ///   - bounds: the range of each number, which rounding must not leave; none where they have none.
    init(_ rows: Matrix, within bounds: [ClosedRange<Double>], encoding: NumberEncoding) {
        precondition(rows.columns == encoding.inputCount && (bounds.isEmpty || bounds.count == rows.columns), "contexts that do not fit the encoding")
        self.encoding = encoding
        self.rows = rows
        self.bounds = bounds
        indices = Dictionary((0..<rows.rows).map { (encoding.encode(rows.row($0)).hashValue, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The context that a network gets these inputs for; where it is none of the rows, the one with the fewest decimals.
    func context(of inputs: [Float]) -> [Double] {
        if let index = indices[inputs.hashValue], encoding.encode(rows.row(index)) == inputs { return Array(rows.row(index)) }
        return inputs.enumerated().map { place, input in
            let number = encoding.simplest(input, place: place)
            return bounds.isEmpty ? number : min(max(number, bounds[place].lowerBound), bounds[place].upperBound)
        }
    }
}
