import Geometry

/// What an MJCF document says of how its numbers are read: the compiler's settings and the default classes.
struct MJCFAttributes {
    /// Radians a unit of an angle.
    private(set) var radians = Double.pi / 180
    private(set) var limitsAutomatically = true
    private(set) var meshFolder: String?
    private var eulerSequence = "xyz"
    /// The attributes of elements by class, then by element.
    private var classes: [String: [String: [String: String]]] = [:]
    private let source: String

    init(_ document: MarkupElement, source: String) throws(URDFError) {
        self.source = source
        for compiler in document.children("compiler") {
            let given = compiler.attributes
            if let angle = given["angle"] {
                guard ["degree", "radian"].contains(angle) else { throw invalid(compiler, "angle", angle, "degree or radian") }
                radians = angle == "degree" ? .pi / 180 : 1
            }
            if let sequence = given["eulerseq"] {
                guard sequence.count == 3, sequence.allSatisfy({ "xyzXYZ".contains($0) }) else { throw invalid(compiler, "eulerseq", sequence, "three of x, y, z, X, Y, Z") }
                eulerSequence = sequence
            }
            if given["coordinate"] == "global" { throw URDFError(source: source, line: compiler.line, problem: .unsupported("coordinate = \"global\" of <compiler>")) }
            if let automatic = given["autolimits"] { limitsAutomatically = automatic != "false" }
            meshFolder = given["meshdir"] ?? given["assetdir"] ?? meshFolder
        }
        for defaults in document.children("default") { try readDefaults(defaults, above: [:], depth: 0) }
    }

    private func invalid(_ element: MarkupElement, _ attribute: String, _ value: String, _ expected: String) -> URDFError {
        URDFError(source: source, line: element.line, problem: .invalidValue(element: "<\(element.name)>", attribute: attribute, value: value, expected: expected))
    }

    /// A class has what the class around it has, and its own.
    private mutating func readDefaults(_ element: MarkupElement, above: [String: [String: String]], depth: Int) throws(URDFError) {
        guard depth < 100 else { throw URDFError(source: source, line: element.line, problem: .unsupported("a <default> inside 100 others")) }
        var own = above
        for child in element.children where child.name != "default" { own[child.name, default: [:]].merge(child.attributes) { $1 } }
        classes[depth == 0 ? "main" : element.attributes["class"] ?? "main"] = own
        if depth == 0, let name = element.attributes["class"] { classes[name] = own }
        for child in element.children("default") { try readDefaults(child, above: own, depth: depth + 1) }
    }

    /// An element's attributes, those of its class where it has none of its own.
    func values(of element: MarkupElement, _ className: String?) -> [String: String] {
        let defaults = classes[className ?? "main"]?[element.name] ?? [:]
        return defaults.merging(element.attributes) { $1 }
    }

    // MARK: Numbers

    func numberList(_ attribute: String, _ element: MarkupElement, _ text: String) throws(URDFError) -> [Double] {
        let parts = text.split(whereSeparator: \.isWhitespace), numbers = parts.compactMap { Double($0) }
        guard parts.count == numbers.count, numbers.allSatisfy(\.isFinite) else {
            throw URDFError(source: source, line: element.line, problem: .notNumbers(
                element: "<\(element.name)>", attribute: attribute, value: text, expected: parts.count))
        }
        return numbers
    }

    func numbers(_ attribute: String, _ element: MarkupElement, _ values: [String: String], count: Int) throws(URDFError) -> [Double]? {
        guard let text = values[attribute] else { return nil }
        let numbers = try numberList(attribute, element, text)
        guard numbers.count == count else {
            throw URDFError(source: source, line: element.line, problem: .notNumbers(element: "<\(element.name)>", attribute: attribute, value: text, expected: count))
        }
        return numbers
    }

    func number(_ attribute: String, _ element: MarkupElement, _ values: [String: String]) throws(URDFError) -> Double? {
        try numbers(attribute, element, values, count: 1)?[0]
    }

    /// Three numbers, none beyond ``RobotBounds/length``.
    func vector(
        _ attribute: String, _ element: MarkupElement, _ values: [String: String], default fallback: SIMD3<Double>
    ) throws(URDFError) -> SIMD3<Double> {
        guard let v = try numbers(attribute, element, values, count: 3) else { return fallback }
        guard v.allSatisfy({ abs($0) <= RobotBounds.length }) else {
            throw invalid(element, attribute, values[attribute] ?? "", "numbers of at most \(RobotBounds.length)")
        }
        return SIMD3(v[0], v[1], v[2])
    }

    // MARK: Frames

    /// The pose of an element: its position, and its orientation in any of the five ways of writing it.
    func pose(_ element: MarkupElement, _ values: [String: String]) throws(URDFError) -> Pose {
        Pose(position: try vector("pos", element, values, default: .zero), rotation: try rotation(element, values))
    }

    private func rotation(_ element: MarkupElement, _ values: [String: String]) throws(URDFError) -> Rotation {
        if let q = try numbers("quat", element, values, count: 4) {
            let largest = q.map(abs).max()!
            let scaled = q.map { $0 / largest }
            let length = scaled.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard largest > 0, let rotation = try? Rotation(quaternion: Quaternion(
                w: scaled[0] / length, x: scaled[1] / length, y: scaled[2] / length, z: scaled[3] / length))
            else { throw invalid(element, "quat", values["quat"] ?? "", "a quaternion w x y z") }
            return rotation
        }
        if let a = try numbers("axisangle", element, values, count: 4) {
            return Rotation(axis: try unit(SIMD3(a[0], a[1], a[2]), "axisangle", element, values), angle: a[3] * radians)
        }
        if let angles = try numbers("euler", element, values, count: 3) {
            var result = Rotation.identity
            for (letter, angle) in zip(eulerSequence, angles) {
                let axis: SIMD3<Double> = switch letter.lowercased() { case "x": [1, 0, 0]; case "y": [0, 1, 0]; default: [0, 0, 1] }
                let turn = Rotation(axis: axis, angle: angle * radians)
                // Small letters turn with the frame, capitals about axes that stay.
                result = letter.isLowercase ? result * turn : turn * result
            }
            return result
        }
        if let axes = try numbers("xyaxes", element, values, count: 6) {
            let x = try unit(SIMD3(axes[0], axes[1], axes[2]), "xyaxes", element, values), given = SIMD3(axes[3], axes[4], axes[5])
            let y = try unit(given - given.dot(x) * x, "xyaxes", element, values)
            return Rotation(x: x, y: y, z: x.cross(y))
        }
        if let z = try numbers("zaxis", element, values, count: 3) {
            return Rotation(taking: [0, 0, 1], to: try unit(SIMD3(z[0], z[1], z[2]), "zaxis", element, values))
        }
        return .identity
    }

    private func unit(_ v: SIMD3<Double>, _ attribute: String, _ element: MarkupElement, _ values: [String: String]) throws(URDFError) -> SIMD3<Double> {
        let largest = max(abs(v.x), abs(v.y), abs(v.z))
        guard largest > 0 else { throw invalid(element, attribute, values[attribute] ?? "", "a direction that is not zero") }
        return v / largest / (v / largest).length
    }
}
