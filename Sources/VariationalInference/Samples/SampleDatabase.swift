import Numerics

/// Samples drawn so far, with what the target said of them; the oldest go when it is full.
public struct SampleDatabase: Sendable {
    public let dimension: Int
    /// The most samples that are kept.
    public let capacity: Int
    /// The samples, D numbers each, the newest last.
    public private(set) var places: [Double] = []
    public private(set) var logDensities: [Double] = []

    /// - Parameter capacity: the largest number of samples kept.
    public init(dimension: Int, capacity: Int) {
        self.dimension = dimension
        self.capacity = max(1, capacity)
    }

    /// The samples that a file holds.
    ///
    /// - Precondition: D numbers per sample, and no more samples than the capacity.
    package init(dimension: Int, capacity: Int, places: [Double], logDensities: [Double]) {
        self.init(dimension: dimension, capacity: capacity)
        precondition(places.count == dimension * logDensities.count && logDensities.count <= self.capacity, "samples that do not fit")
        self.places = places
        self.logDensities = logDensities
    }

    /// The number of available samples.
    public var count: Int { logDensities.count }

    /// Adds samples, of more than fit the last ones.
    ///
    /// A full database lets a fifth go at once, so that it is seldom moved as a whole.
    mutating func append(places new: [Double], logDensities values: [Double]) {
        let kept = min(values.count, capacity)
        if count + kept > capacity {
            let excess = max(count + kept - capacity, min(count, capacity / 5))
            places.removeFirst(excess * dimension)
            logDensities.removeFirst(excess)
        }
        places += new.suffix(kept * dimension)
        logDensities += values.suffix(kept)
    }
}
