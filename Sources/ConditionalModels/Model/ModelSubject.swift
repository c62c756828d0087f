import Files

/// The subject of a model: a robot, a density, a simulator. The module that made the model interprets it; this one only stores it.
public protocol ModelSubject: Sendable {
    /// Its name in messages.
    var name: String { get }

    /// Writes what a reader needs to make the same subject.
    func write(to file: inout Safetensors)

    /// Whether both are the same.
    func equals(_ other: any ModelSubject) -> Bool
}

extension ModelSubject where Self: Equatable {
    public func equals(_ other: any ModelSubject) -> Bool { (other as? Self) == self }
}
