import Foundation

/// Reads and writes the files that scripts name.
struct FileAccess {
    /// Why a file cannot be read or written.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Reading is then confined to the working directory and what lies below; writing is off.
    var isRestricted = false
    /// The bytes that a file may have at most.
    static let sizeLimit = 1 << 30

    func read(_ path: String) throws -> [UInt8] {
        try checkReading(path)
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw Failure(description: "there is no file \"\(path)\"")
        }
        guard !isDirectory.boolValue else { throw Failure(description: "\"\(path)\" is a directory, not a file") }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard attributes?[.type] as? FileAttributeType == .typeRegular || attributes?[.type] as? FileAttributeType == .typeSymbolicLink else {
            throw Failure(description: "\"\(path)\" is not a regular file")
        }
        if let size = attributes?[.size] as? Int, size > FileAccess.sizeLimit {
            throw Failure(description: "\"\(path)\" has \(size) bytes, at most \(FileAccess.sizeLimit) are read")
        }
        do {
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw Failure(description: "cannot read \"\(path)\": \(reason(error))")
        }
    }

    /// Replaces a file as a whole; whatever fails, the old one stays.
    func write(_ bytes: [UInt8], to path: String) throws {
        try checkWriting(path)
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Failure(description: "cannot write \"\(path)\": \(reason(error))")
        }
    }

    func checkReading(_ path: String) throws {
        guard isRestricted else { return }
        let root = FileManager.default.currentDirectoryPath
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard resolved.hasPrefix(root + "/") else {
            throw Failure(description: "a safe session reads only below its working directory, not \"\(path)\"")
        }
    }

    func checkWriting(_ path: String) throws {
        guard !isRestricted else { throw Failure(description: "a safe session writes no files, not \"\(path)\" either") }
    }

    private func reason(_ error: any Error) -> String {
        var current = error as NSError
        while let inner = current.userInfo[NSUnderlyingErrorKey] as? NSError { current = inner }
        return current.domain == NSPOSIXErrorDomain ? String(cString: strerror(Int32(current.code))) : current.localizedDescription
    }
}
