import Baselines
import ConditionalModels
import Files
import Foundation
import ModelFiles
import Networks
import Numerics
import RobotModels
import Testing

/// Averages of models' densities, in memory and in files.
@Suite struct EnsembleTests {
    private func subject(_ names: [String] = ["x1", "x2"]) -> DensitySubject {
        DensitySubject(name: "test", space: SampleSpace(names: names, middle: names.map { _ in 0.3 }, halfRange: names.map { _ in 1.5 }))
    }

    private func encoding(_ count: Int = 1, offset: Double = 0) -> NumberEncoding {
        NumberEncoding(shape: .row(count), offset: Array(repeating: offset, count: count), scale: Array(repeating: 0.7, count: count))
    }

    private func mixture(seed: UInt64, offset: Double = 0) throws -> ConditionalMixture {
        let subject = subject()
        return try ConditionalMixture(
            subject: subject, space: subject.space, encoder: encoding(offset: offset),
            configuration: ModelConfiguration(components: 3, hidden: [16], seed: seed), meanDeviation: 0.7)
    }

    private func flow(seed: UInt64, inputs: Int = 1, names: [String] = ["x1", "x2"], width: Int = 0) throws -> ConditionalFlow {
        let subject = subject(names)
        return try ConditionalFlow(
            subject: subject, space: subject.space, encoder: encoding(inputs, offset: 0.2),
            configuration: FlowConfiguration(blocks: 2, hidden: [16], coupling: .spline, bins: 3, width: width, seed: seed))
    }

    /// Two mixtures that scale their contexts in different ways, and a flow.
    private func ensemble() throws -> ModelEnsemble { try ModelEnsemble([mixture(seed: 1), mixture(seed: 2, offset: 0.5), flow(seed: 3)]) }

    @Test func theDensityIsTheMeanOfTheMembers() throws {
        let ensemble = try ensemble(), query = EnsembleQuery(ensemble)
        #expect(ensemble.hasDensity && !ensemble.isMixture && ensemble.dimension == 2)
        for context in [-0.8, 0.1, 2.3] {
            let places = Matrix(rows: 3, columns: 2, elements: [0.1, 0.2, -1, 0.7, 2, -0.4])
            let found = try #require(try query.logDensities(of: places, at: [context]))
            for row in 0..<3 {
                let expected = try ensemble.members.map { member in
                    let inputs = try #require(member.encoder as? NumberEncoding).encode([context])
                    return exp(try #require(member.makeGenerator().logDensities(of: places, at: EncodedContext(inputs: inputs)))[row])
                }
                #expect(abs(exp(found[row]) - expected.reduce(0, +) / 3) < 1e-12)
            }
        }
    }

    @Test func samplesAreDrawnFromThatDensity() throws {
        let query = EnsembleQuery(try ensemble()), count = 20_000
        var stream = RandomStream(seed: 5)
        let places = try query.sample([0.4], count: count, using: &stream)
        // ∫ f dx of a square is the mean of 1/q over samples within it; f = 1 gives its area.
        let logs = try #require(try query.logDensities(of: places, at: [0.4]))
        let inverses = (0..<count).map { row -> Double in
            abs(places[row, 0] - 0.3) < 0.8 && abs(places[row, 1] - 0.3) < 0.8 ? exp(-logs[row]) : 0
        }
        let mean = inverses.reduce(0, +) / Double(count)
        let error = (inverses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count * count)).squareRoot()
        #expect(error < 0.2 && abs(mean - 2.56) < 4 * error, "an area of 2.56 is measured as \(mean) ± \(error)")
        var again = RandomStream(seed: 5)
        #expect(try query.sample([0.4], count: count, using: &again) == places)
    }

    @Test func mixturesMakeAMixture() throws {
        let ensemble = try ModelEnsemble([mixture(seed: 1), mixture(seed: 2, offset: 0.5)]), query = EnsembleQuery(ensemble)
        let predicted = try #require(try query.predict([0.4]))
        #expect(predicted.components.count == 6 && abs(predicted.weights.prefix(3).reduce(0, +) - 0.5) < 1e-12)
        let places = Matrix(rows: 2, columns: 2, elements: [0.1, 0.2, -1, 0.7]), logs = try #require(try query.logDensities(of: places, at: [0.4]))
        for row in 0..<2 { #expect(abs(predicted.logDensity(places.row(row)) - logs[row]) < 1e-9) }
        #expect(try EnsembleQuery(self.ensemble()).predict([0.4]) == nil)
    }

    @Test func membersThatDoNotMatchAreNamed() throws {
        #expect(throws: ModelError.self) { try ModelEnsemble([]) }
        let first = try mixture(seed: 1)
        for (other, word) in [(try flow(seed: 2, names: ["x1", "x3"]), "x3"), (try flow(seed: 2, inputs: 2), "context")] {
            let error = #expect(throws: ModelError.self) { try ModelEnsemble([first, other]) }
            #expect(error?.description.contains("member 2") == true && error?.description.contains(word) == true)
        }
        let padded = try ModelEnsemble([first, flow(seed: 2, width: 4)])
        #expect(!padded.hasDensity)
        #expect(try EnsembleQuery(padded).logDensities(of: Matrix(rows: 1, columns: 2), at: [0]) == nil)
    }

    @Test func filesHoldAllMembers() throws {
        let ensemble = try ensemble(), path = temporaryPath("ensemble.safetensors")
        defer { remove(path) }
        try ensemble.write(to: path)
        let file = try Safetensors(contentsOf: path)
        #expect(ModelEnsemble.isHeld(by: file) && !StoredModel.isHeld(by: file))
        let read = try ModelEnsemble(file, path: path)
        let places = Matrix(rows: 2, columns: 2, elements: [0.1, 0.2, -1, 0.7])
        #expect(try EnsembleQuery(read).logDensities(of: places, at: [0.4]) == EnsembleQuery(ensemble).logDensities(of: places, at: [0.4]))

        func reason(_ change: (inout Safetensors) -> Void) -> String {
            var changed = file
            change(&changed)
            do { _ = try ModelEnsemble(changed, path: path) } catch { return error.description }
            return ""
        }
        #expect(reason { _ in } == "")
        #expect(reason { $0.metadata["format"] = "avips ensemble 0" }.contains("format"))
        #expect(reason { $0.metadata["members"] = "0" }.contains("number of its members"))
        #expect(reason { $0.metadata["members"] = "4" }.contains("members.3"))
        #expect(reason { $0.metadata["members.1"] = "{}" } != "")
        #expect(reason { $0.tensors["members.0.logits.bias"] = nil }.contains("logits.bias"))
        #expect(reason { $0.tensors["members.2.couplings.0.0.bias"]!.values[0] = .nan }.contains("not finite"))
        // A member that is sound, but of other variables.
        #expect(reason { file in
            let other = try! flow(seed: 3, names: ["x1", "x3"]).encoded()
            file.metadata["members.2"] = Safetensors.json(other.metadata)
        }.contains("x3"))
    }
}
