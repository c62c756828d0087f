import Foundation

/// The robots whose URDF files lie in one directory, by name.
public struct RobotLibrary: Sendable {
    /// Why a robot is not to be had.
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// The directory has no such robot; `hint` names those that it has, the nearest first.
        case unknownRobot(name: String, hint: String)

        public var description: String {
            switch self {
            case .unknownRobot(let name, let hint):
                "there is no robot named \"\(name)\"; \(hint); "
                    + "for a robot of your own give the path of its URDF, for example \"./\(name).urdf\""
            }
        }
    }

    /// The directory that is searched.
    public let directory: String

    /// What messages add where the directory has no robots.
    private let absence: String

    public init(directory: String, absence: String = "") {
        self.directory = directory
        self.absence = absence
    }

    /// The names of the robots, sorted; none if the directory cannot be read.
    public var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return files.filter { $0.hasSuffix(".urdf") }.map { String($0.dropLast(5)) }.sorted()
    }

    /// Whether a string is taken as a path rather than as a name: it has a slash, or ends as the files of robots do.
    public static func isPath(_ string: String) -> Bool {
        let lower = string.lowercased()
        return string.contains("/") || [".urdf", ".xacro", ".xml", ".sdf", ".mjcf"].contains { lower.hasSuffix($0) }
    }

    /// Whether a string is the text of a document rather than the name of one: it begins with `<`.
    public static func isText(_ string: String) -> Bool { string.first { !$0.isWhitespace && $0 != "\u{feff}" } == "<" }

    /// Reads a robot by its name, or by the path of its URDF, or from the text of one; a leading `~` of a path is the home directory.
    ///
    /// - Throws: ``Failure`` or ``URDFError``.
    public func robot(_ nameOrPath: String) throws -> RobotDescription {
        if Self.isText(nameOrPath) { return try RobotDescription(urdfText: nameOrPath, source: "the text") }
        if Self.isPath(nameOrPath) {
            return try RobotDescription(contentsOf: NSString(string: nameOrPath).expandingTildeInPath)
        }
        let names = names
        guard names.contains(nameOrPath) else {
            throw Failure.unknownRobot(
                name: nameOrPath, hint: NearestNames.hint(names, for: nameOrPath, plural: "robots") + (names.isEmpty ? absence : ""))
        }
        return try RobotDescription(contentsOf: directory + "/" + nameOrPath + ".urdf")
    }
}
