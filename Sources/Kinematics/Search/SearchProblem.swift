import Numerics

/// What a search moves towards what is asked for: sixteen configurations in parallel in single precision, one at a time in double precision.
///
/// Configurations in the registers may be in units of the problem's own; everything else is in rad and m.
protocol SearchProblem: AnyObject {
    var space: ConfigurationSpace { get }
    /// Metres that the problem takes for one; 1 for robots of usual size.
    var scale: Double { get }
    /// Whether what is asked for leaves a continuum of solutions.
    var leavesFreedom: Bool { get }
    /// What starts are to do, as in "none of them met the goals".
    var achievement: String { get }
    /// Solutions among which the nearest to a configuration is searched for, and those then searched for around it.
    var nearestPool: (first: Int, around: Int) { get }

    /// The configurations of the sixteen searches, one register per variable.
    var q: UnsafeMutablePointer<Lanes> { get }
    /// Makes what a source wrote into a lane a start; a uniform one may be moved along joints of very great range to where the target is.
    func begin(_ lane: Int, isUniform: Bool)
    /// Measures the errors, asks what to do, and takes a step where the answer is true.
    func iterate(_ decide: () -> LaneMask)
    /// The squares of the errors at the last measurement.
    var positionSquare: Lanes { get }
    var rotationSquare: Lanes { get }
    /// The squares of the errors within which double precision takes over.
    func arrival(_ options: SearchOptions) -> (position: Float, rotation: Float)
    /// Whether a solution is one: its errors are within the tolerances.
    func accepts(_ solution: Solution, _ options: SearchOptions) -> Bool
    /// Takes wide tolerances for slack that what is asked for has, so that searches do not strive for more than is needed; returns whether that is anything else.
    func loosen(to options: SearchOptions) -> Bool
    /// Ends that.
    func tighten()
    /// How far a lane is from what is asked for: a number that orders lanes, without a unit.
    func error(ofLane lane: Int) -> Float
    func configuration(_ lane: Int) -> [Double]

    /// Newton's steps from a lane's configuration; its errors tell whether they got there.
    func finish(_ lane: Int, _ options: SearchOptions) -> Solution
    /// Newton's steps from a configuration, clipped to the limits; its errors tell whether they got there.
    func correct(_ start: [Double], _ options: SearchOptions) -> Solution
    /// As near as it goes from a configuration, and how near that is; exact solutions may come out.
    ///
    /// - Parameter isNear: whether a search for the whole of what is asked for led there; from elsewhere, what comes first is sought at once.
    func approach(_ start: [Double], isNear: Bool, _ options: SearchOptions) -> (solution: Solution, nearness: Nearness)
    /// The configuration at the distance of a closest approach with the least angle; nil where none is smaller, or where angles count beside distances.
    func reduceAngle(of solution: Solution, _ options: SearchOptions) -> (solution: Solution, nearness: Nearness)?
    /// Configurations from anywhere that are brought as near as can be beside the nearest ones.
    var otherApproaches: Int { get }
    /// The configuration on a start's branch that is nearest to another one; nil where the steps do not lead to what is asked for.
    ///
    /// - Returns: whether nothing nearer is to be expected, too: the way was short and nearly straight; and whether no singular configuration is near,
    ///   beyond which another branch may lie.
    func move(
        _ start: [Double], towards near: [Double], _ metric: ConfigurationMetric, _ options: SearchOptions
    ) -> (solution: Solution, isCertain: Bool, isRegular: Bool)?
    /// A configuration with its errors and measures.
    func solution(at configuration: [Double]) -> Solution
}

extension SearchProblem {
    func accepts(_ solution: Solution, _ options: SearchOptions) -> Bool { options.accepts(solution) }
    func loosen(to options: SearchOptions) -> Bool { false }
    func tighten() {}
}
