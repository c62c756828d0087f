import Scripting
import Testing

/// Tracks with limits, closed ones, and densities over paths, as scripts have them.
@Suite struct PathScriptTests {
    private static let start = """
        local panda = avips.robot "panda"
        local world = avips.world{ { box = {0.5, 0.8, 0.03}, at = {0.55, 0, 0.75}, name = "shelf" } }
        local circle = {}
        for i = 1, 61 do
          local a = 2 * math.pi * (i - 1) / 60
          circle[i] = avips.pose{ xyz = {0.5 + 0.1 * math.cos(a), 0.1 * math.sin(a), 0.4}, rpy = {math.pi, 0, 0} }
        end

        """

    @Test func `tracks have times within the limits, a clearance, and may end where they begin`() throws {
        #expect(try Fixture().shown(Self.start + """
            local track = panda:track(circle, { world = world, closed = true, max_step = 0.15, velocity = 0.5, acceleration = 1, seed = 1 })
            local fastest, rising = 0, true
            for i = 2, #track do
              local dt = track.times[i] - track.times[i - 1]
              rising = rising and dt > 0
              for j = 1, 7 do fastest = math.max(fastest, math.abs(track[i][j] - track[i - 1][j]) / dt) end
            end
            local same = true
            for j = 1, 7 do same = same and track[1][j] == track[61][j] end
            local touching = false
            for _, hit in ipairs(panda:collides(track.path, world)) do touching = touching or hit end
            local slow = panda:track(circle, { world = world, max_step = 0.15, velocity = 0.05, seed = 1 })
            return #track.jumps, #track.unreached, same, touching, rising, fastest <= 0.5 + 1e-9, track.duration == track.times[61], track.clearance > 0, slow.duration > 2 * track.duration,
              panda:track(circle, { max_step = 0.15, seed = 1 }).clearance
            """) == "0\n0\ntrue\nfalse\ntrue\ntrue\ntrue\ntrue\ntrue\nnil")
        let message = try #require(try Fixture().message(Self.start + "circle[61] = nil panda:track(circle, { closed = true })"))
        #expect(message.contains("must end with its first pose"), "\(message)")
    }

    @Test func `a density over paths has its gradient, and is higher on ways round than through`() throws {
        #expect(try Fixture().shown("""
            local past = avips.target.path{ start = {-1, 0}, goal = {1, 0}, knots = 3, discs = { { x = {-0.1, 0.1}, y = 0, radius = {0.2, 0.4} }, { x = 0.5, y = 1, radius = 0.2 } } }
            local one = past:at{ disc1_x = 0.05, disc1_radius = 0.3 }
            local x, off = {-0.5, 0.2, 0.1, 0.35, 0.4, 0.3}, 0
            local slope = one:gradient(x)
            for i = 1, 6 do
              local h = 1e-5
              local before, after = {table.unpack(x)}, {table.unpack(x)}
              before[i], after[i] = x[i] - h, x[i] + h
              off = math.max(off, math.abs((one:logpdf(after) - one:logpdf(before)) / (2 * h) - slope[i]) / (1 + math.abs(slope[i])))
            end
            local fixed = avips.target.path{ start = {-1, 0}, goal = {1, 0}, knots = 3, discs = { { x = 0.05, y = 0, radius = 0.3 }, { x = 0.5, y = 1, radius = 0.2 } } }
            local line = avips.spline({ {-1, 0}, {x[1], x[2]}, {x[3], x[4]}, {x[5], x[6]}, {1, 0} }, { points = 9 })
            return past.dimension, past.traced, off < 1e-5, math.abs(fixed:logpdf(x) - one:logpdf(x)) < 1e-9, one:logpdf{-0.5, 0.4, 0, 0.5, 0.5, 0.4} > one:logpdf{-0.5, 0, 0, 0, 0.5, 0},
              line.rows, line[3][1] == x[1], line[9][1]
            """) == "6\ntrue\ntrue\ntrue\ntrue\n9\ntrue\n1.0")
        for (text, words) in [
            ("{ goal = {1, 0} }", "start and goal must be given"), ("{ start = {0, 0}, goal = {1, 0, 0} }", "a list of 2 numbers"),
            ("{ start = {0, 0}, goal = {1, 0}, discs = { { x = 1, y = 1 } } }", "radius"), ("{ start = {0, 0}, goal = {1, 0}, discs = { { x = 1, y = 1, radius = -1 } } }", "radius above 0"),
            ("{ start = {0, 0}, goal = {1, 0}, discs = { { x = {1, 0}, y = 1, radius = 1 } } }", "range that rises"), ("{ start = {0}, goal = {1} }", "2 or 3 numbers"),
            ("{ start = {0, 0}, goal = {1, 0}, robot = 'panda' }", "a list of 7 numbers"), ("{ start = {0, 0}, goal = {1, 0}, world = avips.world{} }", "goes with robot"),
        ] {
            let message = try #require(try Fixture().message("avips.target.path\(text)"))
            #expect(message.contains(words), "\(message)")
        }
    }

    @Test func `paths of a robot are a density with its gradient`() throws {
        #expect(try Fixture().shown("""
            local panda = avips.robot "panda"
            local world = avips.world{ { box = {0.1, 0.2, 0.8}, at = {0.5, 0, 0.4}, name = "post" } }
            local from, to = {-0.8, 0.6, 0, -1.9, 0, 2.5, 0.8}, {0.8, 0.6, 0, -1.9, 0, 2.5, 0.8}
            local paths = avips.target.path{ robot = panda, world = world, start = from, goal = to, knots = 1, points = 24, deviation = 2, softness = 0.05 }
            local x, off = {0.1, 0.3, 0.05, -2.1, 0.1, 2.4, 0.7}, 0
            local slope = paths:gradient(x)
            for i = 1, 7 do
              local h = 1e-5
              local before, after = {table.unpack(x)}, {table.unpack(x)}
              before[i], after[i] = x[i] - h, x[i] + h
              off = math.max(off, math.abs((paths:logpdf(after) - paths:logpdf(before)) / (2 * h) - slope[i]) / (1 + math.abs(slope[i])))
            end
            -- Over the post or past it the arm keeps clear, straight through it does not.
            local free, through = {0, -0.9, 0, -2.2, 0, 2.5, 0.8}, {0, 0.6, 0, -1.9, 0, 2.5, 0.8}
            return paths.dimension, off < 1e-3, paths:logpdf(free) > paths:logpdf(through)
            """) == "7\ntrue\ntrue")
    }
}
