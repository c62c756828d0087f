import Geometry

extension RobotDescription {
    /// The pairs of links that an SRDF document leaves out of collision checks.
    ///
    /// - Throws: ``URDFError`` for broken XML, another root element, or a pair without its names. Links that the robot does not have are passed over:
    ///   an SRDF often serves several variants of a robot.
    public mutating func readAllowedPairs(srdf bytes: [UInt8], source: String) throws(URDFError) {
        let document = try MarkupElement.root(of: bytes, source: source)
        guard document.name == "robot" else {
            throw URDFError(source: source, line: document.line, problem: .notRobot(root: document.name))
        }
        let reader = URDFReader(source: source)
        var pairs: [CollisionRules.Pair] = []
        for element in document.children("disable_collisions") {
            let first = try reader.text("link1", of: element, called: "<disable_collisions>")
            let second = try reader.text("link2", of: element, called: "<disable_collisions>")
            if linkIndex(first) != nil, linkIndex(second) != nil { pairs.append(.init(first: first, second: second)) }
        }
        collisionRules.ignoredForSpheres = pairs
        collisionRules.ignoredForCapsules = pairs
    }
}
