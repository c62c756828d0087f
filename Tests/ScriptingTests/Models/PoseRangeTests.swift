import Testing

/// Poses far outside of those that the model of a robot is trained for.
@Suite struct PoseRangeTests {
    @Test func areSaidOnceByEveryKindOfModel() throws {
        let fixture = try Fixture(), host = Listener()
        fixture.session.host = host
        try fixture.session.state.run("""
            arm = avips.robot "ur5"
            mixture = avips.model{ robot = arm, components = 2, hidden = {16}, seed = 1 }
            parts = avips.model{ robot = arm, parts = true, hidden = {16}, seed = 1 }
            flow = avips.model{ robot = arm, kind = "flow", blocks = 2, hidden = {16}, seed = 1 }
            for i = 1, 20 do
              local pose = arm:fk(arm:random(nil, { seed = i }))
              for _, model in ipairs{ mixture, parts, flow } do model:sample(pose, 2, { seed = 1 }) end
            end
            """)
        #expect(host.warnings == [])
        // Millimetres in the place of metres.
        try fixture.session.state.run("""
            far = avips.pose{ xyz = {400, 100, 300} }
            for _, model in ipairs{ mixture, parts, flow, mixture, parts, flow } do model:sample(far, 2, { seed = 1 }) end
            """)
        #expect(host.warnings.count == 3 && host.warnings.allSatisfy { $0.contains("far outside of what the robot reaches, at {400, 100, 300} m") }, "\(host.warnings)")
        let shown = try fixture.shown("return mixture:predict(far)").replacing(/\n {2,}/, with: " ")  // sentences are broken to fit
        #expect(shown.contains("far outside of what the robot reaches") && host.warnings.count == 3, "\(shown)")
    }
}
