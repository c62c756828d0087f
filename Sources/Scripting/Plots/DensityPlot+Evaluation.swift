import Kinematics
import LuaBridge
import Numerics

// The density at the middles of a grid's cells.

extension DensityPlot {
    /// Row by row, the lowest first.
    func logDensities() throws -> [Double] {
        var places: [[Double]] = []
        places.reserveCapacity(resolution * resolution)
        func along(_ range: ClosedRange<Double>, _ index: Int) -> Double {
            range.lowerBound + (range.upperBound - range.lowerBound) * (Double(index) + 0.5) / Double(resolution)
        }
        for row in 0..<resolution {
            for column in 0..<resolution {
                var q = center
                q[joints.0] = along(ranges.0, column)
                q[joints.1] = along(ranges.1, row)
                places.append(q)
            }
        }
        switch target {
        case .function(let function):
            let caller = try session.state.load("local f, x = ... return f(x)", name: "=density")
            return try places.map { place in
                let value = try session.state.call(caller, [function, .numbers(place)]).first ?? .nil
                guard let number = PlotData.number(value) else {
                    let found = try session.state.withSlot(value) { $0.found }
                    throw ArgumentError("the target must return a number, its log-density, got \(found)")
                }
                return number
            }
        case .object(let object):
            let matrix = Matrix(rows: places.count, columns: dimension, elements: places.flatMap { $0 })
            let caller = try session.state.load("local target, x = ... return target:logpdf(x)", name: "=density")
            let values = try session.state.call(caller, [object, .matrix(matrix)]).first ?? .nil
            let found = try session.state.withSlot(values) { try $0.series(limit: PlotData.limit) }
            guard found.count == places.count else {
                throw ArgumentError("the target's logpdf must return a number a row, \(places.count) of them, got \(found.count)")
            }
            return found
        case .pose(let pose, let robot):
            return places.map { density(of: pose, robot, $0) }
        }
    }

    /// The log-density of the errors at a configuration; the greatest over the one joint that is not shown, where there is one.
    private func density(of pose: Pose, _ robot: Robot, _ q: [Double]) -> Double {
        func value(_ q: [Double]) -> Double {
            let tip = q.withUnsafeBufferPointer { robot.pose($0) }
            let step = (tip.position - pose.position) / deviations.position
            let angle = tip.rotation.angle(to: pose.rotation) / deviations.rotation
            return -0.5 * (step.dot(step) + angle * angle)
        }
        guard dimension == 3 else { return value(q) }
        let hidden = 3 - joints.0 - joints.1
        let variable = robot.chain.variables[hidden]
        var q = q
        func along(_ place: Double) -> Double {
            q[hidden] = place
            return value(q)
        }
        let step = (variable.upper - variable.lower) / 48
        let places = (0..<48).map { variable.lower + step * (Double($0) + 0.5) }, values = places.map(along)
        guard let best = values.indices.max(by: { values[$0] < values[$1] }) else { return value(q) }
        // Between the neighbours of the best, by golden sections (Kiefer, "Sequential minimax search for a maximum", 1953): the steps would show as a pattern.
        let ratio = 0.618034
        var (low, high) = (max(variable.lower, places[best] - step), min(variable.upper, places[best] + step))
        var (a, b) = (high - ratio * (high - low), low + ratio * (high - low))
        var (atA, atB) = (along(a), along(b))
        for _ in 0..<10 {
            if atA > atB {
                (high, b, atB) = (b, a, atA)
                a = high - ratio * (high - low)
                atA = along(a)
            } else {
                (low, a, atA) = (a, b, atB)
                b = low + ratio * (high - low)
                atB = along(b)
            }
        }
        return max(values[best], atA, atB)
    }
}
