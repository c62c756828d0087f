import Baselines
import ConditionalModels
import Files
import Foundation
import Kinematics
import ModelFiles
import ModelTraining
import RobotModels

// sources: Tests/Fuzz/Support/TensorMutations.swift

/// Reads the checkpoint of a training, and goes on with it for a step where that is cheap.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes, let file = try? Safetensors(Data(bytes: bytes, count: count), path: "input") else { return 0 }
    _ = try? ModelTrainingState(file, path: "input")
    guard let state = try? TrainingState(file, path: "input") else { return 0 }
    guard state.settings.batch <= 64, state.model.components <= 16, state.model.parameterCount <= 4000,
          state.settings.variational.samples.range.upperBound <= 16,
          let chain = (state.model.subject as? RobotIdentity)?.chain, chain.degreesOfFreedom <= 8,
          let problem = try? TrainingProblem.poses(of: chain, for: state.model), var run = try? TrainingRun(state, problem: problem, threads: 1) else { return 0 }
    for _ in 0..<2 { try? run.step() }
    precondition(run.settled().trainedModel.parameters.isFinite)
    return 0
}
