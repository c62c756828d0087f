import Mixtures
import Networks
import Numerics

/// Gives components of a network new places: their rows of the output layer are written anew.
///
/// A place that is missed at one context has its counterparts at others. The mean's rows are a ridge regression of the candidates that
/// belong together on the last hidden layer, drawn towards a constant mean: candidates are assigned to the regression's prediction, nearest
/// first, and the regression is repeated. The factor's rows are constant, those of a small sphere; so is the logit's, with a weight of
/// half of 1/K on average.
public struct ComponentPlacement: Sendable {
    /// The strength of the pull towards a constant mean, relative to the number of contexts.
    public var ridge = 0.01
    /// How far in the network's coordinates a candidate may be from the prediction.
    public var radius = 1.0
    public var rounds = 3
    /// The standard deviation to start with, in the network's coordinates.
    public var deviation = 0.15

    public init() {}

    /// The rows of one component: logit, means, raw numbers, each with a bias and a weight a feature.
    public struct Rows: Sendable {
        /// `1 + width` numbers per row, the bias first.
        public var numbers: [[Double]]
        /// How many contexts take part in the regression.
        public var contexts: Int
    }

    /// Rows for the highest of the candidates and what belongs to it, which are taken out of the list; nil where there is none.
    ///
    /// - Parameters:
    ///   - features: the last hidden layer, `width` rows, feature f of context l at `f·stride + l`.
    ///   - logit: the logarithm of the sum of the components' exponentials, averaged over contexts.
    public func next(
        _ candidates: inout [ResidualSearch.Candidate], _ objective: PathObjective, features: UnsafePointer<Float>, width: Int, stride: Int, logit: Double
    ) -> Rows? {
        guard let first = candidates.first else { return nil }
        let n = objective.dimension
        // Coefficients of every coordinate: bias, then one a feature.
        var coefficients = first.place.map { [$0] + [Double](repeating: 0, count: width) }
        func predict(_ context: Int, _ coordinate: Int) -> Double {
            var sum = coefficients[coordinate][0]
            for f in 0..<width { sum += coefficients[coordinate][1 + f] * Double(features[f * stride + context]) }
            return sum
        }
        var members: [Int: (index: Int, distance: Double)] = [:]
        for round in 0..<rounds {
            members = [:]
            for (index, candidate) in candidates.enumerated() {
                var square = 0.0
                for i in 0..<n {
                    let difference = candidate.place[i] - predict(candidate.context, i)
                    square += difference * difference
                }
                let distance = square.squareRoot()
                if distance < radius, distance < members[candidate.context]?.distance ?? .infinity { members[candidate.context] = (index, distance) }
            }
            guard round < rounds - 1, members.count > 1 else { break }
            coefficients = regress(members.values.map { candidates[$0.index] }.sorted { $0.context < $1.context }, n, features, width, stride)
        }
        let used = Set(members.values.map(\.index))
        // Whatever is near the prediction at its context is the same mode.
        candidates = candidates.enumerated().filter { index, candidate in
            if used.contains(index) || index == 0 { return false }
            var square = 0.0
            for i in 0..<n { square += (candidate.place[i] - predict(candidate.context, i)) * (candidate.place[i] - predict(candidate.context, i)) }
            return square > radius * radius / 4
        }.map(\.element)
        func constant(_ value: Double) -> [Double] { [value] + [Double](repeating: 0, count: width) }
        var rows = [constant(logit + Elementary.log(0.5 / Double(objective.components)))] + coefficients
        let raw = objective.projection.rawNumber(forDeviation: deviation)
        for index in 0..<objective.projection.rawCount {
            let isDiagonal = objective.projection.shape == .diagonal || (0..<n).contains { triangleIndex($0, $0) == index }
            rows.append(constant(isDiagonal ? raw : 0))
        }
        return Rows(numbers: rows, contexts: members.count)
    }

    /// Ridge regression about the mean place: the bias is free, the weights are not.
    private func regress(
        _ members: [ResidualSearch.Candidate], _ n: Int, _ features: UnsafePointer<Float>, _ width: Int, _ stride: Int
    ) -> [[Double]] {
        let count = Double(members.count)
        let means = (0..<width).map { f in members.reduce(0) { $0 + Double(features[f * stride + $1.context]) } / count }
        let centre = (0..<n).map { i in members.reduce(0) { $0 + $1.place[i] } / count }
        var matrix = [Double](repeating: 0, count: triangleCount(width)), sides = [[Double]](repeating: [Double](repeating: 0, count: width), count: n)
        for member in members {
            let row = (0..<width).map { Double(features[$0 * stride + member.context]) - means[$0] }
            for i in 0..<width {
                for j in 0...i { matrix[triangleIndex(i, j)] += row[i] * row[j] }
                for k in 0..<n { sides[k][i] += row[i] * (member.place[k] - centre[k]) }
            }
        }
        var trace = 0.0
        for i in 0..<width { trace += matrix[triangleIndex(i, i)] }
        for i in 0..<width { matrix[triangleIndex(i, i)] += ridge * trace / Double(width) + 1e-9 }
        matrix.withUnsafeMutableBufferPointer { PackedTriangle.factorise(width, $0.baseAddress!, least: 1e-12) }
        return (0..<n).map { k in
            var solution = sides[k]
            PackedTriangle.solveVector(width, matrix, &solution)
            PackedTriangle.solveVectorTransposed(width, matrix, &solution)
            return [centre[k] - zip(solution, means).reduce(0) { $0 + $1.0 * $1.1 }] + solution
        }
    }
}

extension ComponentPlacement.Rows {
    /// Writes the rows as a component's into a buffer laid out like the network's parameters.
    public func write(component o: Int, _ objective: PathObjective, _ network: ResidualNetwork, to buffer: inout AlignedFloats) {
        let layer = network.layers[network.layers.count - 1], rows = objective.dimension + objective.projection.rawCount
        for (index, row) in numbers.enumerated() {
            let place = index == 0 ? o : objective.components + o * rows + index - 1
            buffer[layer.biases + place] = Float(row[0])
            for f in 0..<layer.inputs { buffer[layer.weights + place * layer.inputs + f] = Float(row[1 + f]) }
        }
    }

    /// Writes zeros in the rows' place: moments of a component that is new.
    public func clear(component o: Int, _ objective: PathObjective, _ network: ResidualNetwork, in buffer: inout AlignedFloats) {
        let zeros = ComponentPlacement.Rows(numbers: numbers.map { $0.map { _ in 0 } }, contexts: 0)
        zeros.write(component: o, objective, network, to: &buffer)
    }
}
