import ConditionalModels
import Networks
import Numerics

/// Queries a flow for samples and densities; use one per thread.
final class FlowGenerator: Generator {
    private let flow: ConditionalFlow
    private let coordinates: ModelCoordinates
    /// From narrow to wide, made when they are needed first.
    private var passes: [FlowPass?]
    /// Moves by full turns of the variables that are angles, of which densities are sums.
    private let windings: [[Float]]
    private var fault: ModelError?

    /// Columns that are taken through the flow together.
    private static let batchSizes = [laneCount, 4 * laneCount, 2 * BatchWorkspace.shardWidth]
    /// Coordinates, whose samples lie within a few units, beyond which an overflow is no fault of the parameters.
    private static let farthest: Float = 100
    /// With more angles, only the nearest winding counts.
    private static let greatestWindingCount = 81

    init(_ flow: ConditionalFlow) {
        self.flow = flow
        coordinates = flow.coordinates
        passes = Self.batchSizes.map { _ in nil }
        var windings: [[Float]] = [Array(repeating: 0, count: flow.space.dimension)]
        for variable in 0..<flow.space.dimension where coordinates.isTurned(variable) || coordinates.isPeriodic[variable] {
            guard 3 * windings.count <= Self.greatestWindingCount else { break }
            let turn = 2 * Float.pi / coordinates.halfRange[variable]
            windings = windings.flatMap { known in
                [0, -turn, turn].map { move in
                    var next = known
                    next[variable] = move
                    return next
                }
            }
        }
        self.windings = windings
    }

    func takeFault() -> ModelError? {
        defer { fault = nil }
        return fault
    }

    private func pass(for columns: Int) -> FlowPass {
        let size = Self.batchSizes.firstIndex { $0 >= columns }!
        if let pass = passes[size] { return pass }
        let pass = FlowPass(flow, batch: Self.batchSizes[size], hasGradient: false)
        passes[size] = pass
        return pass
    }

    /// Writes a context into the first columns, with no noise.
    private func fill(_ pass: FlowPass, _ context: EncodedContext, columns: Int) {
        for (row, input) in context.inputs.enumerated() { (pass.contexts + row * pass.stride).update(repeating: input, count: columns) }
        if flow.configuration.noise > 0 { (pass.contexts + context.inputs.count * pass.stride).update(repeating: 0, count: columns) }
    }

    private func run(_ pass: FlowPass, _ count: Int, isInverse: Bool) {
        flow.parameters.withPointer { pass.take(first: count, $0, isInverse: isInverse) }
    }

    func sample(at context: EncodedContext, count: Int, using stream: inout RandomStream) -> [Float] {
        let n = flow.space.dimension
        var rows = [Float](repeating: 0, count: count * n), lanes = LaneRandom(using: &stream)
        for start in stride(from: 0, to: count, by: Self.batchSizes.last!) {
            let size = min(Self.batchSizes.last!, count - start), columns = (size + laneCount - 1) / laneCount * laneCount
            let pass = pass(for: columns)
            fill(pass, context, columns: pass.batch)
            for column in stride(from: 0, to: columns, by: laneCount) {
                for row in stride(from: 0, to: flow.width, by: 2) {
                    let (a, b) = lanes.normals()
                    a.store(to: pass.values + row * pass.stride + column)
                    if row + 1 < flow.width { b.store(to: pass.values + (row + 1) * pass.stride + column) }
                }
            }
            run(pass, size, isInverse: true)
            for variable in 0..<n {
                let own = pass.values + variable * pass.stride
                for column in stride(from: 0, to: size, by: laneCount) {
                    var values = coordinates.decode(Lanes(loading: own + column), variable: variable, angles: context.angles)
                    let used = min(laneCount, size - column)
                    if !(0..<used).allSatisfy({ (values[$0] * .definedMargin).isFinite }) {
                        fault = .undefined(flow.subject.name)
                        values = Lanes(repeating: coordinates.valueMiddle[variable])
                    }
                    for lane in 0..<used { rows[(start + column + lane) * n + variable] = values[lane] }
                }
            }
        }
        return rows
    }

    func logDensities(of rows: Matrix, at context: EncodedContext) -> [Double]? {
        guard flow.hasDensity else { return nil }
        var result = [Double](repeating: -.infinity, count: rows.rows)
        for start in stride(from: 0, to: rows.rows, by: Self.batchSizes.last!) {
            let size = min(Self.batchSizes.last!, rows.rows - start)
            for winding in windings { add(winding, rows, start, size, context, to: &result) }
        }
        let scale = coordinates.halfRange.reduce(0.0) { $0 + Elementary.log(Double($1)) }
        return result.map { $0 - scale }
    }

    /// A value as single precision can tell it from its neighbours: of an angle without limits the same one within a turn.
    private func counted(_ value: Double, _ variable: Int) -> Double {
        guard abs(value) > 100, coordinates.isTurned(variable) || coordinates.isPeriodic[variable] else { return value }
        return value.remainder(dividingBy: 2 * .pi)
    }

    /// Adds the density of one winding to the logarithms of those of some rows.
    private func add(_ winding: [Float], _ rows: Matrix, _ start: Int, _ size: Int, _ context: EncodedContext, to result: inout [Double]) {
        let columns = (size + laneCount - 1) / laneCount * laneCount, pass = pass(for: columns)
        var reach = [Lanes](repeating: .zero, count: columns / laneCount)
        fill(pass, context, columns: pass.batch)
        for variable in 0..<flow.space.dimension {
            for column in stride(from: 0, to: columns, by: laneCount) {
                var values = Lanes.zero
                for lane in 0..<laneCount { values[lane] = Float(counted(rows[start + min(column + lane, size - 1), variable], variable)) }
                let x = coordinates.encode(values, variable: variable, angles: context.angles) + winding[variable]
                x.store(to: pass.values + variable * pass.stride + column)
                reach[column / laneCount] = reach[column / laneCount].maximum(x).maximum(-x)
            }
        }
        run(pass, size, isInverse: false)
        for column in 0..<size {
            var square = 0.0
            for row in 0..<flow.width {
                let z = Double(pass.values[row * pass.stride + column])
                square += z * z
            }
            var log = Double(pass.logSlopes[column]) - 0.5 * square - 0.5 * Double(flow.width) * Elementary.log(2 * .pi)
            if log.isNaN {
                // Far away from all samples single precision overflows; the density is zero there.
                if reach[column / laneCount][column % laneCount] > Self.farthest { log = -.infinity } else { fault = .undefined(flow.subject.name) }
            }
            let greatest = max(log, result[start + column]), least = min(log, result[start + column])
            result[start + column] = least == -.infinity || log.isNaN ? greatest : greatest + Elementary.log(1 + Elementary.exp(least - greatest))
        }
    }
}
