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
    /// The file's name does not say a format that figures are written in.
    case unknownExtension(path: String)
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
        case .unknownExtension(let path):
            "cannot save a figure as \"\(path)\": expected a name that ends in \".svg\""
        case .notWritten(let path, let reason):
            "cannot write \"\(path)\": \(reason)"
        }
    }
}
