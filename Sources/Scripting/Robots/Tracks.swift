import Kinematics
import LuaBridge
import Numerics
import Planning
import RobotModels

// Robot:track, Model:track, FactoredModel:track, SampledModel:track and the Track type.

/// A track with the robot or the body that it is about.
struct TrackItem {
    let subject: RobotOrBody
    let track: Track
    /// When each configuration is passed, from rest to rest, s; nil where there are jumps.
    let times: [Double]?
    /// The least distance from obstacles and between links on straight lines from configuration to configuration, m, up to 0.1; nil where nothing was to
    /// be kept clear of, or something is touched.
    let clearance: Double?
    /// The configurations behind which the straight line to the next one touches something.
    let collisions: [Int]

    init(_ track: Track, _ subject: RobotOrBody, _ limits: MotionLimits, _ screen: (any ConfigurationScreen)?) {
        self.subject = subject
        self.track = track
        times = track.jumps.isEmpty ? TimeScaling.times(of: track.configurations, limits: limits) : nil
        let path = track.configurations, last = path.count - 1
        let room = (screen as? CollisionScreen).map { screen in
            PathClearance(CollisionChecker(screen.model, world: screen.world, checksSelf: screen.checksSelf))
        }
        let clearance = room?.least(along: path)
        self.clearance = clearance
        collisions = room.map { room in clearance != nil || last < 1 ? [] : (0..<last).filter { room.least(along: [path[$0], path[$0 + 1]]) == nil } } ?? []
    }
}

struct TrackEntries: Entries {
    unowned let session: Session

    func register() throws { try state.register(type) }

    static let trackReturns = "Track: one configuration for each pose, with the fewest jumps, then the least sum of squared moves; joints without limits turn the short way from pose to pose, past ±pi where that is the way. With a world, configurations at the poses are clear of it; the ways between them are checked (collisions) but not chosen by it: a plan leads round"

    private var type: ObjectType {
        ObjectType(
            "Track", of: TrackItem.self, "Configurations along a path of poses; `t[i]` is the configuration at the i-th pose.",
            describe: { display.spelled(TrackText.text($0, showsTimes: display.showsTimes)) },
            element: { item, index in
                item.track.configurations.indices.contains(index &- 1) ? .numbers(item.track.configurations[index &- 1]) : .nil
            },
            operators: [(.length, { .integer(try $0.operand(1, TrackItem.self).track.configurations.count) })],
            table: { DataTable($0) },
            properties: [
                ObjectProperty("robot", "Robot or Body", "the robot") { $0.subject.value },
                ObjectProperty("path", "n x dof Matrix", "the configurations, rad or m") { item in
                    .matrix(Matrix(
                        rows: item.track.configurations.count, columns: item.subject.dof, elements: item.track.configurations.flatMap { $0 }))
                },
                ObjectProperty("times", "list of numbers or nil", "when each configuration is passed, from rest to rest, as fast as velocity and acceleration allow, s; nil where there are jumps") {
                    $0.times.map(Value.numbers) ?? .nil
                },
                ObjectProperty("duration", "number or nil", "the time from the first to the last configuration in s") { $0.times?.last.map(Value.number) ?? .nil },
                ObjectProperty("clearance", "number or nil", "with a world or self_collision: the least distance along the path, between its poses too, in m, up to 0.1; nil where the path collides") {
                    $0.clearance.map(Value.number) ?? .nil
                },
                ObjectProperty("collisions", "list of integers", "the poses, counted from 1, behind which the way to the next one touches something, with a world or self_collision") {
                    .list($0.collisions.map { .integer($0 + 1) })
                },
                ObjectProperty("jumps", "list of integers", "the poses, counted from 1, that the track reaches by a jump") { .list($0.track.jumps.map { .integer($0 + 1) }) },
                ObjectProperty("jumps_proven", "boolean or nil", "whether it is proven that no track has fewer jumps: for robots without redundancy, if all branches of every pose were found and every path between them has as many; nil without jumps") {
                    $0.track.jumps.isEmpty ? .nil : .boolean($0.track.areJumpsProven)
                },
                ObjectProperty("unreached", "list of integers", "the poses, counted from 1, that were not reached; the path has the closest approach there") {
                    .list($0.track.unreached.map { .integer($0 + 1) })
                },
                ObjectProperty("max_step", "number", "the largest move of a joint from pose to pose, except at jumps, rad or m") { .number($0.track.greatestStep) }.formerly("greatest_step"),
                ObjectProperty("length", "number", "the sum of the weighted distances from pose to pose") { .number($0.track.length) },
                ObjectProperty("position_errors", "list of numbers", "the distance from each pose in m") { .numbers($0.track.positionErrors) },
                ObjectProperty("rotation_errors", "list of numbers", "the angle from each pose in rad") { .numbers($0.track.rotationErrors) },
                ObjectProperty("seconds", "number", "the time of the search in s") { .number($0.track.elapsed) }.formerly("elapsed"),
                ObjectProperty("reason", "string or nil", "why the track ends before the path does, or why a pose is not reached") { $0.track.reason.map(Value.string) ?? .nil },
            ])
    }
}

extension RobotEntries {
    var track: Function {
        trackFunction(
            of: "Robot", "Follows a path of poses without jumps between branches where possible, without a model.",
            example: """
                local panda = avips.robot "panda"
                local path = {}
                for i = 1, 10 do path[i] = avips.pose{ xyz = {0.4, -0.1 + 0.02 * i, 0.4}, rpy = {math.pi, 0, 0} } end
                local track = panda:track(path, { seed = 1 })
                assert(#track.jumps == 0 and track.path.rows == 10)
                """
        ) { arguments in
            let robot = try arguments.receiver(Robot.self)
            return try follow(arguments, robot: robot) { goal, options, preferences, stream in
                robot.solver.solve(goal, options: options, preferences: preferences, using: &stream, cancellation: cancellation)
            }
        }
    }
}

extension ModelEntries {
    var track: Function {
        trackFunction(
            of: "Model",
            example: Self.example + """
                local path = {}
                for i = 1, 10 do path[i] = student.robot:fk{0.3 + 0.02 * i, 0.5, -0.4} end
                local track = student:track(path, { start = {0.3, 0.5, -0.4}, seed = 1 })
                print(track)
                assert(#track == 10 and #track.jumps == 0)
                """
        ) { arguments in
            let model = try arguments.receiver(Model.self)
            let query = try model.query()
            return try follow(arguments, robot: model.robot) { goal, options, preferences, stream in
                query.solve(goal, options: options, preferences: preferences, using: &stream, cancellation: cancellation)
            }
        }
    }
}

extension FactoredModelEntries {
    var track: Function {
        trackFunction(
            of: "FactoredModel",
            example: Self.example + """
                local path = {}
                for i = 1, 5 do path[i] = robot:fk{0.3 + 0.02 * i, 0.5, -0.4} end
                assert(#student:track(path, { seed = 1 }).jumps == 0)
                """
        ) { arguments in
            let model = try arguments.receiver(FactoredModel.self)
            return try follow(arguments, robot: model.robot) { goal, options, preferences, stream in
                model.query.solve(goal, options: options, preferences: preferences, using: &stream, cancellation: cancellation)
            }
        }
    }
}

extension SampledModelEntries {
    var track: Function {
        trackFunction(
            of: "SampledModel",
            example: Self.example + """
                local path = {}
                for i = 1, 5 do path[i] = flow.robot:fk{0.3 + 0.02 * i, 0.5, -0.4} end
                assert(#flow:track(path, { seed = 1 }).jumps == 0)
                """
        ) { arguments in
            let model = try arguments.receiver(SampledModel.self)
            let robot = try robot(of: model, to: "follow")
            let sampler = try model.sampler(of: robot)
            return try sampler.checked { query in
                try follow(arguments, robot: robot) { goal, options, preferences, stream in
                    query.solve(goal, options: options, preferences: preferences, refine: 0, using: &stream, cancellation: cancellation)
                }
            }
        }
    }
}

extension Entries {
    /// The method `track` of a type that answers goals.
    fileprivate func trackFunction(
        of type: String, _ summary: String = "Follows a path of poses without jumps between branches where possible, and reports where it is not.",
        example: String, body: @escaping (Arguments) throws -> Value
    ) -> Function {
        Function(
            "\(type):track", summary,
            parameters: [Parameter("poses", "list of Poses or Goals", "the path, pose by pose"), .options(SearchKeys.paths)],
            returns: TrackEntries.trackReturns, example: example, body: body)
    }

    /// Follows the path of a call.
    fileprivate func follow(
        _ arguments: Arguments, robot: Robot, solve: (Goal, SearchOptions, Preferences, inout RandomStream) -> Solutions
    ) throws -> Value {
        guard let goals = try arguments[1].goals() else { throw arguments[1].mismatch("a list of poses") }
        guard goals.count <= 100_000 else { throw arguments[1].invalid("must have at most 100000 poses, got \(goals.count)") }
        let given = try arguments.options(2)
        let options = try TrackOptions(given, of: robot, in: session)
        try checkClosed(goals, arguments[1], options)
        var stream = stream(seed: try given[SearchKeys.seed])
        let track = PathTracker.track(goals, with: robot.solver, options: options, cancellation: cancellation) {
            solve($0, $1, options.preferences, &stream).outcome
        }
        return try value(of: track, .robot(robot), poses: goals.count, MotionOptions.limits(of: robot, given), options)
    }

    /// A path that is to end where it begins must do so.
    fileprivate func checkClosed(_ goals: [Goal], _ slot: Slot, _ options: TrackOptions) throws {
        guard options.isClosed, let first = goals.first, let last = goals.last else { return }
        guard goals.count > 2, first.orientation == last.orientation else { throw slot.invalid("must end with its first pose where closed = true") }
        let error = first.error(of: last.pose)
        guard error.position <= options.positionTolerance, error.rotation <= min(options.rotationTolerance, .pi) else {
            throw slot.invalid("must end with its first pose where closed = true; the last one is \(NumberText.length(error.position)) and \(NumberText.angle(error.rotation)) from it")
        }
    }

    /// A track as an object; an interrupted one is none.
    func value(of track: Track, _ subject: RobotOrBody, poses: Int, _ limits: MotionLimits, _ options: TrackOptions) throws -> Value {
        if track.wasCancelled { throw LuaError("interrupted after \(track.configurations.count) of \(poses.counted("pose")); nothing was kept", kind: .interrupt) }
        return .object(holding: TrackItem(track, subject, limits, options.preferences.screen), size: poses * (subject.dof + 1) * 8)
    }
}
