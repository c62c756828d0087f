import Files
import Glibc

/// Another program that this one has started.
public struct ChildProcess: Sendable {
    public let pid: pid_t

    /// How a process ended.
    public enum Ending: Sendable, Equatable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: its path, or a name that is looked up in PATH.
    ///   - arguments: without the program's own name.
    ///   - changes: of the environment; nil removes a variable.
    ///   - output: the descriptor that becomes standard output and standard error; nil for those of this process.
    public init(_ program: String, _ arguments: [String], environment changes: [String: String?] = [:], output: Int32? = nil) throws(FileFailure) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let output {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
            posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        }
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        let variables = ChildProcess.environment(changes).map { strdup($0) } + [nil]
        defer { for word in words + variables { free(word) } }
        var pid = pid_t()
        let failure = posix_spawnp(&pid, program, &actions, nil, words, variables)
        guard failure == 0 else { throw FileFailure(number: failure) }
        self.pid = pid
    }

    private static func environment(_ changes: [String: String?]) -> [String] {
        var variables: [String] = []
        var position = environ
        while let entry = position.pointee {
            let text = String(cString: entry)
            if changes[String(text.prefix { $0 != "=" })] == nil { variables.append(text) }
            position += 1
        }
        return variables + changes.compactMap { name, value in value.map { "\(name)=\($0)" } }
    }

    /// How the process ended, if it has; waits where that is asked for.
    public func ending(waiting: Bool = false) -> Ending? {
        var status: Int32 = 0
        while true {
            let found = waitpid(pid, &status, waiting ? 0 : WNOHANG)
            if found == pid { break }
            if found == 0 { return nil }
            if errno != EINTR { return .exited(-1) }
        }
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
    }

    public func send(_ signal: Int32) { kill(pid, signal) }
}

/// A program whose output is read to its end.
public struct Command {
    /// Nil where the program could not be started, or did not end in time.
    public var status: Int32?
    /// What it wrote, errors included.
    public var output: String

    /// - Parameter seconds: after which it is killed.
    public init(_ words: [String], environment: [String: String?] = [:], seconds: Double = 20) {
        var ends: [Int32] = [0, 0]
        (status, output) = (nil, "")
        guard let program = words.first, pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let child: ChildProcess
        do {
            child = try ChildProcess(program, Array(words.dropFirst()), environment: environment, output: ends[1])
        } catch {
            close(ends[1])
            output = "\(error)"
            return
        }
        close(ends[1])
        var bytes: [UInt8] = []
        let isWhole = Command.read(ends[0], into: &bytes, until: .now + .milliseconds(Int(seconds * 1000)))
        if !isWhole { child.send(SIGKILL) }
        let ending = child.ending(waiting: true)
        output = String(decoding: bytes, as: UTF8.self)
        if isWhole, case .exited(let code)? = ending { status = code }
    }

    private static func read(_ descriptor: Int32, into bytes: inout [UInt8], until end: ContinuousClock.Instant) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let left = (end - .now).components
            let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
            guard milliseconds > 0 else { return false }
            var source = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&source, 1, Int32(clamping: milliseconds)) > 0 else { continue }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return true }
            if count > 0 { bytes += buffer[..<count] } else if errno != EINTR { return true }
        }
    }
}
