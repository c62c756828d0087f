import Numerics
import Testing

@Suite struct AngleWrappingTests {
    @Test func anglesAreTakenToTheTurnAroundAMiddle() {
        for middle in [0.0, 2.5, -100] {
            for angle in stride(from: -20.0, through: 20, by: 0.37) {
                let wrapped = angle.wrapped(around: middle), turns = (wrapped - angle) / (2 * .pi)
                #expect(wrapped >= middle - .pi && wrapped < middle + .pi && abs(turns - turns.rounded()) < 1e-12)
            }
        }
    }

    @Test func theUpperEdgeIsTheLowerOne() {
        #expect(Double.pi.wrapped(around: 0) == -.pi && (-Double.pi).wrapped(around: 0) == -.pi)
        #expect((3 * Double.pi).wrapped(around: 2 * .pi) == .pi)
    }
}
