@preconcurrency import Glibc

/// `avips kernel install`: registers the kernel for Jupyter, which is the Python package's.
struct KernelCommand {
    private let arguments: [String]

    /// - Returns: nil where the command line asks for something else; a file that has the name "kernel" is a script.
    init?(_ options: CommandLineOptions) {
        guard let script = options.script, script.path == "kernel", !Places.isReadable("kernel") else { return nil }
        arguments = script.arguments
    }

    /// Takes the process over.
    ///
    /// - Returns: the exit code and a message, where that could not be done.
    func run() -> (exitCode: Int32, message: String) {
        guard arguments.first == "install", arguments.count <= 2 else {
            return (2, "avips kernel install [DIRECTORY] registers the kernel for Jupyter: for the user, or below a directory")
        }
        guard let root = Places.resourceRoot, Places.isReadable(root + "/share/python/avips/kernel.py") else {
            return (1, "the folder share/python is missing beside the program")
        }
        let others = Environment["PYTHONPATH"].map { ":" + $0 } ?? ""
        setenv("PYTHONPATH", root + "/share/python" + others, 1)
        var words: [UnsafeMutablePointer<CChar>?] = (["python3", "-m", "avips.kernel"] + arguments).map { strdup($0) }
        words.append(nil)
        execvp("python3", words)
        return (1, "python3 could not be started: \(String(cString: strerror(errno)))")
    }
}
