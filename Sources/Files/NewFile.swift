import Glibc
import Synchronization

/// A file that is being written, before it takes the place of another.
struct NewFile: ~Copyable {
    let descriptor: Int32
    private let directory: String
    /// Its hidden name; nil as long as it has none.
    private var name: String?

    private static let count = Atomic<Int>(0)
    /// `O_TMPFILE`, which is composed in a way that Swift does not import.
    private static let withoutName = O_DIRECTORY | 0o20000000

    /// Makes a file in the directory of another.
    init(beside target: String) throws(FileFailure) {
        directory = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "./"
        StaleFiles.sweep(directory)
        let unnamed = open(directory, NewFile.withoutName | O_WRONLY | O_CLOEXEC, 0o666)
        if unnamed >= 0 {
            flock(unnamed, LOCK_EX | LOCK_NB)
            descriptor = unnamed
            name = nil
            return
        }
        guard [EOPNOTSUPP, EISDIR, ENOENT, EINVAL].contains(errno) else { throw FileFailure() }
        let name = NewFile.freshName(in: directory)
        let named = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard named >= 0 else { throw FileFailure(making: name) }
        flock(named, LOCK_EX | LOCK_NB)
        descriptor = named
        self.name = name
    }

    deinit { close(descriptor) }

    /// Gives the file its name, in the place of what has it.
    borrowing func take(placeOf target: String) throws(FileFailure) {
        let hidden = try named()
        guard rename(hidden, target) == 0 else {
            let failure = FileFailure()
            unlink(hidden)
            throw failure
        }
    }

    /// Removes the file.
    borrowing func discard() { if let name { unlink(name) } }

    // A file without a name can be given one that is free only, so it goes by way of a hidden one.
    private borrowing func named() throws(FileFailure) -> String {
        if let name { return name }
        for _ in 0..<100 {
            let hidden = NewFile.freshName(in: directory)
            if linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, hidden, AT_SYMLINK_FOLLOW) == 0 { return hidden }
            guard errno == EEXIST else { throw FileFailure() }
        }
        throw FileFailure(number: EEXIST)
    }

    private static func freshName(in directory: String) -> String {
        "\(directory)\(StaleFiles.prefix)\(getpid())-\(count.add(1, ordering: .relaxed).newValue)\(StaleFiles.suffix)"
    }
}

/// The leftovers of processes that were killed while writing.
enum StaleFiles {
    static let prefix = ".avips-", suffix = ".tmp"
    /// The directories that this process has looked into.
    private static let swept = Mutex<Set<String>>([])

    /// Removes hidden files that no process holds, once for each directory.
    static func sweep(_ directory: String) {
        guard swept.withLock({ $0.count < 10_000 && $0.insert(FileLocation(directory).resolved).inserted }) else { return }
        guard let entries = opendir(directory) else { return }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
            if name.hasPrefix(prefix), name.hasSuffix(suffix) { removeIfFree(directory + name) }
        }
    }

    private static func removeIfFree(_ path: String) {
        let descriptor = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
    }
}
