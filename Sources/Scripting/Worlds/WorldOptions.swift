import Collision
import LuaBridge

// What searches for configurations keep clear of.

extension Session {
    /// What a search keeps clear of; nil where it is nothing.
    func screen(_ given: LuaBridge.Options, of subject: some Jointed) throws -> CollisionScreen? {
        let world = try given[SearchKeys.world]?.world()
        let checksSelf = try given[SearchKeys.selfCollision] ?? (world != nil)
        guard world != nil || checksSelf else { return nil }
        return CollisionScreen(try subject.collisionModel(in: self), world: world, checksSelf: checksSelf)
    }

    /// The description of the library's robot with a name, where there is one: a model of a robot that is at hand has that robot's shapes.
    fileprivate func description(named name: String) -> RobotDescription? { try? resources.robotLibrary.robot(name) }

    /// A model that cannot be is an argument that cannot be used.
    fileprivate func usable(_ model: () throws -> CollisionModel) throws -> CollisionModel {
        do { return try model() } catch let error as CollisionModel.Failure { throw ArgumentError("\(error)") }
    }
}

extension Robot {
    func collisionModel(in session: Session) throws -> CollisionModel {
        if let shapes { return shapes }
        guard let description = description ?? session.description(named: chain.name) else {
            throw ArgumentError("\(chain.name) is a part of a robot, and parts have no collision shapes")
        }
        let model = try session.usable { try CollisionModel(chain, of: description) { try session.mesh($0, of: description) } }
        shapes = model
        return model
    }
}

extension WholeBody {
    func collisionModel(in session: Session) throws -> CollisionModel {
        if let shapes { return shapes }
        guard let description = description ?? session.description(named: body.name) else {
            throw ArgumentError("there is no description of \(body.name), and so no collision shapes")
        }
        let model = try session.usable { try CollisionModel(body, of: description, at: mount) { try session.mesh($0, of: description) } }
        shapes = model
        return model
    }
}
