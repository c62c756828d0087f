import Glibc

extension FileLocation {
    /// The home directory: that of the environment, else the one that the system knows of the user.
    public static var home: String {
        if let home = getenv("HOME"), home.pointee != 0 { return String(cString: home) }
        return knownHome ?? "/"
    }

    private static var knownHome: String? { getpwuid(getuid()).flatMap { $0.pointee.pw_dir }.map { String(cString: $0) } }

    /// A path with the home directory in the place of a leading `~`.
    public static func expanded(_ path: String) -> String {
        path == "~" ? home : path.hasPrefix("~/") ? home + path.dropFirst() : path
    }

    /// Whether a tree must not be removed or given another name by a script: the root, a directory in it, a home directory, the working
    /// directory, and all that these lie in.
    public var isPrecious: Bool {
        let own = resolved
        if own.split(separator: "/").count < 2 { return true }
        let kept = [".", FileLocation.home] + [FileLocation.knownHome].compactMap(\.self)
        return kept.contains { other in
            let place = FileLocation(other).resolved
            return place == own || place.hasPrefix(own + "/")
        }
    }
}
