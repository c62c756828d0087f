import Foundation
import Kinematics

/// The poses, Jacobians and centres of mass that Pinocchio computed for the robots of the library.
struct References: Decodable {
    struct Robot: Decodable {
        var base_link: String
        var tips: [String: String]
        var joints: [String]
        var configurations: [Configuration]
    }

    struct Configuration: Decodable {
        var q: [Double]
        var poses: [String: TipPose]
        var com: [Double]?
        var com_jacobian: [[Double]]?
    }

    struct TipPose: Decodable {
        var position: [Double]
        var quaternion_wxyz: [Double]
        var jacobian: [[Double]]?
    }

    var robots: [String: Robot]

    static let all: References = {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/fk_reference.json")
        return try! JSONDecoder().decode(References.self, from: Data(contentsOf: url))
    }()

    static let names = all.robots.keys.sorted()
}
