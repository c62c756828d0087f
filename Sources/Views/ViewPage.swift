import Files
import Foundation

/// A scene as one page for a browser, which needs no network and no other file.
public struct ViewPage: Sendable {
    public var scene: ViewScene
    /// The page without its scene, with `{{title}}` and `{{scene}}` where those belong.
    private let template: String

    /// Why a page cannot be made.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// - Throws: for a template without the two places.
    public init(_ scene: ViewScene, template: String) throws(Failure) {
        guard template.contains("{{title}}"), template.contains("{{scene}}") else {
            throw Failure(description: "the page's template has no {{title}} or no {{scene}}")
        }
        self.scene = scene
        self.template = template
    }

    /// The text of the page; the same scene gives the same bytes.
    ///
    /// - Throws: for numbers that JSON does not have.
    public func html() throws(Failure) -> String {
        let title = scene.title.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
        // The scene last: what it holds is not looked through again.
        let parts = Self.compact(template).components(separatedBy: "{{scene}}")
        let packed = Data(Compression.zlib(Array(try json().utf8))).base64EncodedString()
        return parts[0].replacingOccurrences(of: "{{title}}", with: title) + packed + parts.dropFirst().joined(separator: "{{scene}}")
    }

    /// What the page knows of its scene, as JSON; in the page it is packed by zlib, in base64.
    ///
    /// - Throws: for numbers that JSON does not have.
    public func json() throws(Failure) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(scene.framed()) else { throw Failure(description: "the view has numbers that are not finite") }
        return String(decoding: data, as: UTF8.self)
    }

    /// A template's lines without what is for its readers alone: indentation, empty lines and lines that are comments.
    private static func compact(_ template: String) -> String {
        template.split(separator: "\n").compactMap { line in
            let text = line.drop { $0 == " " }
            return text.isEmpty || text.hasPrefix("//") ? nil : String(text)
        }.joined(separator: "\n") + "\n"
    }
}
