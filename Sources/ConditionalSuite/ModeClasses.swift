import Foundation

// The classes that the mass of every density is told in, counted from zero.

extension MovingMixture {
    /// The Gaussian whose weighted density is greatest at a place, of four.
    func component(at x: [Double], _ context: [Double]) -> Int {
        let k = constants(at: context)
        return Self.greatest(of: 4) { j in
            let dx = x[0] - k[5 * j], dy = x[1] - k[5 * j + 1], cosine = k[5 * j + 2], sine = k[5 * j + 3]
            let u = (cosine * dx + sine * dy) / 0.5, v = (cosine * dy - sine * dx) / 0.2
            return k[5 * j + 4] - 0.5 * (u * u + v * v)
        }
    }
}

extension Ring {
    /// The direction from the ring's centre, of twelve sectors from −π on.
    func sector(at x: [Double], _ context: [Double]) -> Int {
        let turn = (atan2(x[1] - context[1], x[0] - context[0]) + .pi) / (2 * .pi)
        return Int((12 * turn).rounded(.down)) % 12
    }
}

extension DiscPath {
    /// The side on which a path passes the disc's centre: 1 above it, 0 below.
    func side(of x: [Double], _ context: [Double]) -> Int {
        let k = constants(at: context)
        var (px, py) = (0.0, 0.0), sum = 0.0, count = 0
        for i in 0..<9 {
            let (qx, qy) = i < 8 ? (x[2 * i], x[2 * i + 1]) : (1, 0)
            if px <= k[0], qx > k[0] {
                sum += py + (qy - py) * (k[0] - px) / max(1e-9, qx - px)
                count += 1
            }
            (px, py) = (qx, qy)
        }
        return sum / Double(max(1, count)) > k[1] ? 1 : 0
    }
}

extension EllipseGrasp {
    /// The gripper's direction against the ellipse's, in the nearest of nine multiples of a quarter turn.
    func quarter(at x: [Double], _ context: [Double]) -> Int {
        let quarter = Int((x[2] / (.pi / 2) - context[2]).rounded()) + 4
        return ((quarter % 9) + 9) % 9
    }
}

extension EnergyPolicy {
    /// The well that is deepest at a place, of five.
    func well(at x: [Double], _ context: [Double]) -> Int {
        let k = constants(at: context)
        return Self.greatest(of: 5) { j in
            let dx = x[0] - k[3 * j], dy = x[1] - k[3 * j + 1]
            return k[3 * j + 2] - (dx * dx + dy * dy) / 0.0245
        }
    }
}

extension SuiteFormula {
    /// The first index of the greatest value.
    fileprivate static func greatest(of count: Int, _ value: (Int) -> Double) -> Int {
        let values = (0..<count).map(value)
        return values.indices.max { values[$0] < values[$1] } ?? 0
    }
}
