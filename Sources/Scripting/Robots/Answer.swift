import Kinematics
import LuaBridge
import Numerics

/// The answer to a question for configurations, with the robot that it is about.
struct Answer {
    let robot: Robot
    let solutions: Solutions

    /// The configurations, best first: n × dof.
    var matrix: Matrix {
        let dof = robot.chain.degreesOfFreedom
        return Matrix(rows: solutions.found, columns: dof, elements: solutions.solutions.flatMap(\.configuration))
    }

    /// As an object; nothing is converted before a script asks for it.
    var value: Value {
        .object(holding: self, size: solutions.found * (robot.chain.degreesOfFreedom * 8 + 120))
    }
}

/// One configuration of an answer.
struct AnswerItem {
    let robot: Robot
    let solution: Solution
}
