import Files
import Foundation
import LuaBridge

// avips.files: what scripts ask of directories.

struct FileEntries: Entries {
    unowned let session: Session

    private static let madeDirectory = """
        local directory = os.tmpname()
        os.remove(directory)
        avips.files.make(directory .. "/deep/inside")

        """

    func register() throws {
        let path = Parameter("path", "string", "the file or directory")
        func add(
            _ name: String, _ summary: String, _ parameters: [Parameter], returns: String, _ example: String, body: @escaping (Arguments) throws -> Value
        ) throws {
            try state.register(Function(
                "avips.files.\(name)", summary, parameters: parameters, returns: returns,
                example: Self.madeDirectory + example + "\nif avips.files.exists(directory) then avips.files.remove(directory) end", body: body))
        }
        try add("exists", "Tells whether a file or a directory exists at a path.", [path], returns: "boolean", "assert(avips.files.exists(directory))") {
            .boolean(FileTree.exists(try seen($0[1].path())))
        }
        try add("status", "Describes the file or directory at a path.", [path], returns: "table: kind (\"file\", \"directory\" or \"other\"), size in bytes, modified in s since 1970; nil if nothing exists there",
                "assert(avips.files.status(directory).kind == \"directory\")") {
            guard let status = FileTree.status(try seen($0[1].path())) else { return .nil }
            return .record(["kind": .string(status.kind.rawValue), "size": .integer(status.size), "modified": .number(status.modified)])
        }
        try add("list", "Lists the names in a directory, sorted.", [Parameter("directory", "string", "the directory")], returns: "list of strings",
                "assert(avips.files.list(directory)[1] == \"deep\")") { arguments in
            let path = try arguments[1].path()
            return try failing("list", path) { .list(try FileTree.names(in: seen(path)).sorted().map { .string($0) }) }
        }
        try add("make", "Makes a directory, and its parents where they are missing.", [Parameter("directory", "string", "the directory; one that exists is left as it is")],
                returns: "string, the path", "assert(avips.files.make(directory) == directory)") { arguments in
            let path = try arguments[1].path()
            return try failing("make", path) {
                try FileTree.makeDirectory(files.destination(path))
                return .string(path)
            }
        }
        try add("remove", "Removes a file, or a directory with its contents; of a link only the link.", [path], returns: "nothing",
                "avips.files.remove(directory)") { arguments in
            let path = try arguments[1].path(), target = try files.destination(path)
            try refuseDevice(arguments[1], target)
            try refusePrecious(arguments[1], target)
            return try failing("remove", path) {
                try FileTree.remove(target)
                return .none
            }
        }
        let other = Parameter("other", "string", "the new name; a file that has it is replaced")
        try add("move", "Moves or renames a file or a directory within a file system.", [path, other], returns: "string, the new name",
                "assert(avips.files.move(directory .. \"/deep\", directory .. \"/moved\") == directory .. \"/moved\")") { arguments in
            let path = try arguments[1].path(), other = try arguments[2].path()
            try refuseDevice(arguments[1], files.destination(path))
            try refuseDevice(arguments[2], files.destination(other))
            try refusePrecious(arguments[1], files.destination(path))
            return try failing("move", path) {
                try FileTree.move(files.destination(path), to: files.destination(other))
                return .string(other)
            }
        }
        try add("copy", "Copies a file; the copy appears under its name once it is complete.", [path, other], returns: "string, the new name", """
            local file = assert(io.open(directory .. "/a.txt", "w"))
            file:write "text"
            file:close()
            assert(avips.files.copy(directory .. "/a.txt", directory .. "/b.txt") == directory .. "/b.txt")
            """) { arguments in
            let other = try arguments[2].path()
            _ = try files.destination(other)
            try files.write(files.read(arguments[1].path()), to: other)
            return .string(other)
        }
    }

    /// A path that may be looked at: in a safe session below the working directory.
    private func seen(_ path: String) throws -> String {
        let expanded = FileLocation.expanded(path)
        guard !state.options.isHarmless || FileLocation(expanded).isBelow(".") || FileLocation(expanded).resolved == FileLocation(".").resolved else {
            throw FileAccess.Failure(description: "a safe session looks only below its working directory, not at \"\(path)\"")
        }
        return expanded
    }

    private func refusePrecious(_ slot: Slot, _ path: String) throws {
        guard FileTree.status(path, following: false)?.kind == .directory, FileLocation(path).isPrecious else { return }
        throw slot.invalid("must not be the root, a directory in it, a home directory, the working directory, or one that these lie in")
    }

    private func refuseDevice(_ slot: Slot, _ path: String) throws {
        if FileTree.status(path, following: false)?.kind == .other { throw slot.invalid("is a device or a pipe, not a file") }
    }

    private func failing(_ verb: String, _ path: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let failure as FileFailure { throw FileAccess.Failure(description: "cannot \(verb) \"\(path)\": \(failure)") }
    }
}
