import Collision
import LuaBridge
import Numerics

// Angles and configurations as scripts pass them: the one place that knows of degrees, and of angles that were meant in degrees.

/// The unit of the angles in a call: radians, or degrees where the call says `degrees = true`.
struct AngleUnit {
    static let radians = AngleUnit(isDegrees: false)

    let isDegrees: Bool
    /// Radians a unit.
    var scale: Double { isDegrees ? .pi / 180 : 1 }
    var name: String { isDegrees ? "degrees" : "rad" }
    /// What ends a complaint of angles that are out of range.
    var hint: String { isDegrees ? "" : "; where angles are in degrees, give the option degrees = true" }

    /// An angle between orientations, in rad, which none exceeds: who says more thinks of degrees.
    func betweenOrientations(_ angle: Double, _ options: LuaBridge.Options, _ option: some DeclaredOption) throws -> Double {
        guard angle > .pi + 1e-9, angle.isFinite else { return angle }
        throw options.invalid(
            option, "must be at most half a turn, or math.huge for any orientation, got \(plainText((angle / scale * 1e4).rounded() / 1e4)) \(name)" + hint)
    }

    private init(isDegrees: Bool) { self.isDegrees = isDegrees }

    /// The option of every function that takes angles.
    static let degrees = OptionKey.flag(
        "degrees", default: false, "whether angles in this call, distances between configurations included, are in degrees; results are in rad")

    init(_ options: LuaBridge.Options) throws { isDegrees = try options[Self.degrees] }

    /// What one unit of a variable is in SI units: only what turns has angles.
    func scale(of variable: Chain.Variable) -> Double { variable.isAngle ? scale : 1 }
}

extension Chain.Variable {
    /// Whether its values are angles.
    var isAngle: Bool { kind == .revolute || kind == .continuous }

    /// Whether an angle is more than a turn, and lies more than half a turn beyond the limits, as degrees in place of radians do.
    fileprivate func isFarOutside(_ angle: Double) -> Bool {
        kind == .revolute && abs(angle) > Slot.turn && (angle > upper + .pi || angle < lower - .pi)
    }
}

/// What has configurations: a robot or a whole body.
protocol Jointed: AnyObject {
    var name: String { get }
    /// What the numbers of a configuration are.
    var variables: [Chain.Variable] { get }
    /// What messages call one of them.
    static var part: String { get }
    /// The robot that it is of; nil for one that was made in another way.
    var description: RobotDescription? { get }
    /// The shapes that are checked for collisions.
    func collisionModel(in session: Session) throws -> CollisionModel
}

extension Slot {
    /// rad; larger angles of a joint may have been meant in degrees.
    fileprivate static let turn = 2 * Double.pi

    /// Angles of an orientation, of limits, or of moves, as they are given; what is beyond two turns and has few decimals was meant in degrees.
    ///
    /// - Parameter isSaid: whether the script says itself that they are in radians.
    /// - Returns: rad.
    func turns(_ angles: [Double], in unit: AngleUnit, isSaid: Bool = false) throws -> [Double] {
        if !unit.isDegrees, !isSaid, let angle = angles.first(where: { abs($0) > 4 * .pi }), Self.areWritten(angles) {
            let turns = abs(angle) / (2 * .pi)
            throw invalid("has \(plainText(angle)) rad, \(turns < 1e6 ? plainText((turns * 10).rounded() / 10) : NumberText.significant(turns)) turns" + unit.hint)
        }
        return angles.map { $0 * unit.scale }
    }

    /// Whether a person wrote the numbers: these have few decimals, computed ones have many.
    private static func areWritten(_ values: some Sequence<Double>) -> Bool { values.allSatisfy { abs($0) > 1e15 || abs($0 * 1e6 - ($0 * 1e6).rounded()) < 1e-3 } }

    /// One configuration of a robot or a body; it need not lie within the limits.
    ///
    /// - Returns: rad, m.
    func configuration<Subject: Jointed>(of subject: Subject, in unit: AngleUnit = .radians) throws -> [Double] {
        let variables = subject.variables, count = variables.count
        if boxIfPresent(Matrix.self) != nil { throw mismatch("one configuration, a list of \(count.counted("number"))") }
        let q = try vector(count: count, expected: "a list of \(count.counted("number")), one a \(Subject.part) of \(subject.name)")
        return try converted(q[...], variables, unit)
    }

    /// Configurations of a robot or a body as rows, in rad and m.
    func configurations(of subject: some Jointed, in unit: AngleUnit = .radians) throws -> Matrix {
        let variables = subject.variables
        let rows = try matrix(columns: variables.count)
        guard rows.rows <= Limits.count else { throw invalid("must have at most \(Limits.count) rows") }
        guard rows.elements.allSatisfy(\.isFinite) else { throw invalid("must have finite elements") }
        // Radians within a turn are taken as they are, whatever the limits.
        if !unit.isDegrees, rows.elements.allSatisfy({ abs($0) <= Self.turn }) { return rows }
        var elements: [Double] = []
        elements.reserveCapacity(rows.elements.count)
        for row in 0..<rows.rows { elements += try converted(rows.row(row), variables, unit) }
        return Matrix(rows: rows.rows, columns: rows.columns, elements: elements)
    }

    /// How far a joint without limits may be from 0, rad.
    private static let unlimited = 1e6

    /// - Parameter place: which of several configurations it is, "row 3".
    /// - Throws: where a configuration, in rad and m, leaves the limits by more than 1e-6: names the joint, its value and its range.
    func requireLimits(_ q: [Double], of variables: [Chain.Variable], name: String, at place: String? = nil, in unit: AngleUnit = .radians) throws {
        func range(_ variable: Chain.Variable) -> ClosedRange<Double> {
            variable.kind == .continuous ? -Self.unlimited...Self.unlimited : variable.lower...variable.upper
        }
        guard let index = variables.indices.first(where: { index in
            let range = range(variables[index])
            return !(range.lowerBound - 1e-6...range.upperBound + 1e-6).contains(q[index])
        }) else { return }
        let variable = variables[index], scale = unit.scale(of: variable)
        func shown(_ value: Double) -> String { plainText((value / scale * 1e7).rounded() / 1e7) }
        let bounds = range(variable)
        throw invalid("must lie within the limits of \(name): \(place.map { "in \($0), " } ?? "")\(variable.name) is \(shown(q[index])), its range is "
            + "\(shown(bounds.lowerBound)) to \(shown(bounds.upperBound)) \(variable.isAngle ? unit.name : "m")")
    }

    /// The value of one joint, in rad or m, whatever its limits.
    func jointValue(of variable: Chain.Variable, in unit: AngleUnit) throws -> Double {
        try number(in: -Self.unlimited...Self.unlimited) * unit.scale(of: variable)
    }

    /// - Throws: for what a person has written in degrees in place of radians.
    private func converted(_ values: ArraySlice<Double>, _ variables: [Chain.Variable], _ unit: AngleUnit) throws -> [Double] {
        let result = zip(values, variables).map { $0 * unit.scale(of: $1) }
        guard let index = variables.indices.first(where: { variables[$0].isFarOutside(result[$0]) }) else { return result }
        let variable = variables[index]
        func shown(_ angle: Double) -> String { plainText((angle / unit.scale * 1e4).rounded() / 1e4) }
        let complaint = "has \(shown(result[index])) \(unit.name) for \(variable.name), far outside its limits, \(shown(variable.lower)) to \(shown(variable.upper)) \(unit.name)"
        if Self.areWritten(values) { throw invalid(complaint + unit.hint) }
        // What is computed may lie far outside, such as samples of a wide mixture; or it comes of math.deg.
        let turned = zip(values, variables).map { $1.isAngle ? $0 * .pi / 180 : $0 }
        // In degrees some joint of nearly every posture is above 20.
        let areDegrees = values.contains { abs($0) > 20 } && zip(turned, variables).allSatisfy { $1.kind == .continuous || ($0 >= $1.lower - 0.1 && $0 <= $1.upper + 0.1) }
        if !unit.isDegrees, areDegrees { warn("degrees", complaint + ", and within them if it is in degrees" + unit.hint) }
        return result
    }
}
