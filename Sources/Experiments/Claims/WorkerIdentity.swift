import Files
import Glibc

/// A process that works on runs, described so that other processes can determine whether it is alive.
public struct WorkerIdentity: Sendable, Equatable {
    /// What names it among all processes ever.
    public var token: String
    public var host: String
    /// An identifier that distinguishes machines of the same name; empty where the system has none.
    public var machine: String
    /// Changes whenever the machine starts.
    public var boot: String
    /// Within which process numbers mean something: containers of one machine have their own.
    public var processes: String
    public var pid: Int
    /// When the process started, in the kernel's ticks since the machine did: tells it from a later one with the same number.
    public var startTime: Int
    /// The job of the queue that it belongs to, an array task included: "123" or "123_4".
    public var job: String?
    /// How often the queue started that job anew.
    public var restarts: Int
    /// When it began.
    public var started: String

    public init(
        token: String, host: String, machine: String = "", boot: String, processes: String = "", pid: Int, startTime: Int, job: String? = nil, restarts: Int = 0,
        started: String = Timestamp.now
    ) {
        self.token = token
        self.host = host
        self.machine = machine
        self.boot = boot
        self.processes = processes
        self.pid = pid
        self.startTime = startTime
        self.job = job
        self.restarts = restarts
        self.started = started
    }

    /// This process, at this moment.
    ///
    /// - Parameter environment: the value of a variable.
    public static func current(environment: (String) -> String? = SystemFacts.variable) -> WorkerIdentity {
        let pid = Int(getpid()), start = ProcessStatus(pid: pid)?.startTime ?? 0
        let job = environment("SLURM_ARRAY_JOB_ID").flatMap { array in environment("SLURM_ARRAY_TASK_ID").map { "\(array)_\($0)" } }
        let host = SystemFacts.host, boot = SystemFacts.boot
        let token = Digest(of: "\(host) \(boot) \(pid) \(start) \(UInt64.random(in: 0...(.max)))").hexadecimal.prefix(16)
        return WorkerIdentity(
            token: String(token), host: host, machine: SystemFacts.line("/etc/machine-id") ?? "", boot: boot, processes: SystemFacts.processNamespace, pid: pid,
            startTime: start, job: job ?? environment("SLURM_JOB_ID"), restarts: environment("SLURM_RESTART_COUNT").flatMap { Int($0) } ?? 0)
    }

    /// Reads the members of a worker's file; nil where they do not identify a process.
    public init?(record: Datum) {
        guard let token = record["token"]?.text, let host = record["host"]?.text, let boot = record["boot"]?.text, let pid = record["pid"]?.integer,
            let startTime = record["start_time"]?.integer
        else { return nil }
        self.init(
            token: token, host: host, machine: record["machine_id"]?.text ?? "", boot: boot, processes: record["pid_namespace"]?.text ?? "", pid: pid,
            startTime: startTime, job: record["job"]?.text, restarts: record["restarts"]?.integer ?? 0, started: record["started"]?.text ?? "")
    }

    /// What a worker's file holds of its identity.
    public var members: [Datum.Member] {
        [
            .init("token", .text(token)), .init("host", .text(host)), .init("machine_id", .text(machine)), .init("boot", .text(boot)),
            .init("pid_namespace", .text(processes)), .init("pid", .integer(pid)), .init("start_time", .integer(startTime)),
            .init("job", job.map { .text($0) } ?? .null), .init("restarts", .integer(restarts)), .init("started", .text(started)),
        ]
    }
}

/// The kernel's status of a process.
public struct ProcessStatus: Sendable, Equatable {
    /// In ticks since the machine started.
    public var startTime: Int
    /// Whether it has ended and only its number is kept.
    public var isZombie: Bool

    public init(startTime: Int, isZombie: Bool = false) {
        self.startTime = startTime
        self.isZombie = isZombie
    }

    /// A process by its number; nil where there is none.
    public init?(pid: Int) {
        // The name, in parentheses, may hold anything; the fields behind it do not.
        guard let text = SystemFacts.text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let start = Int(fields[19]) else { return nil }
        self.init(startTime: start, isZombie: fields[0] == "Z" || fields[0] == "X")
    }
}

/// Facts about the system that this process runs on.
public enum SystemFacts {
    /// The network name of this machine; "unknown" where it has none.
    public static var host: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static var boot: String { line("/proc/sys/kernel/random/boot_id") ?? "" }

    static var processNamespace: String {
        var buffer = [CChar](repeating: 0, count: 128)
        let count = readlink("/proc/self/ns/pid", &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
    }

    /// A variable of the environment that is set and not empty.
    public static func variable(_ name: String) -> String? { getenv(name).flatMap { $0.pointee == 0 ? nil : String(cString: $0) } }

    static func line(_ path: String) -> String? { text(path)?.split(separator: "\n").first.map(String.init) }

    // Files of the kernel have no size beforehand.
    static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
