/// What the names of links and joints say, as makers of arms and grippers give them.
enum FrameNames {
    /// How likely a name is that of the frame that people mean by the tip: 3 a tool centre point, 2 a tool frame, 1 a flange; nil for others.
    static func rank(_ link: String) -> Int? {
        var words = words(link)
        guard !words.contains(where: sensors.contains) else { return nil }
        if words.contains("gripper"), words.contains("frame") { return 3 }
        while let last = words.last, ["link", "frame", "joint", "site", "point", "pose", "target", "center", "centre"].contains(last), words.count > 1 {
            words.removeLast()
        }
        for count in 1...3 where count <= words.count {
            let tail = words.suffix(count).joined()
            if ["tcp", "grasp", "grasping", "pinch", "tooltip", "toolcenterpoint", "toolcentrepoint"].contains(tail) { return 3 }
            if ["tool", "ee", "eef", "endeffector", "effector"].contains(tail) { return 2 }
            if ["flange", "attachment"].contains(tail) { return 1 }
        }
        return nil
    }

    static func isSensor(_ link: String) -> Bool { words(link).contains(where: sensors.contains) }

    /// Whether a joint opens and closes a gripper or moves a finger.
    static func isFinger(joint: String, link: String) -> Bool {
        let names = [joint, link].map { $0.lowercased() }
        // A wrist that carries a gripper turns it.
        guard !names[0].containsAny(["roll", "pitch", "yaw", "rot", "wrist", "twist", "turn", "elbow", "shoulder"]) else { return false }
        if names.contains(where: { $0.containsAny(["finger", "gripper", "jaw", "knuckle", "thumb", "claw"]) }) { return true }
        return words(joint).contains { ["index", "middle", "ring", "little", "pinky", "pinkie"].contains($0) }
    }

    static func isWheel(joint: String, link: String) -> Bool {
        [joint, link].contains { $0.lowercased().containsAny(["wheel", "caster", "castor", "rotor", "propeller"]) }
    }

    private static let sensors: Set<String> = [
        "ft", "fts", "force", "sensor", "camera", "cam", "imu", "optical", "depth", "color", "laser", "lidar", "com", "inertia", "inertial",
    ]

    /// The words of a name in lower case, without the digits after them: "arm_1/tool0" and "arm1Tool" are arm, tool.
    static func words(_ name: String) -> [String] {
        var words: [String] = [], word = "", wasLower = false
        for character in name.prefix(200) {
            if character.isLetter {
                if character.isUppercase, wasLower {
                    words.append(word)
                    word = ""
                }
                wasLower = character.isLowercase
                word += character.lowercased()
            } else {
                if !word.isEmpty { words.append(word) }
                word = ""
                wasLower = false
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}

extension String {
    fileprivate func containsAny(_ parts: [String]) -> Bool { parts.contains { contains($0) } }
}
