import Files
import Foundation
import LuaBridge

// Files that hold what took hours: none is written over but by what it is of, or where a script says so.

extension Session {
    static let overwriteOption = OptionKey.flag("overwrite", default: false, "whether checkpoint may overwrite the file of another run")

    /// The path of a file that a long run is to write its state to as it goes on; what would keep it from doing so is told before it begins.
    ///
    /// - Parameters:
    ///   - own: the file that the run's object has written or read last, as it was then.
    ///   - work: what a file of the kind that is to be written holds, in words; nil for files of other kinds, which are never written over.
    func checkpointDestination(
        _ slot: Slot, own: FileIdentity?, _ options: LuaBridge.Options, work: (Safetensors) -> String?
    ) throws -> String {
        let path = try modelDestination(slot)
        try checkOverwriting(slot, path: path, own: own, options, work: work)
        do { try FileReplacement(path: path).check() } catch let failure as FileFailure {
            if let directory = failure.missingDirectory {
                throw slot.invalid("names a file in a directory that does not exist, \"\(directory)\"; make it first, with avips.files.make, or name another file")
            }
            throw slot.invalid("names a file that cannot be written, \"\(path)\": \(failure)")
        }
        return path
    }

    /// Refuses the path of a file that is there, unless whoever is to write to it wrote or read it last.
    ///
    /// - Parameters:
    ///   - own: the file that was written or read last, as it was then.
    ///   - work: what a file of the kind that is to be written holds, in words; nil for files of other kinds, which are never written over.
    private func checkOverwriting(_ slot: Slot, path: String, own: FileIdentity?, _ options: LuaBridge.Options, work: (Safetensors) -> String?) throws {
        let file = try? FileManager.default.attributesOfItem(atPath: path)
        guard let size = file?[.size] as? Int, size > 0, own == nil || own != FileIdentity(path: path) else { return }
        guard let held = try? Safetensors(contentsOf: path), let work = work(held) else {
            throw slot.invalid("names a file that is there and is no checkpoint of its kind, \(path); name another one, or remove it")
        }
        guard try options[Self.overwriteOption] else {
            throw slot.invalid("names a file that holds \(work), \(path): load it to continue that, name another file, or give overwrite = true")
        }
    }
}
