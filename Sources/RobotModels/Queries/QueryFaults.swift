import ConditionalModels

// Networks whose outputs are not finite answer with placeholders; whoever shows the answers asks whether they are.
extension PoseQuery {
    /// Throws ``ModelError/undefined(_:)`` where answers since the last call came from outputs that are not finite.
    public func checkOutputs() throws(ModelError) {
        if let fault = predictor.takeFault() { throw fault }
    }
}

extension BodyQuery {
    /// Throws ``ModelError/undefined(_:)`` where answers since the last call came from outputs that are not finite.
    public func checkOutputs() throws(ModelError) {
        if let fault = predictor.takeFault() { throw fault }
    }
}

extension FactoredQuery {
    /// Throws ``ModelError/undefined(_:)`` where answers since the last call came from outputs that are not finite.
    public func checkOutputs() throws(ModelError) {
        if let fault = predictor.takeFault() { throw fault }
        for evaluator in evaluators { if let fault = evaluator.takeFault() { throw fault } }
    }
}
