import Mixtures
import Numerics

/// Draws component numbers by their weights.
package struct ComponentChooser {
    private var cumulative: [Double]

    package init(logWeights: [Float]) {
        var total = 0.0
        cumulative = logWeights.map {
            total += Elementary.exp(Double($0))
            return total
        }
    }

    /// A component's number, from zero on.
    package func next(using random: inout RandomStream) -> Int { component(at: random.uniform()) }

    /// So many components' numbers in random order, each as often as its weight says, to less than one (systematic sampling).
    package func spread(_ count: Int, using random: inout RandomStream) -> [Int] {
        let offset = random.uniform()
        return (0..<count).map { component(at: (Double($0) + offset) / Double(count)) }.shuffled(using: &random)
    }

    /// The component at a share of the total weight.
    private func component(at share: Double) -> Int {
        let u = share * (cumulative.last ?? 0)
        // Binary search for the first entry above u.
        var low = 0, high = cumulative.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > u { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension MixturePredictor {
    /// A sample of each of the components listed, by rows, at the context asked for last; components that are not are not evaluated.
    package func sample(_ choices: [Int], logWeights: [Float], using lanes: inout LaneRandom) -> [Float] {
        var position = [Int](repeating: -1, count: model.components), used: [Int] = []
        let positions = choices.map { component in
            if position[component] < 0 {
                position[component] = used.count
                used.append(component)
            }
            return position[component]
        }
        return mixture(of: used, logWeights: logWeights).sample(positions, using: &lanes)
    }
}

extension LaneMixture {
    /// Draws one sample of each of the components listed.
    ///
    /// The samples of one component are made sixteen at a time, by x = m + A⁻ᵀ·z with z standard normal.
    ///
    /// - Parameters:
    ///   - choices: a component's index for every sample.
    ///   - lanes: where the normal numbers are drawn from.
    /// - Returns: a row of `dimension` values for every choice.
    package func sample(_ choices: [Int], using lanes: inout LaneRandom) -> [Float] {
        var rows = [Float](repeating: 0, count: choices.count * dimension)
        // The rows of every component, by counting sort.
        var starts = [Int](repeating: 0, count: count + 1)
        for component in choices { starts[component + 1] += 1 }
        for o in 0..<count { starts[o + 1] += starts[o] }
        var order = [Int](repeating: 0, count: choices.count)
        var next = starts
        for (row, component) in choices.enumerated() {
            order[next[component]] = row
            next[component] += 1
        }
        rows.withUnsafeMutableBufferPointer { rows in
            withUnsafeTemporaryAllocation(of: Lanes.self, capacity: dimension + dimension % 2) { y in
                for o in 0..<count where starts[o + 1] > starts[o] {
                    for first in stride(from: starts[o], to: starts[o + 1], by: laneCount) {
                        drawGroup(o, into: y.baseAddress!, using: &lanes)
                        for lane in 0..<min(laneCount, starts[o + 1] - first) {
                            let row = order[first + lane] * dimension
                            for i in 0..<dimension { rows[row + i] = y[i][lane] }
                        }
                    }
                }
            }
        }
        return rows
    }

    /// Sixteen samples of one component.
    private func drawGroup(_ component: Int, into y: UnsafeMutablePointer<Lanes>, using lanes: inout LaneRandom) {
        let block = component / laneCount, lane = component % laneCount
        let triangle = block * triangleCount(dimension), mean = block * dimension
        for i in stride(from: 0, to: dimension, by: 2) {
            let (a, b) = lanes.normals()
            y[i] = a
            y[i + 1] = b
        }
        for i in stride(from: dimension - 1, through: 0, by: -1) {
            var sum = y[i]
            for k in i + 1..<max(dimension, i + 1) {
                sum = sum.fnma(Lanes(repeating: factors[triangle + triangleIndex(k, i)][lane]), y[k])
            }
            y[i] = sum * (1 / factors[triangle + triangleIndex(i, i)][lane])
        }
        for i in 0..<dimension { y[i] += Lanes(repeating: means[mean + i][lane]) }
        for turn in turns { y[turn.variable] = y[turn.variable].wrapped(around: Lanes(repeating: turn.middle)) }
    }
}
