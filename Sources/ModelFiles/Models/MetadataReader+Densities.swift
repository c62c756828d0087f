import ConditionalModels
import Files

extension MetadataReader {
    /// The subject and the contexts of a model that is of no robot.
    func density(_ configuration: ModelConfiguration) throws(ModelError) -> (DensitySubject, NumberEncoding) {
        let subject = DensitySubject(
            name: try field("name", as: String.self), space: try field("space", as: SampleSpace.self),
            firstTemperature: try field("temperature", as: Double.self))
        guard DensitySubject.temperatures.contains(subject.firstTemperature) else { throw fail("its first temperature is out of range") }
        guard subject.space.isSound else { throw fail("its variables are not sound") }
        let shape = try field("contexts", as: ContextShape.self)
        guard shape.isSound else { throw fail("its contexts are not sound") }
        do { try configuration.validate(dimension: subject.space.dimension, inputs: shape.count) } catch { throw fail(error.description) }
        let (offset, scale) = try encodingNumbers(count: shape.count)
        return (subject, NumberEncoding(shape: shape, offset: offset, scale: scale))
    }
}
