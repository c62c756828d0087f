import Collision

/// How much room a path leaves, proven between its configurations too (``PathCertificate``).
public struct PathClearance {
    private let certificate: PathCertificate

    /// - Parameter checker: measures the clearances; used by this value alone.
    public init(_ checker: CollisionChecker) {
        certificate = PathCertificate(edges: EdgeChecker(checker, resolution: 32), reaches: checker.model.reaches)
    }

    /// The least distance from obstacles and between links, m, up to 0.1, on straight lines from each configuration to the next; nil where something is
    /// touched.
    ///
    /// - Parameter points: each of one number per variable, joints without limits in the turn nearest to the one before.
    public func least(along points: [[Double]]) -> Double? {
        guard !points.isEmpty else { return nil }
        // Points that are far apart are joined by more of them, so that the proof begins with short pieces.
        return certificate.clearance(of: BlendedPath.line(points))
    }
}
