import Foundation

extension RobotDescription {
    /// Reads the text of a URDF document.
    ///
    /// Meshes and whatever else has no part in kinematics are ignored.
    /// - Parameter source: what messages call the text, usually the path of its file.
    /// - Throws: ``URDFError``.
    public init(urdfText text: String, source: String) throws(URDFError) {
        try self.init(urdf: Data(text.utf8), source: source)
    }

    /// Reads a URDF file.
    ///
    /// - Throws: ``URDFError``.
    public init(contentsOf path: String) throws(URDFError) {
        let data = try Self.contents(of: path)
        try self.init(urdf: data, source: path)
    }

    private init(urdf data: Data, source: String) throws(URDFError) {
        let document = try MarkupElement.root(of: data, source: source)
        try Self.rejectXacro(document, source: source)
        guard document.name == "robot" else {
            throw URDFError(source: source, line: document.line, problem: .notRobot(root: document.name))
        }
        var reader = URDFReader(source: source)
        for element in document.children("link") { try reader.readLink(element) }
        guard !reader.links.isEmpty else {
            throw URDFError(source: source, line: document.line, problem: .noLinks)
        }
        for element in document.children("joint") { try reader.readJoint(element) }
        let tree = try URDFTree(reader)
        let fileName = source.split(separator: "/").last.map(String.init) ?? source
        self.init(
            name: document.attributes["name"].flatMap { $0.isEmpty ? nil : $0 }
                ?? (fileName.hasSuffix(".urdf") ? String(fileName.dropLast(5)) : fileName),
            summary: nil, source: source, links: tree.reader.links, joints: tree.reader.joints,
            variables: tree.variables, root: tree.root, order: tree.order, base: nil, tip: nil, tips: [],
            nominalConfigurations: [], collisionRules: CollisionRules(), warnings: tree.reader.warnings)
        for element in document.children("avips") { try readExtension(element, tree.reader) }
    }

    /// The bytes of a regular file; a device could have no end.
    private static func contents(of path: String) throws(URDFError) -> Data {
        let reason: String
        do {
            let target = NSString(string: path).resolvingSymlinksInPath
            let attributes = try FileManager.default.attributesOfItem(atPath: target)
            switch attributes[.type] as? FileAttributeType {
            case .typeRegular?: return try Data(contentsOf: URL(fileURLWithPath: path))
            case .typeDirectory?: reason = "it is a directory"
            default: reason = "it is not a regular file"
            }
        } catch {
            reason = FileManager.default.fileExists(atPath: path)
                ? "permission denied or a read error" : "there is no such file"
        }
        throw URDFError(source: path, line: nil, problem: .unreadable(reason))
    }

    /// Throws where an element or an attribute still waits for the xacro preprocessor.
    private static func rejectXacro(_ root: MarkupElement, source: String) throws(URDFError) {
        var stack = [root]
        while let element = stack.popLast() {
            var found: String?
            if element.name.hasPrefix("xacro:") { found = "the element <\(element.name)>" }
            let attributes = element.attributes.sorted { $0.key < $1.key }
            if let (key, value) = attributes.first(where: { $0.value.contains("${") || $0.value.contains("$(") }) {
                found = found ?? "\"\(value)\" in the attribute \"\(key)\" of <\(element.name)>"
            }
            if let found { throw URDFError(source: source, line: element.line, problem: .xacro(found: found)) }
            stack += element.children.reversed()
        }
    }
}
