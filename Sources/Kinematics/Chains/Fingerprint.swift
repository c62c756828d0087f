/// A hash of numbers (FNV-1a), equal on machines whose last bits differ.
struct Fingerprint {
    private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ word: UInt64) {
        for byte in 0..<8 { hash = (hash ^ ((word &>> UInt64(8 * byte)) & 0xff)) &* 0x0000_0100_0000_01b3 }
    }

    /// Adds a number, rounded to 1e-9; where that is no 64-bit integer, the number itself, so that every number has its fingerprint.
    mutating func add(_ number: Double) {
        let rounded = (number * 1e9).rounded()
        add(Int64(exactly: rounded).map { UInt64(bitPattern: $0) } ?? number.bitPattern)
    }

    mutating func add(_ vector: SIMD3<Double>) { for i in 0..<3 { add(vector[i]) } }

    mutating func add(_ pose: Pose) {
        add(pose.position)
        add(pose.rotation.x)
        add(pose.rotation.y)
        add(pose.rotation.z)
    }

    /// Sixteen hexadecimal digits.
    var digits: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Chain {
    /// Sixteen hexadecimal digits that change with any number of the chain; names do not count.
    public var fingerprint: String {
        var print = Fingerprint()
        for segment in segments {
            print.add(UInt64(segment.kind == .prismatic ? 2 : segment.kind == .fixed ? 0 : 1))
            print.add(segment.origin)
            guard let variable = segment.variable else { continue }
            print.add(segment.axis)
            print.add(UInt64(variable))
            print.add(segment.multiplier)
            print.add(segment.offset)
        }
        for variable in variables {
            print.add(variable.lower)
            print.add(variable.upper)
        }
        return print.digits
    }
}

extension Body {
    /// Sixteen hexadecimal digits that change with any number of the body; names do not count.
    public var fingerprint: String {
        var print = Fingerprint()
        for joint in joints {
            print.add(Double(joint.parent ?? -1))
            print.add(joint.kind == .prismatic ? 2.0 : 1.0)
            print.add(joint.origin)
            print.add(joint.axis)
            print.add(Double(joint.variable))
            print.add(joint.multiplier)
            print.add(joint.offset)
            print.add(joint.mass)
            print.add(joint.centreOfMass)
        }
        for tip in tips {
            print.add(Double(tip.joint ?? -1))
            print.add(tip.offset)
        }
        for variable in variables {
            print.add(variable.lower)
            print.add(variable.upper)
        }
        print.add(fixedMass)
        print.add(fixedCentre)
        return print.digits
    }
}
