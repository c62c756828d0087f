import Glibc

/// What is known of the user's terminal.
enum Terminal {
    /// Whether `TERM` names a terminal that the system describes, so that it may be sent escape sequences; "dumb" takes none.
    static let isKnown: Bool = {
        guard let name = Environment["TERM"], let first = name.utf8.first, !name.contains("/"), !["dumb", "unknown"].contains(name) else { return false }
        let places = directories.filter(Places.isDirectory)
        let letters = [String(decoding: [first], as: UTF8.self), String(first, radix: 16)]
        // A system without any description, as small containers are, cannot tell.
        return places.isEmpty || places.contains { place in letters.contains { Places.isReadable("\(place)/\($0)/\(name)") } }
    }()

    /// Where descriptions stand, see terminfo(5).
    private static var directories: [String] {
        var own: [String] = []
        if let directory = Environment["TERMINFO"] { own.append(directory) }
        if let home = Environment["HOME"] { own.append(home + "/.terminfo") }
        let named: [String] = (Environment["TERMINFO_DIRS"] ?? "").split(separator: ":").map(String.init)
        let usual: [String] = ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo", "/usr/local/share/terminfo"]
        return [own, named, usual].flatMap(\.self)
    }
}
