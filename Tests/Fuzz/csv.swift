import Foundation
import LuaBridge
import Scripting

/// A session for all inputs, and the file that it reads them from.
nonisolated(unsafe) private let session = try! Session(resources: Resources(root: ProcessInfo.processInfo.environment["AVIPS_ROOT"] ?? "."))
private let path = FileManager.default.temporaryDirectory.path + "/fuzz-\(ProcessInfo.processInfo.processIdentifier).csv"

/// Reads a file of CSV and writes what it holds again.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let data = bytes.map { Data(bytes: $0, count: count) } ?? Data()
    guard (try? data.write(to: URL(fileURLWithPath: path))) != nil else { return 0 }
    let quoted = path.replacingOccurrences(of: "\\", with: "\\\\")
    _ = try? session.state.run("local ok, value = pcall(avips.csv.read, '\(quoted)') if ok then pcall(avips.csv.write, '\(quoted)', value) end")
    return 0
}
