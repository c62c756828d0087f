import Kinematics
import LuaBridge

// What Solutions and Postures, Solution and Posture have in common.

extension ObjectType {
    /// A type of answers.
    ///
    /// - Parameters:
    ///   - elementType: the type of one configuration.
    ///   - example: of the method that gives the matrix of all.
    init<Contents: SearchAnswer>(
        _ name: String, of contents: Contents.Type, _ summary: String, describe: @escaping (Contents) throws -> String,
        elementType: String, properties: [ObjectProperty<Contents>], matrixExample example: String
    ) {
        self.init(
            name, of: contents, summary, describe: describe,
            element: { answer, index in
                let solutions = answer.outcome.solutions
                return answer.item(solutions.indices.contains(index &- 1) ? solutions[index &- 1] : nil)
            },
            elementType: elementType,
            operators: [(.length, { .integer(try $0.operand(1, Contents.self).outcome.found) })],
            table: { DataTable($0.outcome.solutions, variables: $0.subject.variables) },
            properties: properties,
            methods: [
                Function(name + ":matrix", "All configurations as rows.", returns: "n x dof Matrix", example: example) {
                    .matrix(try $0.receiver(Contents.self).matrix)
                }
            ])
    }

    /// A type of one configuration of an answer.
    init<Subject: Jointed>(
        _ name: String, ofOneOf subject: Subject.Type, _ summary: String, describe: @escaping (AnswerItem<Subject>) throws -> String,
        properties: [ObjectProperty<AnswerItem<Subject>>]
    ) {
        self.init(
            name, of: AnswerItem<Subject>.self, summary, describe: describe,
            table: { DataTable([$0.solution], variables: $0.subject.variables) }, properties: properties)
    }
}

extension ObjectProperty where Contents: SearchAnswer {
    static var requested: Self { Self("requested", "integer", "how many were requested") { .integer($0.outcome.requested) } }
    static var success: Self { Self("success", "boolean", "whether as many were found as requested") { .boolean($0.outcome.reason == nil) } }
    static var found: Self { Self("found", "integer", "how many there are") { .integer($0.outcome.found) } }
    static var starts: Self { Self("starts", "integer", "how many starts were tried") { .integer($0.outcome.starts) } }
    static var seconds: Self { Self("seconds", "number", "the time of the search in s") { .number($0.outcome.elapsed) }.formerly("elapsed") }
    static var reason: Self { Self("reason", "string or nil", "why there are fewer than requested") { $0.outcome.reason.map(Value.string) ?? .nil } }

    /// - Parameter arriving: what a start did that converged: "reached the target".
    static func converged(_ arriving: String) -> Self {
        Self("converged", "integer", "how many starts \(arriving)") { .integer($0.outcome.converged) }
    }

    /// - Parameters:
    ///   - type: of one configuration.
    ///   - arriving: what none did: "reached the target".
    static func closest(_ type: String, _ arriving: String) -> Self {
        Self("closest", "\(type) or nil", "the closest approach, where nothing \(arriving)") { $0.item($0.outcome.closest) }
    }
}

extension ObjectProperty {
    /// The properties of one configuration; those that mean something of their own to a chain or a body take their summary.
    static func configuration<Subject>() -> Self where Contents == AnswerItem<Subject> {
        Self("q", "list of numbers", "the configuration in rad or m") { .numbers($0.solution.configuration) }
    }

    static func positionError<Subject>(_ summary: String) -> Self where Contents == AnswerItem<Subject> {
        Self("position_error", "number", summary) { .number($0.solution.positionError) }
    }

    static func rotationError<Subject>(_ summary: String) -> Self where Contents == AnswerItem<Subject> {
        Self("rotation_error", "number", summary) { .number($0.solution.rotationError) }
    }

    static func component<Subject>(_ summary: String) -> Self where Contents == AnswerItem<Subject> {
        Self("component", "integer or nil", summary) { $0.solution.component.map { .integer($0 + 1) } ?? .nil }
    }

    static func limitMargin<Subject>(_ summary: String) -> Self where Contents == AnswerItem<Subject> {
        Self("limit_margin", "number", summary) { .number($0.solution.limitMargin) }
    }

    static func distance<Subject>() -> Self where Contents == AnswerItem<Subject> {
        Self("distance", "number or nil", "the weighted distance from near, where that was given") { $0.solution.distance.map { .number($0) } ?? .nil }
    }

    static func clearance<Subject>() -> Self where Contents == AnswerItem<Subject> {
        Self("clearance", "number or nil", "the least distance from obstacles and between links in m, up to 0.25, where collisions were checked") {
            $0.solution.clearance.map { .number($0) } ?? .nil
        }
    }

    static func manipulability<Subject>(_ summary: String) -> Self where Contents == AnswerItem<Subject> {
        Self("manipulability", "number", summary) { .number($0.solution.manipulability) }
    }
}
