import AmortizedInference
import Kinematics
import Numerics

/// `benchmark train [--minutes m | --steps n] [--seed s] [--out file] [--rate r] [--batch b] [--components k]`:
/// trains a model for the Panda, prints how the loss falls, and what raw samples of the result are worth.
func trainCommand(_ arguments: [String]) throws {
    var options: [String: String] = [:]
    var index = arguments.startIndex
    while index + 1 < arguments.count {
        options[arguments[index]] = arguments[index + 1]
        index += 2
    }
    func number(_ name: String, _ standard: Double) -> Double { options["--" + name].flatMap(Double.init) ?? standard }
    let chain = pandaChain()
    var configuration = ModelConfiguration(components: Int(number("components", 32)), seed: UInt64(number("seed", 1)))
    if let widths = options["--hidden"] { configuration.hidden = widths.split(separator: ",").compactMap { Int($0) } }
    configuration.leastDeviation = number("least", configuration.leastDeviation)
    let steps = Int(number("steps", 0))
    var settings = TrainingSettings(budget: steps > 0 ? .steps(steps) : .minutes(number("minutes", 1)), seed: UInt64(number("seed", 1)))
    settings.learningRate = number("rate", settings.learningRate)
    settings.batch = Int(number("batch", Double(settings.batch)))
    settings.gradientClip = number("clip", settings.gradientClip)
    settings.initialFloor = number("floor", settings.initialFloor)
    settings.averageDecay = number("average", settings.averageDecay)
    var state = try TrainingState(ConditionalMixture(chain: chain, configuration: configuration), settings: settings)
    var trainer = Trainer()
    trainer.threads = Int(number("threads", Double(availableCores)))
    trainer.reportInterval = number("interval", 10)
    try trainer.train(&state, chain: chain) { progress, _ in
        print("step \(progress.step)  loss \(text(progress.loss))  rate \(progress.learningRate)  gradient \(text(progress.gradientNorm))"
            + "  \(Int(progress.samplesPerSecond)) samples/s  \(text(progress.elapsed)) s  \(progress.warning ?? "")")
    }
    let model = state.trainedModel
    try printAccuracy(of: model, chain: chain)
    if let path = options["--out"] { try model.write(to: path) }
}

/// Raw position and rotation errors of samples for unseen reachable poses, and the loss on fresh pairs.
func printAccuracy(of model: ConditionalMixture, chain: Chain) throws {
    let query = try PoseQuery(model, chain: chain)
    var stream = RandomStream(seed: 987_654_321)
    var positions: [Double] = [], rotations: [Double] = []
    for _ in 0..<300 {
        let target = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
        let samples = query.sample(target, count: 20, using: &stream)
        for row in 0..<samples.rows {
            let error = chain.forwardKinematics(Array(samples.row(row))).error(to: target)
            positions.append(error.position * 1e3)
            rotations.append(error.rotation * 180 / .pi)
        }
    }
    positions.sort()
    rotations.sort()
    let middle = positions.count / 2
    print("raw samples: median \(text(positions[middle])) mm, \(text(rotations[middle])) deg")
}
