import ConditionalInference
import ConditionalSuite
import Mixtures
import Networks
import Numerics
import Testing

@Suite("Places of high residual")
struct ResidualSearchTests {
    private static let count = 32

    /// Contexts of the moving mixture, and outputs that hold some of its four modes exactly.
    private static func scene(_ held: [Int]) -> (objective: PathObjective, contexts: [Float], outputs: [Float], modes: [[[Double]]]) {
        let projection = PrecisionProjection(dimension: 2, deviations: 1e-4...10, isBounded: false)
        let objective = PathObjective(components: held.count, projection: projection)
        var stream = RandomStream(seed: 21)
        var contexts = [Float](repeating: 0, count: 2 * count), outputs = [Float](repeating: 0, count: objective.outputCount * count)
        var modes: [[[Double]]] = []
        for column in 0..<count {
            let c = [2 * stream.uniform() - 1, 2 * stream.uniform() - 1]
            for i in 0..<2 { contexts[i * count + column] = Float(c[i]) }
            let places: [[Double]] = (0..<4).map { j in
                let angle = Double(j) * .pi / 2 + .pi / 4 * c[0], radius = (2.5 + c[1]) / 2.5
                return [radius * Elementary.cos(angle), radius * Elementary.sin(angle)]
            }
            modes.append(places)
            for (o, j) in held.enumerated() {
                outputs[o * count + column] = Float([c[0], c[1], -c[0], -c[1]][j])
                let row = held.count + o * 5
                for i in 0..<2 { outputs[(row + i) * count + column] = Float(places[j][i]) }
                let raw = Float(projection.rawNumber(forDeviation: 0.14))
                outputs[(row + 2) * count + column] = raw
                outputs[(row + 4) * count + column] = raw
            }
        }
        return (objective, contexts, outputs, modes)
    }

    private static func candidates(_ held: [Int]) -> (found: [ResidualSearch.Candidate], modes: [[[Double]]]) {
        let scene = scene(held), density = StandardisedDensity(MovingMixture(), centre: [0, 0], scale: [2.5, 2.5])
        var stream = RandomStream(seed: 1)
        let found = ResidualSearch().candidates(
            scene.objective, density, outputs: scene.outputs, contexts: scene.contexts, stride: count, count: count, using: &stream)
        return (found, scene.modes)
    }

    @Test("A mode that no component holds is found wherever it has mass; what is held is not")
    func missing() {
        let (found, modes) = Self.candidates([0, 1, 3])
        #expect(Set(found.map(\.context)).count > Self.count / 2)
        for candidate in found {
            let mode = modes[candidate.context][2], dx = candidate.place[0] - mode[0], dy = candidate.place[1] - mode[1]
            #expect((dx * dx + dy * dy).squareRoot() < 0.1, "\(candidate) is not at the mode missed")
        }
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.excess >= $1.excess })
        #expect(Self.candidates([0, 1, 2, 3]).found.isEmpty)
    }

    @Test("A component's new place follows the features that its mode depends on")
    func placement() {
        let projection = PrecisionProjection(dimension: 2, deviations: 1e-3...10)
        let objective = PathObjective(components: 3, projection: projection), width = 16, stride = 64
        var stream = RandomStream(seed: 5)
        let features: [Float] = (0..<width * stride).map { _ in Float(stream.normal()) }
        var candidates: [ResidualSearch.Candidate] = []
        for context in 0..<stride {
            let a = Double(features[context]), b = Double(features[stride + context])
            let place: [Double] = [0.4 + 0.1 * a, -0.3 + 0.1 * b], excess: Double = 5 + stream.uniform()
            candidates.append(ResidualSearch.Candidate(context: context, place: place, excess: excess))
            // Another mode far away, less high.
            candidates.append(ResidualSearch.Candidate(context: context, place: [-3, 3], excess: 4.5))
        }
        candidates.sort { $0.excess > $1.excess }
        let placement = ComponentPlacement()
        guard let rows = placement.next(&candidates, objective, features: features, width: width, stride: stride, logit: 1) else {
            Issue.record("nothing was placed")
            return
        }
        #expect(rows.contexts == stride)
        #expect(candidates.count == stride && candidates.allSatisfy { $0.place[0] == -3 }, "the other mode is left for the next component")
        let network = ResidualNetwork(inputs: 2, hidden: [16], outputs: objective.outputCount)
        var parameters = AlignedFloats(count: network.parameterCount)
        rows.write(component: 1, objective, network, to: &parameters)
        let head = network.layers[1], row = 3 + 5
        let expectations: [[Double]] = [[0.4, 0.1, 0], [-0.3, 0, 0.1]]
        for (i, expected) in expectations.enumerated() {
            #expect(abs(Double(parameters[head.biases + row + i]) - expected[0]) < 0.01)
            for f in 0..<2 { #expect(abs(Double(parameters[head.weights + (row + i) * 16 + f]) - expected[1 + f]) < 0.01) }
        }
        #expect(abs(Double(parameters[head.biases + 1]) - 1 - Elementary.log(0.5 / 3)) < 1e-5)
        #expect(parameters[head.biases] == 0 && parameters[head.biases + row + 5] == 0, "other components keep their rows")
        rows.clear(component: 1, objective, network, in: &parameters)
        #expect(parameters.array.allSatisfy { $0 == 0 })
    }
}
