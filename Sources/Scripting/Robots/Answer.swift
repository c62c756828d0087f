import Kinematics
import LuaBridge
import Numerics

/// What scripts get for a question for configurations: of a chain, or of a whole body.
protocol SearchAnswer {
    associatedtype Subject: Jointed

    /// What the configurations are of.
    var subject: Subject { get }
    var outcome: SearchOutcome { get }
}

extension SearchAnswer {
    /// The configurations, best first: n × dof.
    var matrix: Matrix {
        Matrix(rows: outcome.found, columns: subject.variables.count, elements: outcome.solutions.flatMap(\.configuration))
    }

    /// As an object; nothing is converted before a script asks for it.
    var value: Value {
        .object(holding: self, size: outcome.found * (subject.variables.count * 8 + 120))
    }

    /// One of the configurations as an object; `nil` for none.
    func item(_ solution: Solution?) -> Value {
        solution.map { .object(holding: AnswerItem(subject: subject, solution: $0)) } ?? .nil
    }
}

/// One configuration of an answer.
struct AnswerItem<Subject: Jointed> {
    let subject: Subject
    let solution: Solution
}

/// The configurations of a chain that reach a target, with the robot that they are of.
struct Answer: SearchAnswer {
    let robot: Robot
    let solutions: Solutions

    var subject: Robot { robot }
    var outcome: SearchOutcome { solutions.outcome }
}

/// The configurations of a whole body that meet its goals.
struct Postures: SearchAnswer {
    let whole: WholeBody
    let solutions: BodySolutions

    var subject: WholeBody { whole }
    var outcome: SearchOutcome { solutions.outcome }
}
