import Kinematics
import LuaBridge
import Numerics

/// What a session offers about one subject: types of objects, and functions.
///
/// A function is one entry of one of these, and nothing else; bodies reach the session through the properties below.
protocol Entries {
    var session: Session { get }

    init(session: Session)

    /// Offers the types and functions to the session's state.
    func register() throws
}

extension Entries {
    var state: LuaState { session.state }
    var resources: Resources { session.resources }
    var display: DisplayStyle { session.display }
    var files: FileAccess { session.files }
    var progress: (any ProgressObserver)? { session.progress }
    /// What long computations poll.
    var cancellation: Cancellation { session.cancellation }
    /// Tells the person of what is no error.
    var warn: (String) -> Void { session.warn }

    var plotData: PlotData { session.plotData }

    /// The stream of one draw: of the seed, where one is given, else the session's next.
    func stream(seed: UInt64?) -> RandomStream { session.stream(seed: seed) }

    /// A seed for what names none and keeps it.
    func nextSeed() -> UInt64 { session.nextSeed() }

    /// A robot, or one of the library by its name or path.
    func robot(_ slot: Slot) throws -> Robot { try session.robot(slot) }

    /// A robot or a body, or one of the library by its name or path.
    func robotOrBody(_ slot: Slot) throws -> RobotOrBody { try session.robotOrBody(slot) }
}

extension Session {
    /// All that a session offers, subject by subject.
    static var entries: [any Entries.Type] { [
        NumberListEntries.self, PoseEntries.self, RobotEntries.self, SolutionEntries.self, GoalEntries.self, WorldEntries.self,
        PlanEntries.self, BodyEntries.self, PostureEntries.self,
        ScheduleEntries.self, MixtureEntries.self, LogEntries.self, ModelEntries.self, BodyModelEntries.self, FactoredModelEntries.self,
        ConditionalModelEntries.self, SampledModelEntries.self, EnsembleModelEntries.self, StreamEntries.self, EvaluationEntries.self, TrackEntries.self, MatrixEntries.self, SymbolicEntries.self, NetworkEntries.self,
        TargetEntries.self, ConditionalTargetEntries.self, BodyTargetEntries.self, PathTargetEntries.self, PublishedTargetEntries.self, VipsEntries.self,
        FigureEntries.self, ChartEntries.self, ViewEntries.self, ExperimentEntries.self, FileEntries.self, SystemEntries.self, JSONEntries.self, CSVEntries.self, HelpEntries.self, PromptEntries.self, TimingEntries.self, EditingEntries.self, DebuggingEntries.self,
        TeachingEntries.self, TranscriptEntries.self,
    ] }
}
