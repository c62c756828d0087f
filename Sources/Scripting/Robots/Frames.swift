import Kinematics
import LuaBridge

// The links of a robot's description, for Robot:frames and Body:frames.

extension RobotDescription {
    /// A table for every link: its name, the link and the joint that carry it, and whether the answer of `isUsed` holds for it.
    func frames(isUsed: (Int) -> Bool) -> Value {
        .list(links.indices.map { index in
            let joint = links[index].parentJoint.map { joints[$0] }
            return .record([
                "name": .string(links[index].name), "parent": joint.map { .string(links[$0.parent].name) } ?? .nil,
                "joint": joint.map { .string($0.name) } ?? .nil, "type": joint.map { .string($0.fault == nil ? $0.kind.rawValue : "unusable") } ?? .nil,
                "on_chain": .boolean(isUsed(index)),
            ])
        })
    }
}

extension Robot {
    /// The links of the description, or those of the chain where there is none.
    var frames: Value {
        let onChain = Set(chain.segments.map(\.child) + [chain.base])
        if let description { return description.frames { onChain.contains(description.links[$0].name) } }
        var parent = chain.base
        let first = Value.record(["name": .string(chain.base), "on_chain": true])
        return .list([first] + chain.segments.map { segment in
            defer { parent = segment.child }
            return .record([
                "name": .string(segment.child), "parent": .string(parent), "joint": .string(segment.name), "type": .string(segment.kind.rawValue), "on_chain": true,
            ])
        })
    }
}
