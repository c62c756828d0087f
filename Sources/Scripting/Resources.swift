import Foundation

/// Where the program's own files lie.
public struct Resources: Sendable {
    /// The directory of URDF files.
    public var robots: String
    /// The directory of trained models.
    public var models: String

    public init(robots: String, models: String) {
        self.robots = robots
        self.models = models
    }

    /// The files below the directory that holds `robots` and `share`.
    public init(root: String) { self.init(robots: root + "/robots", models: root + "/share/models") }

    /// The names of the models at hand, sorted.
    public var modelNames: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: models)) ?? []
        return files.filter { $0.hasSuffix(".safetensors") }.map { String($0.dropLast(".safetensors".count)) }.sorted()
    }
}
