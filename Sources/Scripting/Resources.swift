import Foundation
import Kinematics

/// Where the program's own files lie.
public struct Resources: Sendable {
    /// The directory of URDF files.
    public var robots: String
    /// The directory of trained models.
    public var models: String

    /// The directory of demos.
    public var demos: String
    /// The page that views are made from.
    public var viewPage: String

    public init(robots: String, models: String, demos: String = "", viewPage: String = "") {
        self.robots = robots
        self.models = models
        self.demos = demos
        self.viewPage = viewPage
    }

    /// The files below the directory that holds `robots` and `share`.
    public init(root: String) {
        self.init(robots: root + "/robots", models: root + "/share/models", demos: root + "/share/demos", viewPage: root + "/share/view/view.html")
    }

    /// What messages add where the program's own files are missing.
    let absence = ": the program did not find its own files; set the variable AVIPS_HOME to the directory that holds its robots and share"

    /// The robots at hand.
    var robotLibrary: RobotLibrary { RobotLibrary(directory: robots, absence: absence) }

    /// The names of a robot's links; none where there is no such robot.
    public func linkNames(ofRobot name: String) -> [String] {
        let description = try? robotLibrary.robot(name)
        return description?.links.map(\.name) ?? []
    }

    /// The names of a robot's joints that move; none where there is no such robot.
    public func jointNames(ofRobot name: String) -> [String] {
        let description = try? robotLibrary.robot(name)
        return description?.joints.filter { $0.variable != nil }.map(\.name) ?? []
    }

    /// The names of the demos at hand, sorted.
    public var demoNames: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: demos)) ?? []
        return files.filter { $0.hasSuffix(".lua") }.map { String($0.dropLast(".lua".count)) }.sorted()
    }

    /// The names of the models at hand, sorted.
    public var modelNames: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: models)) ?? []
        return files.filter { $0.hasSuffix(".safetensors") }.map { String($0.dropLast(".safetensors".count)) }.sorted()
    }
}
