// Trains the path objective on the suite's six conditional densities, each in a given processor time of one thread, and prints how near
// it comes to their known answers:
//
//     suite DIRECTORY abcdef 9 seed=0 seed=1,K=64,draw=16

import ConditionalSuite
import Foundation
import Numerics

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count >= 3, let seconds = Double(arguments.dropFirst(2).first ?? ""), seconds > 0 else {
    print("usage: suite DIRECTORY LETTERS SECONDS [OPTIONS ...]; the problem c has a third more time. Options, joined by commas:")
    for option in SuiteOptions.all { print("  \(option.name)=\(option.value)  \(option.summary)") }
    exit(2)
}
BLAS.prepare()
let suite = try Suite(directory: arguments[1])
let specifications = arguments.count > 3 ? Array(arguments.dropFirst(3)) : [""]
for specification in specifications {
    guard let options = SuiteOptions(specification) else {
        print("cannot read the options \"\(specification)\"")
        exit(2)
    }
    for letter in arguments[2] {
        guard let problem = suite.problems[String(letter)] else {
            print("there is no problem \(letter)")
            exit(2)
        }
        let given = letter == "c" ? seconds * 4 / 3 : seconds
        var training = SuiteTraining(problem, options)
        training.train(seconds: given)
        let result = SuiteEvaluation(training)
        print(String(
            format: "%@ %@ %.0f s: gap %.5f, worst %.4f, modes %d of %d, in use %.1f, %d steps, first temperature %.3f", problem.name, specification, given,
            result.mean, result.worst, result.held, result.modes, result.componentsInUse, training.steps, training.start.temperature))
        fflush(nil)
    }
}
