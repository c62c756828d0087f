#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Bytes that may be run: written first, then never again.
///
/// Pages are writable or executable, never both at once.
final class ExecutableMemory: @unchecked Sendable {
    let start: UnsafeRawPointer
    private let size: Int

    /// - Returns: nil where the system gives no such memory.
    init?(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return nil }
        let size = bytes.count
        guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0), memory != MAP_FAILED else { return nil }
        memory.copyMemory(from: bytes, byteCount: size)
        guard mprotect(memory, size, PROT_READ | PROT_EXEC) == 0 else {
            munmap(memory, size)
            return nil
        }
        start = UnsafeRawPointer(memory)
        self.size = size
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: start), size) }
}
