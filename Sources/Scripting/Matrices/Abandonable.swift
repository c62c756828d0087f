import Foundation
import LuaBridge
import Numerics

/// Work of a library that cannot be interrupted, on a thread that an interrupt leaves behind.
enum Abandonable {
    /// The result of a closure; it owns all that it works on, since it may go on after an interrupt.
    ///
    /// - Throws: What the closure throws, or the interrupt, within 20 ms.
    static func run<Result: Sendable>(cancellation: Cancellation, _ body: @escaping @Sendable () throws -> Result) throws -> Result {
        let work = Work(body)
        Thread.detachNewThread { work.run() }
        while work.finished.wait(timeout: .now() + .milliseconds(20)) == .timedOut {
            if cancellation.isRequested { throw LuaError("interrupted", kind: .interrupt) }
        }
        return try work.result!.get()
    }

    // Written by the thread before it signals, read after that.
    private final class Work<Result: Sendable>: @unchecked Sendable {
        let finished = DispatchSemaphore(value: 0)
        var result: Swift.Result<Result, any Error>?
        private let body: @Sendable () throws -> Result

        init(_ body: @escaping @Sendable () throws -> Result) { self.body = body }

        func run() {
            result = Swift.Result { try body() }
            finished.signal()
        }
    }
}
