import Foundation

extension RobotDescription {
    /// Reads the text of a URDF document.
    ///
    /// Meshes are named, not read; what has no part in kinematics or collisions is ignored.
    /// - Parameter source: what messages call the text, usually the path of its file.
    /// - Throws: ``URDFError``.
    public init(urdfText text: String, source: String) throws(URDFError) {
        try self.init(urdf: Array(text.utf8), source: source)
    }

    /// Reads a URDF file.
    ///
    /// - Throws: ``URDFError``.
    public init(contentsOf path: String) throws(URDFError) {
        let data = try Self.contents(of: path)
        try self.init(urdf: Array(data), source: path)
    }

    /// Reads the bytes of a URDF document, or of an MJCF document, which a root element `<mujoco>` tells, in any common encoding.
    ///
    /// - Throws: ``URDFError``.
    public init(urdf bytes: [UInt8], source: String) throws(URDFError) {
        let document = try MarkupElement.root(of: bytes, source: source)
        if document.name == "mujoco" {
            self = try MJCFReader.description(document, source: source)
            return
        }
        guard document.name == "robot" else {
            throw URDFError(source: source, line: document.line, problem: .notRobot(root: document.name))
        }
        let leftOver = document.children.first { $0.name.hasPrefix("xacro:") }
        do {
            try self.init(document, source: source)
        } catch {
            // What is missing is most likely what xacro would have put there.
            guard let leftOver else { throw error }
            throw URDFError(source: source, line: leftOver.line, problem: .xacro(found: "the element <\(leftOver.name)>"))
        }
        if let leftOver { warnings.append("\(source):\(leftOver.line): <\(leftOver.name)> belongs to xacro and is left out") }
    }

    private init(_ document: MarkupElement, source: String) throws(URDFError) {
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
                ?? (fileName.lowercased().hasSuffix(".urdf") ? String(fileName.dropLast(5)) : fileName),
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
            case .typeRegular? where (attributes[.size] as? Int ?? 0) > MarkupReader.sizeLimit:
                reason = "it is larger than \(MarkupReader.sizeLimit >> 20) MiB"
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
}
