import Glibc

/// A moment as records write it: "2026-11-28T20:04:11Z".
public enum Timestamp {
    public static var now: String { text(seconds: time(nil)) }

    /// - Parameter seconds: since 1970.
    public static func text(seconds: Int) -> String {
        var moment = time_t(seconds)
        var parts = tm()
        gmtime_r(&moment, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
