import LuaBridge
import RobotModels

/// What answers questions from a network, and can tell whether its outputs were finite.
protocol CheckedQuery: AnyObject {
    func checkOutputs() throws
}

extension PoseQuery: CheckedQuery {}
extension BodyQuery: CheckedQuery {}
extension FactoredQuery: CheckedQuery {}

extension CheckedQuery {
    /// An answer, where the network's outputs were finite.
    ///
    /// - Throws: `ModelError.undefined` where they were not.
    func checked<Answer>(_ body: (Self) throws -> Answer) throws -> Answer {
        let answer = try body(self)
        try checkOutputs()
        return answer
    }
}
