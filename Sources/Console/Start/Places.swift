import Glibc

/// Where the program finds its own files, and keeps the user's.
enum Places {
    /// The directory that holds `robots` and `share`: `AVIPS_HOME`, or the nearest above the executable with robots.
    static var resourceRoot: String? {
        if let home = Environment["AVIPS_HOME"] { return home }
        guard var directory = realPath("/proc/self/exe") else { return nil }
        while let slash = directory.lastIndex(of: "/"), slash > directory.startIndex {
            directory = String(directory[..<slash])
            if isDirectory(directory + "/robots") { return directory }
        }
        return nil
    }

    /// The rc file of interactive sessions, whether or not it exists.
    static var initializationFile: String? { base("XDG_CONFIG_HOME", ".config").map { $0 + "/avips/init.lua" } }

    /// The history file; its directory is made where it is missing.
    static var historyFile: String? {
        guard let base = base("XDG_STATE_HOME", ".local/state") else { return nil }
        makeDirectories(base + "/avips")
        return base + "/avips/history"
    }

    /// Whether a file can be read.
    static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func base(_ variable: String, _ fallback: String) -> String? {
        if let path = Environment[variable], path.hasPrefix("/") { return path }
        return Environment["HOME"].map { "\($0)/\(fallback)" }
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func makeDirectories(_ path: String) {
        var prefix = ""
        for part in path.split(separator: "/") {
            prefix += "/" + part
            mkdir(prefix, 0o700)
        }
    }
}
