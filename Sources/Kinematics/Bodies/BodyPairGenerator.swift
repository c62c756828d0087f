import Numerics

/// Draws configurations that meet a task, together with the place where one tip then is: what a model of a body learns from.
///
/// Places are uniform in a box, configurations are found by sixteen parallel searches from spread starts; a search that fails gives up
/// its place together with its start, so that places which are hard to reach are a little rarer. Searches run in single precision about where the
/// body stands. A value belongs to one thread.
public final class BodyPairGenerator {
    private let stepper: BodyStepper<Lanes>
    private let body: Body
    private let term: Int
    /// Where the searches measure places from, m.
    private let origin: SIMD3<Double>
    /// The box of places, seen from there.
    private let lower: SIMD3<Double>
    private let upper: SIMD3<Double>

    /// - Parameters:
    ///   - task: what else is asked; the tip's own goal in it is replaced.
    ///   - tip: the tip whose place varies, from `lower` to `upper`, m.
    public init(_ body: Body, task: BodyTask, tip: Int, lower: SIMD3<Double>, upper: SIMD3<Double>) {
        let frame = body.searchFrame.inMetres
        self.body = body
        origin = frame.origin
        self.lower = frame.position(lower)
        self.upper = frame.position(upper)
        let whole = task.aiming(.position((lower + upper) / 2), tip: tip)
        stepper = BodyStepper(body.seen(from: frame), task: whole.seen(from: frame))
        term = whole.aims.count - 1
    }

    /// Draws pairs.
    ///
    /// - Parameters:
    ///   - cancellation: ends the drawing early.
    ///   - body: called with every configuration (rad, m) and place (m); at most `count` times.
    /// - Returns: how many searches were begun for them.
    @discardableResult
    public func draw(
        _ count: Int, using stream: inout RandomStream, cancellation: Cancellation = .never,
        _ take: (_ configuration: [Float], _ place: SIMD3<Double>) -> Void
    ) -> Int {
        var starts = SpreadStarts(body, stream: RandomStream(seed: stream.next()))
        var age = Lanes.zero
        let patience = Float(starts.patience)
        var begun = 0, taken = 0, iterations = 0
        func refill(_ lane: Int) {
            _ = starts.next(into: stepper.q, lane: lane)
            let place = lower + (upper - lower) * SIMD3(stream.uniform(), stream.uniform(), stream.uniform())
            stepper.terms[term].target.p.x[lane] = Float(place.x)
            stepper.terms[term].target.p.y[lane] = Float(place.y)
            stepper.terms[term].target.p.z[lane] = Float(place.z)
            age[lane] = 0
            begun += 1
        }
        for lane in 0..<laneCount { refill(lane) }
        let squares = (Lanes(repeating: 1e-8), Lanes(repeating: 1e-6))
        while taken < count {
            stepper.evaluate()
            let arrived = (stepper.positionSquare .< squares.0) .& (stepper.turnSquare .< squares.1)
            let leaving = arrived .| (age .>= Lanes(repeating: patience))
            age += 1
            for lane in 0..<laneCount where leaving[lane] && taken < count {
                if arrived[lane] {
                    let target = stepper.terms[term].target.p
                    take((0..<body.degreesOfFreedom).map { stepper.q[$0][lane] }, origin + SIMD3(Double(target.x[lane]), Double(target.y[lane]), Double(target.z[lane])))
                    taken += 1
                }
                refill(lane)
            }
            let stepping = Lanes(repeating: 1).replacing(with: 0, where: leaving)
            stepper.step(where: stepping, damping: 0.05, leastDamping: 1e-6, longest: 0.6)
            iterations += 1
            // Where nothing is ever met, there is an end.
            if iterations & 63 == 0, cancellation.isRequested || begun > 1000 * (taken + 16) { break }
        }
        return begun
    }
}
