import Glibc

/// The paths of existing files that begin with a text; those of directories end in a slash.
///
/// Hidden files are offered once their dot is typed.
func filePaths(beginningWith prefix: String) -> [String] {
    let split = prefix.lastIndex(of: "/").map { prefix.index(after: $0) } ?? prefix.startIndex
    let (directory, start) = (prefix[..<split], prefix[split...])
    return fileNames(in: directory.isEmpty ? "." : String(directory))
        .filter { $0.hasPrefix(start) && (start.hasPrefix(".") || !$0.hasPrefix(".")) }
        .map { name -> String in
            let path = String(directory) + name
            return Places.isDirectory(path) ? path + "/" : path
        }
}

/// The names in a directory, without `.` and `..`; none where it cannot be read.
func fileNames(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names
}
