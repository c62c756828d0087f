import ConditionalModels
import Foundation
import Kinematics
import ModelFiles
import RobotModels

/// The directory that holds `robots` and `share`, found from the program upwards.
func packageRoot() -> String {
    var directory = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    while directory.path != "/", !FileManager.default.fileExists(atPath: directory.path + "/robots/panda.urdf") {
        directory.deleteLastPathComponent()
    }
    return directory.path
}

let known = ["kinematics", "ik", "bodies", "model", "lua", "calls", "step", "component", "mixture", "reference", "traced", "flow"]
let wanted = CommandLine.arguments.count > 1 ? Array(CommandLine.arguments.dropFirst()) : known
if let unknown = wanted.first(where: { !known.contains($0) }) {
    print("unknown benchmark \"\(unknown)\"; the benchmarks are \(known.joined(separator: ", "))")
    exit(2)
}
let root = packageRoot()
let chain = try RobotLibrary(directory: root + "/robots").robot("panda").chain()
let report = Report()
report.begin()
if wanted.contains("kinematics") { benchmarkKinematics(chain, report) }
if wanted.contains("ik") { benchmarkInverseKinematics(chain, report) }
if wanted.contains("bodies") { try benchmarkBodies(root: root, report) }
if wanted.contains("model") || wanted.contains("lua") {
    let model = try ConditionalMixture(contentsOf: root + "/share/models/panda.safetensors")
    if wanted.contains("model") { try benchmarkModel(model, chain, report) }
    if wanted.contains("lua") { try benchmarkLua(root: root, model, chain, report) }
}
if wanted.contains("calls") { try benchmarkCalls(root: root, report) }
if wanted.contains("step") { for threads in [1, 2] { try benchmarkTrainingStep(chain, threads: threads, report) } }
if wanted.contains("component") { for threads in [1, 2] { try benchmarkTrainingStep(chain, threads: threads, report, hasObjective: true) } }
if wanted.contains("mixture") { for threads in [1, 2] { benchmarkMixtureStep(chain, threads: threads, report) } }
if wanted.contains("flow") { for threads in [1, 2] { try benchmarkFlow(chain, threads: threads, report) } }
if wanted.contains("reference") { benchmarkReference(chain, report) }
if wanted.contains("traced") { try benchmarkTraced(report) }
