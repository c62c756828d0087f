import Glibc

/// Where a path leads, whether or not something stands there.
public struct FileLocation: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// The absolute path without links: of what exists the place it has, of what does not the one it would have.
    ///
    /// The result does not reveal whether the file exists.
    public var resolved: String {
        FileLocation.resolve(path.hasPrefix("/") ? path : FileLocation.workingDirectory + "/" + path, links: 40)
    }

    private static func resolve(_ path: String, links: Int) -> String {
        if let real = realPath(path) { return real }
        // A link to nothing yet leads where that would be.
        if links > 0, let target = try? FileLocation(path).withoutLinks(), target != path { return resolve(target, links: links - 1) }
        guard path.count > 1, let slash = path.lastIndex(of: "/") else { return "/" }
        return appending(path[path.index(after: slash)...], to: resolve(slash == path.startIndex ? "/" : String(path[..<slash]), links: links))
    }

    /// The directory of what the path names, as it is written: "a/b" is in "a", "b" in ".".
    public var directory: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Whether the path leads below a directory.
    public func isBelow(_ directory: String) -> Bool {
        let root = FileLocation(directory).resolved
        return resolved.hasPrefix(root.hasSuffix("/") ? root : root + "/")
    }

    /// What a symbolic link stands for in the end, the link's own path where it is none. The last file need not exist.
    ///
    /// - Throws: ``FileFailure`` where links go round in a circle.
    public func withoutLinks() throws(FileFailure) -> String {
        var current = path
        for _ in 0..<40 {
            guard let target = FileLocation.target(of: current) else { return current }
            if target.hasPrefix("/") {
                current = target
            } else {
                current = current.lastIndex(of: "/").map { current[...$0] + target } ?? target
            }
        }
        throw FileFailure(number: ELOOP)
    }

    private static var workingDirectory: String { realPath(".") ?? "" }

    private static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    private static func target(of path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            let count = readlink(path, buffer.baseAddress!, buffer.count)
            guard count > 0, count < buffer.count else { return nil }
            return String(decoding: UnsafeRawBufferPointer(start: buffer.baseAddress, count: count), as: UTF8.self)
        }
    }

    private static func appending(_ part: Substring, to directory: String) -> String {
        switch part {
        case "", ".": return directory
        case "..": return directory.lastIndex(of: "/").map { $0 == directory.startIndex ? "/" : String(directory[..<$0]) } ?? "/"
        default: return directory.hasSuffix("/") ? directory + part : directory + "/" + part
        }
    }
}
