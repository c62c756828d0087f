let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "step":
    for threads in [1, 2] { try benchmarkTrainingStep(threads: threads) }
case "train": try trainCommand(Array(arguments.dropFirst()))
default:
    print("usage: benchmark step")
}
