import Kinematics

/// A pose in millimetres and degrees, on one line.
enum PoseText {
    static func text(_ pose: Pose) -> String {
        let angles = pose.rotation.rollPitchYaw
        let place = [pose.position.x, pose.position.y, pose.position.z].map { NumberText.fixed($0 * 1000, 1) }
        let turn = [angles.roll, angles.pitch, angles.yaw].map { NumberText.degrees($0) }
        return "Pose · xyz \(place.joined(separator: ", ")) mm · rpy \(turn.joined(separator: ", "))"
    }
}
