import Foundation
import Testing

/// Compares text with a kept file beside the tests, `Golden/<name>`.
///
/// On a mismatch the text is written beside it as `<name>.actual`. With `AVIPS_GOLDEN=write` in the environment the
/// kept file is replaced.
func expectGolden(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
    if ProcessInfo.processInfo.environment["AVIPS_GOLDEN"] == "write" {
        try Data(text.utf8).write(to: file)
        return
    }
    let kept = try? Data(contentsOf: file)
    if kept != Data(text.utf8) {
        let actual = file.appendingPathExtension("actual")
        try Data(text.utf8).write(to: actual)
        Issue.record("differs from \(name); see \(actual.path())", sourceLocation: sourceLocation)
    }
}
