/// What is wrong with the input of a figure, or kept it from being saved.
public enum FigureError: Error, Equatable, CustomStringConvertible {
    /// A configuration does not have one value a joint; indices count from 0.
    case configurationLength(index: Int, found: Int, expected: Int, robot: String)
    /// A configuration holds NaN or an infinity; indices count from 0.
    case notFinite(index: Int, joint: String)
    /// A configuration puts the robot farther out than can be drawn.
    case tooLarge(index: Int, robot: String)
    /// The target's position or orientation holds NaN, an infinity or a huge number.
    case badTarget
    /// There is not one component number a configuration.
    case componentCount(found: Int, expected: Int)
    /// A component of a mixture is over another number of joints than the robot has.
    case componentSize(number: Int, found: Int, expected: Int)
    /// The joints to show are fewer than two, repeat, or are none of the robot's.
    case jointChoice(robot: String, degreesOfFreedom: Int)
    /// There is nothing that could be drawn: no values, or none that is finite.
    case noData(what: String)
    /// An error, which is a distance or an angle, is below 0; indices count from 0.
    case negativeError(kind: String, index: Int, name: String)
    /// Lists that belong together differ in length.
    case differentLengths(what: String, first: Int, second: Int)
    /// An animation has no frame, too many, or frames that do not have the same panels.
    case frames(String)
    /// The file's name does not say a format that figures are written in.
    case unknownExtension(path: String, expected: String = ".svg, .png or .pdf")
    /// A picture cannot be made of the figure.
    case notDrawn(String)
    /// The system refused to write; an old file is left as it was.
    case notWritten(path: String, reason: String)

    public var description: String {
        switch self {
        case .configurationLength(let index, let found, let expected, let robot):
            "configuration \(index + 1) has \(found) values, \(robot) has \(expected) joints"
        case .notFinite(let index, let joint):
            "configuration \(index + 1) has a value for \(joint) that is not finite"
        case .tooLarge(let index, let robot):
            "configuration \(index + 1) of \(robot) reaches beyond 1e300 m and cannot be drawn"
        case .badTarget:
            "the target pose has a value that is not finite or beyond 1e300 m"
        case .componentCount(let found, let expected):
            "\(found) component numbers for \(expected) configurations: expected one each"
        case .componentSize(let number, let found, let expected):
            "component \(number) is over \(found) joints, the robot has \(expected)"
        case .jointChoice(let robot, let degreesOfFreedom):
            degreesOfFreedom < 2
                ? "\(robot) has fewer than two joints, and a figure in joint space needs two"
                : "expected at least two different joints of \(robot), from 1 to \(degreesOfFreedom)"
        case .noData(let what): "there is nothing to draw: \(what)"
        case .negativeError(let kind, let index, let name): "\(kind) error \(index + 1) of \(name) is negative: errors are distances and angles, at least 0"
        case .differentLengths(let what, let first, let second): "\(what) differ in length: \(first) and \(second)"
        case .frames(let complaint): complaint
        case .unknownExtension(let path, let expected):
            "cannot save a \(expected == ".html" ? "report" : "figure") as \"\(path)\": expected a name that ends in \(expected == ".html" ? "\".html\"" : expected)"
        case .notDrawn(let reason): "cannot draw the figure: \(reason)"
        case .notWritten(let path, let reason):
            "cannot write \"\(path)\": \(reason)"
        }
    }
}
