import Foundation
import LuaBridge
import Scripting
import TestSupport

/// A session as a script has it, with its printing collected.
struct Fixture {
    let session: Session

    init(display: DisplayStyle = DisplayStyle(), isHarmless: Bool = false) throws {
        session = try Session(
            resources: Resources(root: packageRoot), options: .init(isHarmless: isHarmless, interrupt: Interrupt()), display: display, seed: 1)
    }

    /// The results as the prompt shows them.
    func shown(_ text: String) throws -> String { session.text(of: try session.state.run(text)) }

    /// The message of the error that text ends in, without its place.
    func message(_ text: String) -> String? {
        do {
            try session.state.run(text)
            return nil
        } catch {
            let message = "\(error)"
            return message.hasPrefix("run:1: ") ? String(message.dropFirst("run:1: ".count)) : message
        }
    }
}

/// A directory of its own, removed afterwards.
func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = NSTemporaryDirectory() + "scripting-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}

/// A console that keeps the warnings that a session gives.
final class Listener: SessionHost {
    private(set) var warnings: [String] = []
    let isInteractive = false

    func write(_ text: String) {}
    func warn(_ text: String) { warnings.append(text) }
    func readLine(prompt: String) throws -> String? { nil }
    func withScreen<Result>(_ body: (any KeyScreen) throws -> Result) throws -> Result { throw LuaError("there is no terminal") }
}
