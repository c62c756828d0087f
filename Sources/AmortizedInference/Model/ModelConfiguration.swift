import Mixtures

/// The choices that a conditional mixture is built from.
public struct ModelConfiguration: Sendable, Equatable, Codable {
    /// The number of components K.
    public var components: Int
    /// Widths of the trunk's hidden layers, multiples of 16.
    public var hidden: [Int]
    public var context: ContextKind
    public var covariance: PrecisionProjection.Shape
    /// Whether the first and the last joint are counted from the target's own angles, where the chain admits it (``TurningAxes``).
    public var turnsWithTarget: Bool
    /// Whether joints' coordinates go to infinity at their limits (``ModelCoordinates``): the mixture is then one over these coordinates.
    public var isBounded = false
    /// Bounds on the standard deviation in any direction, in coordinates scaled to [−1, 1] by the joint limits.
    public var leastDeviation: Double
    public var greatestDeviation: Double
    /// False leaves covariances without bounds.
    public var isConditioned: Bool
    /// Seeds the initial parameters.
    public var seed: UInt64

    public init(
        components: Int = 32, hidden: [Int] = [256, 256, 256, 256], context: ContextKind = .pose,
        covariance: PrecisionProjection.Shape = .full, turnsWithTarget: Bool = true, leastDeviation: Double = 0.0015, greatestDeviation: Double = 1,
        isConditioned: Bool = true, seed: UInt64 = 0
    ) {
        self.components = components
        self.hidden = hidden
        self.context = context
        self.covariance = covariance
        self.turnsWithTarget = turnsWithTarget
        self.leastDeviation = leastDeviation
        self.greatestDeviation = greatestDeviation
        self.isConditioned = isConditioned
        self.seed = seed
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        components = try values.decode(Int.self, forKey: .components)
        hidden = try values.decode([Int].self, forKey: .hidden)
        context = try values.decode(ContextKind.self, forKey: .context)
        covariance = try values.decode(PrecisionProjection.Shape.self, forKey: .covariance)
        // Files of earlier versions do not name it.
        turnsWithTarget = try values.decodeIfPresent(Bool.self, forKey: .turnsWithTarget) ?? false
        isBounded = try values.decodeIfPresent(Bool.self, forKey: .isBounded) ?? false
        leastDeviation = try values.decode(Double.self, forKey: .leastDeviation)
        greatestDeviation = try values.decode(Double.self, forKey: .greatestDeviation)
        isConditioned = try values.decode(Bool.self, forKey: .isConditioned)
        seed = try values.decode(UInt64.self, forKey: .seed)
    }

    /// The most parameters that a model may have; a training keeps five numbers for each.
    public static let largestParameterCount = 100_000_000

    /// The number of weights and biases for a robot, by the widths alone, to a row or two of the first layer.
    private func parameterCount(degreesOfFreedom dimension: Int) -> Int {
        let raw = covariance == .full ? triangleCount(dimension) : dimension
        let widths = [ContextEncoding.largestInputCount] + hidden + [components * (1 + dimension + raw)]
        return zip(widths, widths.dropFirst()).reduce(0) { $0 + ($1.0 + 1) * $1.1 }
    }

    /// Throws where a choice is out of range.
    public func validate(degreesOfFreedom: Int) throws(ModelError) {
        func check(_ condition: Bool, _ message: @autoclosure () -> String) throws(ModelError) {
            if !condition { throw .invalidConfiguration(message()) }
        }
        try check((1...4096).contains(components), "components must be from 1 to 4096, not \(components)")
        try check((1...32).contains(hidden.count), "hidden must list 1 to 32 layers, not \(hidden.count)")
        for width in hidden {
            try check((16...8192).contains(width) && width % 16 == 0,
                      "a hidden width must be a multiple of 16 from 16 to 8192, not \(width)")
        }
        try check((1...64).contains(degreesOfFreedom), "a model needs 1 to 64 joints; this robot has \(degreesOfFreedom)")
        let count = parameterCount(degreesOfFreedom: degreesOfFreedom)
        try check(count <= Self.largestParameterCount,
                  "a model may have \(Self.largestParameterCount) parameters at most; this one would have \(count)")
        try check(leastDeviation >= 1e-5 && leastDeviation < greatestDeviation && greatestDeviation <= 100,
                  "deviations must rise from at least 1e-5 to at most 100, not from \(leastDeviation) to \(greatestDeviation)")
    }
}

/// Why a model cannot be made or used.
public enum ModelError: Error, Equatable, CustomStringConvertible {
    case invalidConfiguration(String)
    /// The file's contents do not describe a model.
    case invalidFile(path: String, reason: String)
    /// The model was trained for another chain.
    case wrongRobot(expected: String, found: String)
    /// The model knows the first joints only, and cannot answer alone.
    case partial(joints: Int, of: String)
    /// Two models that do not make one.
    case mismatched(String)

    public var description: String {
        switch self {
        case .invalidConfiguration(let message): message
        case .invalidFile(let path, let reason): "\(path) is not a usable model: \(reason)"
        case .partial(let joints, let robot):
            "the model knows the first \(joints) joint\(joints == 1 ? "" : "s") of \(robot) only; "
                + "as the lead of a model in parts, with a model of the rest, it answers"
        case .mismatched(let message): message
        case .wrongRobot(let expected, let found): "the model belongs to \(expected), not to \(found)"
        }
    }
}
