import Files
import Foundation
import LuaBridge

// Files that hold what took hours: none is written over but by what it is of, or where a script says so.

extension Session {
    static let overwriteOption = OptionKey.flag("overwrite", default: false, "whether checkpoint may overwrite the file of another run")

    /// Refuses the path of a file that is there, unless whoever is to write to it wrote or read it last.
    ///
    /// - Parameters:
    ///   - own: the file that was written or read last, as it was then.
    ///   - work: what a file of the kind that is to be written holds, in words; nil for files of other kinds, which are never written over.
    func checkOverwriting(_ slot: Slot, path: String, own: FileIdentity?, _ options: LuaBridge.Options, work: (Safetensors) -> String?) throws {
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
