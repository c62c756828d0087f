import ModelTraining
import Numerics
import Testing

/// Lanes in which a density is zero or undefined.
@Suite struct UndefinedLanesTests {
    @Test func lanesWithoutADensityAreTakenOut() {
        var value = Lanes((0..<laneCount).map { -Float($0) })
        var gradient = [Lanes(repeating: 1), Lanes(repeating: 2)]
        let whole = UndefinedLanes(takenOutOf: &value, &gradient, dimension: 2, least: -1e4)
        #expect(whole.count == 0 && whole.defined == Lanes(repeating: 1))
        #expect(value[3] == -3 && gradient == [Lanes(repeating: 1), Lanes(repeating: 2)])
        value[0] = -.infinity
        value[1] = .nan
        gradient[1][2] = .infinity
        gradient[0][2] = -.greatestFiniteMagnitude
        let undefined = UndefinedLanes(takenOutOf: &value, &gradient, dimension: 2, least: -1e4)
        #expect(undefined.count == 3)
        for lane in 0..<laneCount {
            #expect(undefined.defined[lane] == (lane < 3 ? 0 : 1) && value[lane] == (lane < 3 ? -1e4 : -Float(lane)))
            #expect(gradient[0][lane] == (lane < 3 ? 0 : 1) && gradient[1][lane] == (lane < 3 ? 0 : 2))
        }
    }
}
