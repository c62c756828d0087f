import Files
import Foundation
import Synchronization

/// Shows that a process lives: a thread of its own sets the time of the process's file again and again.
final class Heartbeat: Sendable {
    private let path: String
    private let other = Mutex<String?>(nil)
    private let isOver = Mutex(false)

    /// - Parameter interval: from one beat to the next.
    init(_ path: String, interval: Duration) {
        self.path = path
        let seconds = interval / .seconds(1)
        let thread = Thread { [weak self] in
            Heartbeat.blockSignals()
            while true {
                Thread.sleep(forTimeInterval: seconds)
                guard let self, !self.isOver.withLock({ $0 }) else { return }
                self.beat()
            }
        }
        thread.stackSize = 1 << 18
        thread.start()
    }

    deinit { isOver.withLock { $0 = true } }

    /// Another file whose time is to be set as well.
    func follow(_ path: String?) { other.withLock { $0 = path } }

    private func beat() {
        try? FileTree.touch(path)
        if let other = other.withLock({ $0 }) { try? FileTree.touch(other) }
    }

    // Signals that are sent to the process are for the threads that expect them.
    private static func blockSignals() {
        var signals = sigset_t()
        sigfillset(&signals)
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&signals, fault) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
