let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "step":
    for threads in [1, 2] { try benchmarkTrainingStep(threads: threads) }
default:
    print("usage: benchmark step")
}
