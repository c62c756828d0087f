import Kinematics
import Numerics
import Testing

@Suite struct SineAndCosineTests {
    @Test func agreesWithTheLibrary() {
        var stream = RandomStream(seed: 41)
        var angles: [Double] = []
        for eighth in -64...64 {
            let angle = Double(eighth) * (.pi / 4)
            angles += [angle, angle.nextUp]
        }
        for scale: Double in [1e-12, 1, 10, 1000, 1e5, 1e12] {
            for _ in 0..<800 { angles.append(scale * (2 * stream.uniform() - 1)) }
        }
        while angles.count % 8 != 0 { angles.append(0) }
        for first in stride(from: 0, to: angles.count, by: 8) {
            let lanes = SIMD8<Double>(angles[first..<first + 8])
            let (sine, cosine) = lanes.sineAndCosineOfAnyAngle
            for lane in 0..<8 {
                #expect(abs(sine[lane] - Elementary.sin(lanes[lane])) <= 3e-16)
                #expect(abs(cosine[lane] - Elementary.cos(lanes[lane])) <= 3e-16)
            }
        }
    }

    @Test func whatIsNotFiniteStaysSo() {
        let (sine, cosine) = SIMD8<Double>(.nan, .infinity, -.infinity, 1e300, 0, 1, 2, 3).sineAndCosineOfAnyAngle
        #expect((0..<3).allSatisfy { sine[$0].isNaN && cosine[$0].isNaN })
        #expect(sine[3] == Elementary.sin(1e300) && cosine[4] == 1)
    }
}
