import Networks
import Numerics

/// A copy of a training's parameters and moments that is known to be good: finite, and with a finite loss.
struct LastGoodState: Sendable {
    /// The step before which it was taken.
    var step: Int
    var parameters: AlignedFloats
    var average: AlignedFloats
    var first: AlignedFloats
    var second: AlignedFloats
    var soap: Soap.State?

    /// Steps from one copy to the next.
    static let interval = 200
}

extension TrainingState {
    /// Whether all that a later step starts from is finite.
    public var isSound: Bool { parameters.isFinite && average.isFinite && first.isFinite && second.isFinite && soap?.isFinite ?? true }

    /// Copies the state, whose loss was just found to be good, where the last copy is old; the copy's memory is used again.
    mutating func renewLastGood() {
        guard lastGood.map({ step - $0.step >= LastGoodState.interval }) ?? true, isSound else { return }
        guard lastGood != nil else {
            lastGood = LastGoodState(step: step, parameters: AlignedFloats(count: parameters.count), average: AlignedFloats(count: parameters.count),
                                    first: AlignedFloats(count: parameters.count), second: AlignedFloats(count: parameters.count))
            copyToLastGood()
            return
        }
        copyToLastGood()
    }

    private mutating func copyToLastGood() {
        lastGood!.step = step
        lastGood!.parameters.assign(parameters)
        lastGood!.average.assign(average)
        lastGood!.first.assign(first)
        lastGood!.second.assign(second)
        if soap != nil, lastGood!.soap != nil { lastGood!.soap!.assign(soap!) } else { lastGood!.soap = soap }
    }

    /// Steps back to the last good state; returns the step that it is of, or nil where there is none.
    mutating func returnToLastGood() -> Int? {
        guard let lastGood else {
            guard !isSound else { return nil }
            // Nothing good is known but the start.
            parameters = model.parameters
            average = model.parameters
            forgetMoments()
            variational = nil
            return phaseStartStep
        }
        parameters.assign(lastGood.parameters)
        average.assign(lastGood.average)
        first.assign(lastGood.first)
        second.assign(lastGood.second)
        soap = lastGood.soap
        if variational != nil { variational!.snapshot.assign(lastGood.parameters) }
        return lastGood.step
    }

    /// Makes sure that the parameters are finite, at the end of a training; returns the step gone back to, if that was needed.
    public mutating func settle() -> Int? { isSound ? nil : returnToLastGood() }
}
