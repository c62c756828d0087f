import ConditionalModels
import Files

extension MetadataReader {
    /// The subject and the contexts of a model that is of no robot.
    func density(_ configuration: ModelConfiguration) throws(ModelError) -> (DensitySubject, NumberEncoding) {
        try density { (dimension, inputs) throws(ModelError) in try configuration.validate(dimension: dimension, inputs: inputs) }
    }

    /// The same for any kind of model.
    ///
    /// - Parameter judge: throws where the model's configuration does not go with so many variables and inputs.
    func density(judge: (_ dimension: Int, _ inputs: Int) throws(ModelError) -> Void) throws(ModelError) -> (DensitySubject, NumberEncoding) {
        let subject = DensitySubject(
            name: try field("name", as: String.self), space: try field("space", as: SampleSpace.self),
            firstTemperature: try field("temperature", as: Double.self))
        guard DensitySubject.temperatures.contains(subject.firstTemperature) else { throw fail("its first temperature is out of range") }
        guard subject.space.isSound(within: NumberEncoding.scales.upperBound) else { throw fail("its variables are not sound") }
        let shape = try field("contexts", as: ContextShape.self)
        guard shape.isSound else { throw fail("its contexts are not sound") }
        do { try judge(subject.space.dimension, shape.count) } catch { throw fail(error.description) }
        let (offset, scale) = try encodingNumbers(count: shape.count, greatest: NumberEncoding.scales.upperBound)
        return (subject, NumberEncoding(shape: shape, offset: offset, scale: scale))
    }
}
