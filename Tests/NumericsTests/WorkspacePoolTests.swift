import Numerics
import Testing

@Suite struct WorkspacePoolTests {
    private struct Failure: Error {}
    private final class Workspace { var isInUse = false }

    @Test func everyWorkspaceIsOfOneThreadAtATime() {
        let made = SharedCounter(), threads = 4
        let pool = WorkspacePool<Workspace> {
            _ = made.next()
            return Workspace()
        }
        parallelFor(2000, threads: threads) { _ in
            pool.withWorkspace { workspace in
                #expect(!workspace.isInUse)
                workspace.isInUse = true
                workspace.isInUse = false
            }
        }
        #expect((1...threads).contains(made.count))
    }

    @Test func aWorkspaceComesBackFromWhatThrows() {
        let made = SharedCounter()
        let pool = WorkspacePool<Workspace> {
            _ = made.next()
            return Workspace()
        }
        for _ in 0..<3 { #expect(throws: Failure.self) { try pool.withWorkspace { _ in throw Failure() } } }
        // Two at once are two.
        pool.withWorkspace { outer in pool.withWorkspace { inner in #expect(outer !== inner) } }
        #expect(made.count == 2)
    }
}
