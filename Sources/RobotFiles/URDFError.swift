/// Why a robot description could not be read, with the place where the fault is.
public struct URDFError: Error, Equatable, Sendable {
    /// What is wrong.
    public enum Problem: Equatable, Sendable {
        case unreadable(String)
        case xml(String)
        case notRobot(root: String)
        case xacro(found: String)
        case missingAttribute(element: String, attribute: String)
        case missingElement(in: String, element: String)
        case notNumbers(element: String, attribute: String, value: String, expected: Int)
        case unknownJointType(joint: String, type: String)
        case unsupportedJointType(joint: String, type: String)
        case duplicateName(of: String, name: String, firstLine: Int)
        case noLinks
        case unknownLink(in: String, link: String, hint: String)
        case unknownJoint(in: String, joint: String, hint: String)
        case twoParents(link: String, joints: [String])
        case severalRoots([String])
        case cycle(joints: [String])
        case zeroAxis(joint: String)
        case limitsReversed(joint: String, lower: Double, upper: Double)
        case missingLimits(joint: String)
        case mimicOfFixed(joint: String, mimicked: String)
        case mimicCycle(joint: String)
        case mimicLimits(joint: String, mimicked: String)
        case invalidValue(element: String, attribute: String, value: String, expected: String)
        /// Something that would change the kinematics and is not read.
        case unsupported(String, advice: String? = nil)
    }

    /// The file, or what stands for it in messages.
    public var source: String
    /// The line, counted from one, where it is known.
    public var line: Int?
    public var problem: Problem

    public init(source: String, line: Int?, problem: Problem) {
        self.source = source
        self.line = line
        self.problem = problem
    }
}

extension URDFError: CustomStringConvertible {
    public var description: String {
        let place = line.map { "\(source):\($0)" } ?? source
        return "\(place): \(problem)"
    }
}

extension URDFError.Problem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let reason):
            return "the file cannot be read: \(reason)"
        case .xml(let message):
            return "broken XML: \(message)"
        case .notRobot(let root):
            return "the root element is <\(root)>, expected <robot> or <mujoco>"
        case .xacro(let found):
            return "found \(found), which belongs to xacro: run xacro first (xacro robot.urdf.xacro > robot.urdf)"
        case .missingAttribute(let element, let attribute):
            return "\(element) has no attribute \"\(attribute)\""
        case .missingElement(let place, let element):
            return "\(place) has no <\(element)>"
        case .notNumbers(let element, let attribute, let value, let expected):
            let what = expected == 1 ? "a finite number" : "\(expected) finite numbers"
            return "\(element): attribute \"\(attribute)\" is \"\(shortened(value))\", expected \(what)"
        case .unknownJointType(let joint, let type):
            return "joint \"\(joint)\" has the unknown type \"\(type)\", "
                + "expected revolute, continuous, prismatic or fixed"
        case .unsupportedJointType(let joint, let type):
            return "joint \"\(joint)\" is \(type), which is not supported: "
                + "expected revolute, continuous, prismatic or fixed"
        case .duplicateName(let kind, let name, let firstLine):
            return "a second \(kind) is named \"\(name)\", the first one is on line \(firstLine)"
        case .noLinks:
            return "the robot has no <link>"
        case .unknownLink(let place, let link, let hint):
            return "\(place) names the link \"\(link)\", which does not exist; \(hint)"
        case .unknownJoint(let place, let joint, let hint):
            return "\(place) names the joint \"\(joint)\", which does not exist; \(hint)"
        case .twoParents(let link, let joints):
            return "link \"\(link)\" is the child of several joints: \(listed(joints))"
        case .severalRoots(let links):
            return "the links do not form one tree: \(listed(links)) each have no parent joint, expected one such link"
        case .cycle(let joints):
            return "the joints form a cycle: \(listed(joints))"
        case .zeroAxis(let joint):
            return "the axis of joint \"\(joint)\" has length zero"
        case .limitsReversed(let joint, let lower, let upper):
            return "joint \"\(joint)\": the lower limit \(lower) is above the upper limit \(upper)"
        case .missingLimits(let joint):
            return "the prismatic joint \"\(joint)\" has no limits: expected <limit lower=\"..\" upper=\"..\"/> in metres"
                + "; or give them, { limits = { [\"\(joint)\"] = {0, 0.5} } }"
        case .mimicOfFixed(let joint, let mimicked):
            return "joint \"\(joint)\" mimics \"\(mimicked)\", which is fixed"
        case .mimicCycle(let joint):
            return "joint \"\(joint)\" mimics itself, directly or through others"
        case .mimicLimits(let joint, let mimicked):
            return "the limits of joint \"\(joint)\", which mimics \"\(mimicked)\", leave no value to \"\(mimicked)\""
        case .unsupported(let what, let advice):
            return "\(what) is not supported" + (advice.map { ": \($0)" } ?? "")
        case .invalidValue(let element, let attribute, let value, let expected):
            return "\(element): attribute \"\(attribute)\" is \"\(shortened(value))\", expected \(expected)"
        }
    }

    private func listed(_ names: [String]) -> String {
        let shown = names.prefix(6).map { "\"\($0)\"" }.joined(separator: ", ")
        return names.count > 6 ? shown + " and \(names.count - 6) more" : shown
    }

    private func shortened(_ text: String) -> String {
        text.count > 40 ? text.prefix(40) + "..." : text
    }
}
