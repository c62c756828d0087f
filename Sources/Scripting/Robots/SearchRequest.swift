import Kinematics
import LuaBridge
import Numerics

/// What a call asks of a search for configurations: how many, how exact, how long; what is preferred; where starts are drawn from.
struct SearchRequest {
    var options: SearchOptions
    var preferences: Preferences
    var stream: RandomStream

    /// Reads what `SearchKeys.answers` or `SearchKeys.verdicts` declare.
    init(_ given: LuaBridge.Options, of subject: some Jointed, in session: Session) throws {
        options = try SearchOptions(given)
        preferences = try Preferences(given, of: subject)
        preferences.screen = try session.screen(given, of: subject)
        stream = session.stream(seed: try given[SearchKeys.seed])
    }
}

extension SearchOptions {
    fileprivate init(_ given: LuaBridge.Options) throws {
        let unit = try AngleUnit(given)
        self.init(
            count: try given[SearchKeys.count], positionTolerance: try given[SearchKeys.positionTolerance],
            rotationTolerance: try unit.betweenOrientations(given.angle(SearchKeys.rotationTolerance, in: unit), given, SearchKeys.rotationTolerance), restarts: try given[SearchKeys.restarts],
            minimumDistance: try given.angle(SearchKeys.minDistance, in: unit), seconds: try given[SearchKeys.seconds], spreads: true)
        if let closeness = try given[SearchKeys.weights]?.closeness() { self.closeness = closeness }
    }
}

extension TrackOptions {
    /// Reads what `SearchKeys.paths` declare, but for the seed.
    init(_ given: LuaBridge.Options, of subject: some Jointed, in session: Session) throws {
        self.init()
        let unit = try AngleUnit(given)
        start = try given[SearchKeys.start]?.configuration(of: subject, in: unit)
        preferences = try Preferences(given, of: subject, weights: given[SearchKeys.jointWeights]?.jointWeights(of: subject.name, count: subject.variables.count, isOnly: true), start: start)
        preferences.screen = try session.screen(given, of: subject)
        if let start, let slot = given[SearchKeys.start], let contacts = preferences.screen?.makeChecker().contactWords([start]) {
            throw slot.invalid("must touch nothing; \(contacts)")
        }
        greatestStep = try given.angle(SearchKeys.maxStep, in: unit)
        candidates = try given[SearchKeys.candidates]
        isClosed = try given[SearchKeys.closed]
        positionTolerance = try given[SearchKeys.positionTolerance]
        rotationTolerance = try unit.betweenOrientations(given.angle(SearchKeys.rotationTolerance, in: unit), given, SearchKeys.rotationTolerance)
        seconds = try given[SearchKeys.seconds]
    }
}
