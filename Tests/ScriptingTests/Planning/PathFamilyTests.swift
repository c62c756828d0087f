import LuaBridge
import Scripting
import Testing

/// Densities over a robot's paths for every world of a family, and paths drawn from models of them.
@Suite struct PathFamilyTests {
    private static let family = """
        local panda = avips.robot "panda"
        local from, to = {-0.8, 0.6, 0, -1.9, 0, 2.5, 0.8}, {0.8, 0.6, 0, -1.9, 0, 2.5, 0.8}
        local function world(c)
          return {
            { box = {0.1, 0.1, c.height}, at = { xyz = {0.5, c.y, c.height / 2}, rpy = {0, 0, c.y} }, name = "post" },
            { capsule = { radius = 0.03, length = 2 * c.height }, at = {0.3, 0.6, 0} }, { sphere = 0.05, at = avips.pose{ xyz = {0.9, 0, 0.9} } },
          }
        end
        local family = avips.target.path{
          robot = panda, start = from, goal = to, knots = 1, points = 16, deviation = 2, softness = 0.03,
          context = { height = {0.3, 0.6}, y = {-0.1, 0.1} }, world = world,
        }

        """

    @Test func `a family's densities are those of its worlds`() throws {
        #expect(try Fixture().shown(Self.family + """
            local c = { height = 0.5, y = 0.05 }
            local fixed = avips.target.path{ robot = panda, start = from, goal = to, knots = 1, points = 16, deviation = 2, softness = 0.03, world = avips.world(world(c)) }
            local x = {0.1, 0.3, 0.05, -2.1, 0.1, 2.4, 0.7}
            local at, gradient = family:at(c), fixed:gradient(x)
            local off = 0
            for i, slope in ipairs(at:gradient(x)) do off = math.max(off, math.abs(slope - gradient[i])) end
            local given = family:world(c)
            return family.dimension, family.names[7], family.traced, math.abs(family:logpdf(x, c) - fixed:logpdf(x)) < 1e-9, off < 1e-9,
              #given, given[1].name, math.abs(given[1].pose.rpy[3] - 0.05) < 1e-12, given[1].size[3], family:logpdf(x, c) < family:logpdf({0, -0.9, 0, -2.2, 0, 2.5, 0.8}, c)
            """) == "7\npanda_joint7_1\ntrue\ntrue\ntrue\n3\npost\ntrue\n0.5\ntrue")
    }

    @Test func `a model of a family draws paths that touch nothing`() throws {
        #expect(try Fixture().shown(Self.family + """
            local model = avips.model{ target = family, components = 4, hidden = {32, 32}, seed = 1 }
            model:train{ steps = 150, seed = 1 }
            local touching, few, drawn = 0, 0, 0
            for i = 1, 4 do
              local c = { height = 0.28 + 0.05 * i, y = 0 }
              local paths, facts = family:paths(model, c, { count = 20, points = 40, seed = i })
              local same = family:paths(model, c, { count = 20, points = 40, seed = i })
              if #paths < 20 or #same ~= #paths or facts.knots.rows ~= #paths or #facts.clearances ~= #paths then few = few + 1 end
              drawn = drawn + facts.drawn
              for k, path in ipairs(paths) do
                assert(path.rows == 40 and path[1][1] == from[1] and math.abs(path[40][7] - to[7]) < 1e-12 and facts.clearances[k] > 0)
                assert(same[k][20][1] == path[20][1])
                local fine = avips.spline(path, { points = 391 })
                for _, hit in ipairs(panda:collides(path, family:world(c))) do touching = touching + (hit and 1 or 0) end
              end
            end
            return touching, few, drawn < 4 * 20 * 4
            """) == "0\n0\ntrue")
    }

    @Test(arguments: [
        ("context = { h = {0.1, 0.2} }", "goes with a world that is a function"), ("world = function(c) return {} end", "whose ranges must be given"),
        ("context = { h = {0.1, 0.2} }, world = function(c) return { { box = {0.1, 0.1}, at = {1, 1, c.h} } } end", "three edge lengths"),
        ("context = { h = {0.1, 0.2} }, world = function(c) return { { mesh = 'a.stl' } } end", "field \"mesh\""),
        ("context = { h = {0.1, 0.2} }, world = function(c) return { { sphere = 0.1, at = c.h < 0.15 and {1, 1, 1} or {1, 1, 2} } } end", "symbols cannot be compared"),
        ("context = { h = {-0.2, 0.2} }, world = function(c) return { { sphere = c.h, at = {1, 1, 1} } } end", "a radius above 0"),
        ("context = { h = {0.1, 0.5} }, world = function(c) return { { sphere = c.h, at = {0.3, -0.4, 0.2}, name = 'ball' } } end", "the start collides given h"),
        ("world = 3", "World"), ("world = avips.world{ { sphere = 0.3, at = {0.35, 0.4, 0.3}, name = 'lamp' } }", "lamp overlap by"),
    ]) func `worlds that cannot be are told`(options: String, words: String) throws {
        let message = try #require(try Fixture().message(
            "avips.target.path{ robot = 'panda', start = {-0.8, 0.6, 0, -1.9, 0, 2.5, 0.8}, goal = {0.8, 0.6, 0, -1.9, 0, 2.5, 0.8}, \(options) }"))
        #expect(message.contains(words), "\(message)")
    }

    /// A symbol that a function has kept is of another graph, wherever it stands.
    @Test(arguments: ["at = {1, 1, kept}", "at = { xyz = {1, 1, 1}, rpy = {0, kept, 0} }"]) func `symbols of earlier calls are told`(place: String) throws {
        let message = try #require(try Fixture().message("""
            local kept
            local function make()
              return avips.target.path{
                robot = "panda", start = {-0.8, 0.6, 0, -1.9, 0, 2.5, 0.8}, goal = {0.8, 0.6, 0, -1.9, 0, 2.5, 0.8},
                context = { h = {0.1, 0.2} }, world = function(c) kept = kept or c.h return { { box = {0.1, 0.1, c.h}, \(place) } } end,
              }
            end
            pcall(make)
            make()
            """))
        #expect(message.contains("symbol of another density"), "\(message)")
    }

    /// Over a shelf's board and below it: training begins at the Brownian bridge, which goes both ways, and keeps both.
    @Test func `both ways past a shelf are kept`() throws {
        let shares = try Fixture().session.state.run("""
            local panda = avips.robot "panda"
            local family = avips.target.path{
              robot = panda, start = {-0.9, 0.4, 0, -1.8, 0, 2.985, 0.8}, goal = {0.9, 0.4, 0, -1.8, 0, 2.985, 0.8},
              knots = 3, points = 24, deviation = 1, clearance = 0.1, softness = 0.03,
              context = { table = {-0.15, 0}, x = {0.45, 0.55}, z = {0.5, 0.65} },
              world = function(c)
                return { { box = {1.2, 1.6, 0.04}, at = {0.6, 0, c.table - 0.02} }, { box = {0.4, 0.3, 0.03}, at = {c.x + 0.2, 0, c.z} } }
              end,
            }
            local model = avips.model{ target = family, components = 16, hidden = {128, 128, 128}, seed = 1 }
            model:train{ steps = 800, seed = 1 }
            local shares = {}
            for i, z in ipairs{ 0.52, 0.63 } do
              local paths, over = family:paths(model, { table = -0.05, x = 0.5, z = z }, { count = 60, seed = 1 }), 0
              for _, path in ipairs(paths) do if panda:fk(path[path.rows // 2]).position[3] > z then over = over + 1 end end
              shares[i] = over / #paths
            end
            return shares[1], shares[2]
            """).compactMap { if case .number(let share) = $0 { share } else { nil } }
        try #require(shares.count == 2)
        // The higher the board, the more paths pass below it.
        #expect(shares.allSatisfy { (0.03...0.97).contains($0) } && shares[1] < shares[0] - 0.2, "\(shares)")
    }

    /// Between two discs: above the first and below the second is a way of its own, which annealing from wider bridges loses.
    @Test func `all ways past two discs are kept`() throws {
        let shares = try Fixture().session.state.run("""
            local family = avips.target.path{
              start = {-1, 0}, goal = {1, 0}, knots = 4, points = 32, deviation = 0.6, clearance = 0.05, softness = 0.02,
              discs = { { x = {-0.6, -0.2}, y = {-0.3, 0.3}, radius = {0.15, 0.25} }, { x = {0.2, 0.6}, y = {-0.3, 0.3}, radius = {0.15, 0.25} } },
            }
            local model = avips.model{ target = family, components = 24, hidden = {96, 96, 96}, seed = 1 }
            model:train{ steps = 1500, seed = 1 }
            -- The first disc below the line and the second above it: the way between them goes above the first and below the second.
            local shares, side = {}, { {-0.2, 0.2}, {0.2, -0.2} }
            for i, y in ipairs(side) do
              local context, between = { disc1_x = -0.4, disc1_y = y[1], disc1_radius = 0.2, disc2_x = 0.4, disc2_y = y[2], disc2_radius = 0.2 }, 0
              local samples = model:sample(context, 200, { seed = 1 })
              for k = 1, 200 do
                local s = samples[k]
                local path = avips.spline({ {-1, 0}, {s[1], s[2]}, {s[3], s[4]}, {s[5], s[6]}, {s[7], s[8]}, {1, 0} }, { points = 101 })
                if (path[31][2] > y[1]) == (y[1] < 0) and (path[71][2] > y[2]) == (y[2] < 0) then between = between + 1 end
              end
              shares[i] = between / 200
            end
            return shares[1], shares[2]
            """).compactMap { if case .number(let share) = $0 { share } else { nil } }
        #expect(shares.count == 2 && shares.allSatisfy { $0 > 0.3 }, "\(shares)")
    }

    @Test func `paths and worlds of other targets are refused`() throws {
        for (text, words) in [
            ("local other = avips.target{ dimension = 1, context = { a = {0, 1} }, logdensity = function(x, c) return -(x[1] - c.a)^2 end } other:world{ a = 0.5 }", "has no world"),
            (Self.family + "local t = avips.target{ dimension = 1, context = { a = {0, 1} }, logdensity = function(x, c) return -(x[1] - c.a)^2 end } family:paths(avips.model{ target = t, components = 1, hidden = {16} }, { height = 0.5, y = 0 })", "model of another target"),
            (Self.family + "family:world{ height = -1, y = 0 }", "cannot be"),
        ] {
            let message = try #require(try Fixture().message(text))
            #expect(message.contains(words), "\(message)")
        }
    }

    @Test func `figures of plans show their world, others the one that is given`() throws {
        #expect(try Fixture().shown("""
            local panda = avips.robot "panda"
            local world = avips.world{ { box = {0.1, 0.6, 0.6}, at = {0.5, 0, 0.3}, name = "wall" }, { capsule = { radius = 0.05, length = 0.3 }, at = {0.3, 0.7, 0.3} } }
            local from, to = {-0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}, {0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}
            local plans = panda:plan(from, to, { world = world, seed = 1 })
            local function shows(figure) return figure:svg():find("obstacles", 1, true) ~= nil end
            return tostring(plans):find("1 plan to 1 goal", 1, true) ~= nil, shows(avips.plot.poses(panda, plans[1])), shows(avips.plot.poses(panda, { from, to })),
              shows(avips.plot.poses(panda, { from, to }, { world = world }))
            """) == "true\ntrue\nfalse\ntrue")
    }
}
