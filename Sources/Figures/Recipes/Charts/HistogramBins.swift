/// Bins of equal width.
struct HistogramBins {
    private let least: Double
    private let greatest: Double
    private let width: Double
    let count: Int
    /// Whether the values are all the same, or nearly: the bins then lie around them.
    let isAround: Bool

    /// - Precondition: the values have a place on a linear axis.
    init(least: Double, greatest: Double, count: Int) {
        let span = Span(lower: least, upper: greatest)
        isAround = span.isRounding
        let air = isAround ? max(0.5, 1e-3 * span.largest) : 0
        self.least = max(least - air, -Scale.greatest)
        self.greatest = min(greatest + air, Scale.greatest)
        // Edges are no nearer than numbers are to each other.
        let steps = (self.greatest - self.least) / span.largest.ulp
        self.count = max(1, Int(min(Double(count), steps)))
        width = self.greatest / Double(self.count) - self.least / Double(self.count)
    }

    func edge(_ index: Int) -> Double { index == count ? greatest : least + width * Double(index) }

    /// The share of all values in every bin; what lies beyond the bins is in none.
    func shares(_ values: [Double]) -> [Double] {
        var counts = [Int](repeating: 0, count: count)
        for value in values where covers(value) { counts[Int(min(max((value - least) / width, 0), Double(count - 1)))] += 1 }
        return counts.map { Double($0) / Double(values.count) }
    }

    /// Whether a value lies in a bin.
    func covers(_ value: Double) -> Bool { value >= least && value <= greatest }

    /// The least and the greatest of the values that are shown; nil where there are none.
    ///
    /// These are all values, unless nearly all of them would then stand in one bin: the outliers of every list are left out. A list that
    /// lies far from the others is shown: a comparison is of what differs.
    static func shown(of lists: [[Double]]) -> ClosedRange<Double>? {
        guard let whole = span(of: lists.compactMap { span(of: $0) }) else { return nil }
        let range = whole.upperBound - whole.lowerBound
        let bins = HistogramBins(least: whole.lowerBound, greatest: whole.upperBound, count: count(lists, range: range))
        guard let fullest = bins.shares(lists.flatMap(\.self)).max(), fullest > 0.95 else { return whole }
        return span(of: lists.compactMap(spanWithoutOutliers))
    }

    /// From the least to the greatest value that is no more than three interquartile ranges beyond the quartiles (outer fences; Tukey, 1977);
    /// all values where the quartiles are the same.
    private static func spanWithoutOutliers(of list: [Double]) -> ClosedRange<Double>? {
        guard !list.isEmpty else { return nil }
        let (lower, upper) = quartiles(of: [list]), reach = 3 * (upper - lower)
        return span(of: reach > 0 ? list.filter { $0 >= lower - reach && $0 <= upper + reach } : list)
    }

    private static func span(of list: [Double]) -> ClosedRange<Double>? {
        guard let least = list.min(), let greatest = list.max() else { return nil }
        return least...greatest
    }

    private static func span(of spans: [ClosedRange<Double>]) -> ClosedRange<Double>? {
        guard let least = spans.map(\.lowerBound).min(), let greatest = spans.map(\.upperBound).max() else { return nil }
        return least...greatest
    }

    private static func quartiles(of lists: [[Double]]) -> (lower: Double, upper: Double) {
        let last = lists.reduce(0) { $0 + $1.count } - 1
        return (ranked(last / 4, of: lists), ranked(3 * last / 4, of: lists))
    }

    /// The number of bins by Freedman and Diaconis: widths of twice the interquartile range over the cube root of the number of values.
    static func count(_ lists: [[Double]], range: Double) -> Int {
        let total = lists.reduce(0) { $0 + $1.count }
        guard range > 0 else { return 5 }
        let (lower, upper) = quartiles(of: lists), middle = upper - lower
        guard middle > 0 else { return 10 }
        var root = 1.0
        while root * root * root < Double(total) { root += 1 }
        return Int(min(max(range / middle * (root / 2), 5), 100))
    }

    /// The value that would stand at a place if all were in order: found digit by digit of its bits to the base 65536, without sorting.
    static func ranked(_ rank: Int, of lists: [[Double]]) -> Double {
        var (rank, known) = (rank, UInt64(0))
        for shift in [48, 32, 16, 0] as [UInt64] {
            var counts = [Int](repeating: 0, count: 1 << 16)
            for list in lists {
                for value in list {
                    let bits = value.orderedBits
                    if bits >> (shift + 16) == known { counts[Int(truncatingIfNeeded: bits >> shift & 0xFFFF)] += 1 }
                }
            }
            var digit = 0
            while rank >= counts[digit] {
                rank -= counts[digit]
                digit += 1
            }
            known = known << 16 | UInt64(digit)
        }
        return Double(orderedBits: known)
    }
}

extension Double {
    /// Bits that are in the order of the values.
    fileprivate var orderedBits: UInt64 { sign == .minus ? ~bitPattern : bitPattern | 1 << 63 }

    fileprivate init(orderedBits: UInt64) { self.init(bitPattern: orderedBits >> 63 == 1 ? orderedBits & ~(1 << 63) : ~orderedBits) }
}
