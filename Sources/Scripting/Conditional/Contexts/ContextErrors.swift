import ConditionalModels
import LuaBridge
import Mixtures

/// What a closure answers at a context, which errors name: those of a network whose outputs are not finite there, and those of a density.
func naming<Answer>(_ context: [Double], _ answer: () throws -> Answer) throws -> Answer {
    var place: String { "; the context is \(NumberText.list(context))" }
    do { return try answer() } catch let error as ModelError {
        guard case .undefined = error else { throw error }
        throw ArgumentError("\(error)\(place)")
    } catch var error as TargetError {
        error.complaint += place
        throw error
    }
}
