import Mixtures
import Numerics

/// The samples drawn so far, with what the target said of them and the Gaussians that drew them; the oldest go when it is full.
public struct SampleDatabase: Sendable {
    public let dimension: Int
    /// The most samples that are kept.
    public let capacity: Int
    /// The samples, D numbers each, the newest last.
    public private(set) var places: [Double] = []
    public private(set) var logDensities: [Double] = []
    /// Gradients of log p̃, D numbers each; empty where they are not kept.
    public private(set) var gradients: [Double] = []
    /// The Gaussian that drew each sample.
    private(set) var drawers: [Int] = []
    private(set) var gaussians: [Int: Gaussian] = [:]
    private var nextDrawer = 0

    public init(dimension: Int, capacity: Int) {
        self.dimension = dimension
        self.capacity = max(1, capacity)
    }

    /// The number of samples at hand.
    public var count: Int { logDensities.count }

    /// Adds what one Gaussian drew.
    ///
    /// - Parameter keepsDrawer: whether the Gaussian is remembered, for weighting the samples when they are used again.
    mutating func append(
        places new: ArraySlice<Double>, logDensities values: ArraySlice<Double>, gradients slopes: ArraySlice<Double>, drawnBy gaussian: Gaussian,
        keepsDrawer: Bool
    ) {
        guard !values.isEmpty else { return }
        places += new
        logDensities += values
        gradients += slopes
        drawers += Array(repeating: nextDrawer, count: values.count)
        if keepsDrawer { gaussians[nextDrawer] = gaussian }
        nextDrawer += 1
    }

    /// Lets the oldest samples go where there are more than fit.
    mutating func trim() {
        // A quarter more than the capacity may be held between two moves of the whole.
        guard count > capacity + capacity / 4 || (count > capacity && capacity < 1000) else { return }
        let excess = count - capacity
        places.removeFirst(excess * dimension)
        logDensities.removeFirst(excess)
        if !gradients.isEmpty { gradients.removeFirst(excess * dimension) }
        drawers.removeFirst(excess)
        if let oldest = drawers.first { gaussians = gaussians.filter { $0.key >= oldest } }
    }

    /// Forgets the Gaussians whose samples are not among the newest.
    mutating func forgetDrawers(beyondNewest kept: Int) {
        let first = max(0, count - kept)
        let oldest = first < count ? drawers[first] : nextDrawer
        if gaussians.count > 0 { gaussians = gaussians.filter { $0.key >= oldest } }
    }

    /// The indices of the newest samples whose Gaussians are known.
    func newest(_ wanted: Int) -> Range<Int> {
        var first = max(0, count - max(0, wanted))
        while first < count, gaussians[drawers[first]] == nil { first += 1 }
        return first..<count
    }
}
