import Geometry

extension RobotDescription {
    /// The range of a floating base: position in m, then roll, pitch and yaw in rad.
    public struct FloatingBase: Sendable, Equatable {
        public var lower: [Double]
        public var upper: [Double]

        public init(lower: [Double], upper: [Double]) {
            self.lower = lower
            self.upper = upper
        }

        /// A metre to every side, half a turn about the vertical, and an eighth about the other axes.
        public static let wide = FloatingBase(
            lower: [-1, -1, -1, -.pi / 4, -.pi / 4, -.pi], upper: [1, 1, 1, .pi / 4, .pi / 4, .pi])

        /// The names of the six variables that a floating base adds to a configuration.
        public static let variableNames = ["base_x", "base_y", "base_z", "base_roll", "base_pitch", "base_yaw"]
    }

    /// How the robot stands: where some tips are to stay, and how far the centre of mass may leave their middle along x and y, m.
    public struct Stance: Sendable, Equatable {
        public var tips: [(name: String, pose: Pose)] = []
        public var balance: SIMD2<Double>?

        public init(tips: [(name: String, pose: Pose)] = [], balance: SIMD2<Double>? = nil) {
            self.tips = tips
            self.balance = balance
        }

        public static func == (a: Stance, b: Stance) -> Bool {
            a.balance == b.balance && a.tips.map(\.name) == b.tips.map(\.name) && a.tips.map(\.pose) == b.tips.map(\.pose)
        }
    }
}
