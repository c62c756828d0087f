import Glibc

/// Listing, making, moving and removing files and directories.
public enum FileTree {
    /// The types of files that are told apart.
    public enum Kind: String, Sendable, CaseIterable {
        case file, directory, link, other
    }

    /// The status of a file.
    public struct Status: Sendable, Equatable {
        public var kind: Kind
        /// In bytes.
        public var size: Int
        /// When it was changed last, in seconds since 1970.
        public var modified: Double
        /// Tells it from every other file that its file system holds at the same time.
        public var identity: Int
    }

    /// What stands at a path; nil where nothing does, or where that cannot be seen.
    ///
    /// - Parameter following: whether a symbolic link counts as what it stands for.
    public static func status(_ path: String, following: Bool = true) -> Status? {
        var status = stat()
        guard (following ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
        let kind: Kind = switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .directory
        case S_IFLNK: .link
        default: .other
        }
        return Status(
            kind: kind, size: Int(status.st_size), modified: Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9,
            identity: Int(truncatingIfNeeded: status.st_ino))
    }

    /// Whether something stands at a path.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The names in a directory, in no particular order.
    public static func names(in directory: String) throws(FileFailure) -> [String] {
        guard let entries = opendir(directory) else { throw FileFailure() }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Makes a directory and those that it lies in.
    ///
    /// - Returns: whether it is new.
    @discardableResult
    public static func makeDirectory(_ path: String) throws(FileFailure) -> Bool {
        if mkdir(path, 0o777) == 0 { return true }
        let failure = FileFailure()
        if failure.number == EEXIST, status(path)?.kind == .directory { return false }
        guard failure.number == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw failure }
        try makeDirectory(String(path[..<slash]))
        if mkdir(path, 0o777) == 0 { return true }
        guard errno == EEXIST, status(path)?.kind == .directory else { throw FileFailure() }
        return false
    }

    /// Removes a file, a link or a directory with all that it holds; links in it are removed, not what they stand for.
    public static func remove(_ path: String) throws(FileFailure) {
        guard let found = status(path, following: false) else { throw FileFailure(number: ENOENT) }
        guard found.kind == .directory else {
            if unlink(path) != 0, errno != ENOENT { throw FileFailure() }
            return
        }
        for name in try names(in: path) {
            // Another process may remove what is left at the same time.
            if status(path + "/" + name, following: false) != nil { try remove(path + "/" + name) }
        }
        if rmdir(path) != 0, errno != ENOENT { throw FileFailure() }
    }

    /// Gives a file or a directory another name, which may be that of a file: at every moment one of both stands there.
    public static func move(_ path: String, to other: String) throws(FileFailure) {
        guard rename(path, other) != 0 else { return }
        let failure = FileFailure(making: other)
        throw status(path, following: false) == nil ? FileFailure(number: ENOENT) : failure
    }

    /// Gives a file a second name, which must be free.
    ///
    /// - Returns: whether it was free.
    public static func link(_ path: String, to other: String) throws(FileFailure) -> Bool {
        if Glibc.link(path, other) == 0 { return true }
        guard errno == EEXIST else { throw FileFailure() }
        return false
    }

    /// Removes a file; one that is not there is removed already.
    public static func removeFile(_ path: String) throws(FileFailure) {
        if unlink(path) != 0, errno != ENOENT { throw FileFailure() }
    }

    /// Sets the time of a file's last change to the present, as the file's own system has it.
    public static func touch(_ path: String) throws(FileFailure) {
        guard utimensat(AT_FDCWD, path, nil, 0) == 0 else { throw FileFailure() }
    }
}
