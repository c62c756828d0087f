import Numerics

/// A tip's goal, prepared for evaluation; the target may differ from lane to lane.
struct GoalTerm<S: BodyArithmetic> {
    /// How the orientation enters: as which rows.
    enum Turn {
        /// Not at all.
        case none
        /// The rotation to the target, three rows.
        case full
        /// Where an axis points, two rows across it.
        case axis(SIMD3<Double>)

        var rows: Int {
            switch self {
            case .none: 0
            case .full: 3
            case .axis: 2
            }
        }
    }

    var tip: Int
    var target: BodyFrame<S>
    /// Along which of the target's axes the position matters, and the slack there.
    var axes: [Int]
    var slack: SIMD3<Double>
    var turn: Turn
    /// 2·sin(slack/2); above zero only one row, along the rotation, remains.
    var turnSlack: Double
    /// Whether rotations are measured as angles θ, whose squares have their slopes exactly along the rows, in place of chords 2·sin(θ/2), which
    /// cost less and are as good near the target.
    var measuresAngles = false
    /// Whether errors are told whole, slack not taken off; rotations that have some are then angles.
    var keepsSlack = false
    /// Two directions across where an axis is to point.
    var across: (Triple<S>, Triple<S>) = (.zero, .zero)

    init(_ aim: BodyTask.Aim) {
        let goal = aim.goal
        tip = aim.tip
        target = BodyFrame(goal.pose)
        axes = (0..<3).filter { goal.positionSlack[$0].isFinite }
        slack = goal.positionSlack
        turnSlack = 2 * Elementary.sin(min(goal.rotationSlack, .pi) / 2)
        switch goal.orientation {
        case .full: turn = .full
        case .free: turn = .none
        case .axis(let axis):
            turn = .axis(axis)
            let frame = Rotation(takingZTo: goal.pose.rotation * axis)
            across = (Triple(frame.x), Triple(frame.y))
        }
    }

    var turnRows: Int { turn.rows == 0 ? 0 : turnSlack > 0 ? 1 : turn.rows }
    var rows: Int { axes.count + turnRows }

    /// The target's axis with an index.
    @inline(__always)
    func axis(_ index: Int) -> Triple<S> { index == 0 ? target.x : index == 1 ? target.y : target.z }

    /// How far a tip is off: the displacement along the target's axes that the slack leaves, and the rotation as 2·sin(θ/2), or θ, times its axis.
    @inline(__always)
    func error(of frame: BodyFrame<S>) -> GoalError<S> {
        let way = target.p - frame.p
        var position = Triple<S>.zero
        for index in axes {
            let along = axis(index).dot(way)
            let width = S.Number(slack[index])
            let excess = width == 0 || keepsSlack ? along : along - along.limited(to: width)
            if index == 0 { position.x = excess } else if index == 1 { position.y = excess } else { position.z = excess }
        }
        var result = GoalError(position: position, positionSquare: position.dot(position), turn: .zero, turnSquare: S(0.0), cosine: S(1.0))
        switch turn {
        case .none: return result
        case .full:
            // Half the sum of the columns' cross products is sin θ times the axis; the trace is 1 + 2·cos θ.
            let sine = S(0.5) * (frame.x.cross(target.x) + frame.y.cross(target.y) + frame.z.cross(target.z))
            let cosine = S(0.5) * (frame.x.dot(target.x) + frame.y.dot(target.y) + frame.z.dot(target.z) - S(1.0))
            result.setTurn(sine: sine, cosine: cosine)
        case .axis(let axis):
            let (a, d) = (frame.direction(axis), target.direction(axis))
            result.setTurn(sine: a.cross(d), cosine: a.dot(d))
        }
        let isAngle = measuresAngles || (keepsSlack && turnSlack > 0)
        if isAngle { result.measureAngle() }
        if turnSlack > 0 { result.loosen(by: keepsSlack ? 0 : isAngle ? turnSlack.angleOfChord : turnSlack) }
        return result
    }
}

/// How far a tip is off its goal.
struct GoalError<S: BodyArithmetic> {
    /// Along the target's axes, m; the slack is taken off.
    var position: Triple<S>
    var positionSquare: S
    /// 2·sin(θ/2) times the axis of the rotation to the target, in the base's frame; the slack is taken off.
    var turn: Triple<S>
    var turnSquare: S
    /// cos(θ/2).
    var cosine: S
    /// The axis of the rotation where it exceeds the slack, else zero; only where there is slack.
    var direction = Triple<S>.zero

    init(position: Triple<S>, positionSquare: S, turn: Triple<S>, turnSquare: S, cosine: S) {
        self.position = position
        self.positionSquare = positionSquare
        self.turn = turn
        self.turnSquare = turnSquare
        self.cosine = cosine
    }

    /// From sin θ times the axis, and cos θ.
    @inline(__always)
    mutating func setTurn(sine: Triple<S>, cosine whole: S) {
        // 2·sin(θ/2) = sin θ/cos(θ/2).
        let square = (S(0.5).fma(S(0.5), whole)).atLeast(S(1e-4))
        cosine = square.squareRoot()
        turn = (S(1.0) / cosine) * sine
        // Near half a turn the sine vanishes, but 4·sin²(θ/2) = 2 − 2·cos θ does not; near zero it is the other way round.
        let small = turn.dot(turn)
        turnSquare = small.selected(whereNegative: small - S(1.0), else: (S(2.0).fnma(S(2.0), whole)).atLeast(S(0.0)))
    }

    /// Replaces the chord by the angle.
    @inline(__always)
    mutating func measureAngle() {
        let angle = turnSquare.squareRoot().angleOfChord
        turn = (angle / turn.dot(turn).atLeast(S(1e-30)).squareRoot()) * turn
        turnSquare = angle * angle
    }

    /// Takes slack off the turn.
    @inline(__always)
    mutating func loosen(by slack: Double) {
        let length = turnSquare.squareRoot()
        let excess = (length - S(slack)).atLeast(S(0.0))
        let actual = turn.dot(turn).atLeast(S(1e-12)).squareRoot()
        let isOff = S(0.0).selected(whereNegative: length - S(slack), else: S(1.0))
        direction = (isOff / actual) * turn
        turn = excess * direction
        turnSquare = excess * excess
    }
}
