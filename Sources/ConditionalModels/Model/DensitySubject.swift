import Files

/// The subject of a model that is not about a robot, but about a density or a simulator.
public struct DensitySubject: ModelSubject, Equatable {
    public var name: String
    /// The variables that the model is over.
    public var space: SampleSpace
    /// The exponent of the density at which trainings begin.
    public var firstTemperature: Double

    /// - Parameter firstTemperature: the exponent of the density at which trainings begin, within ``temperatures``.
    public init(name: String, space: SampleSpace, firstTemperature: Double = 0.03) {
        self.name = name
        self.space = space
        self.firstTemperature = firstTemperature
    }

    public static let temperatures = 1e-6...1.0

    /// What files call the kind of subject.
    public static let kind = "density"

    public func write(to file: inout Safetensors) {
        file.metadata["subject"] = Self.kind
        file.metadata["name"] = name
        file.metadata["space"] = Safetensors.json(space)
        file.metadata["temperature"] = Safetensors.json(firstTemperature)
    }
}
