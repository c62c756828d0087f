import CLua
import CLuaSupport

/// A Lua value kept alive by Swift: a table, a function, an object.
///
/// Letting go of a reference never touches Lua: its slot waits in the pool until the state makes the next one.
public final class Reference {
    let slot: Int32
    let pool: ReferencePool
    public let kind: Kind

    /// Takes the value on top of the stack.
    init(poppingFrom L: OpaquePointer, pool: ReferencePool) {
        for slot in pool.free { luaL_unref(L, avips_registry_index(), slot) }
        pool.free.removeAll(keepingCapacity: true)
        kind = Kind(rawValue: lua_type(L, -1)) ?? .none
        slot = luaL_ref(L, avips_registry_index())
        self.pool = pool
    }

    deinit { pool.free.append(slot) }

    func push(on L: OpaquePointer) {
        if pool.isOpen {
            _ = lua_rawgeti(L, avips_registry_index(), lua_Integer(slot))
        } else {
            lua_pushnil(L)
        }
    }
}

/// The slots given back by references of one state.
final class ReferencePool {
    var free: [Int32] = []
    var isOpen = true
}
