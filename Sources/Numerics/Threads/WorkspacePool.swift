import Synchronization

/// Workspaces that threads take and give back; there are as many as were ever in use at once.
public final class WorkspacePool<Workspace: AnyObject>: Sendable {
    /// A workspace on its way from one owner to another: it is of one thread at a time.
    @usableFromInline
    struct Handle: @unchecked Sendable {
        @usableFromInline let workspace: Workspace

        @usableFromInline init(_ workspace: Workspace) { self.workspace = workspace }
    }

    @usableFromInline let make: @Sendable () -> Workspace
    /// Those that no thread uses.
    @usableFromInline let free = Mutex<[Handle]>([])

    /// - Parameter make: makes a workspace where all are in use.
    public init(_ make: @escaping @Sendable () -> Workspace) { self.make = make }

    /// Lends a workspace for the time of a closure.
    @inlinable
    public func withWorkspace<Result>(_ body: (Workspace) throws -> Result) rethrows -> Result {
        let handle = free.withLock { $0.popLast() } ?? Handle(make())
        defer { free.withLock { $0.append(handle) } }
        return try body(handle.workspace)
    }
}
