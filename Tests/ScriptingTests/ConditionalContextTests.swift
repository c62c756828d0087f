import Foundation
import LuaBridge
import Scripting
import Testing

/// What a density may be conditioned on: rows of data, a function's contexts, poses, images, sets of points.
@Suite struct ConditionalContextTests {
    @Test func contextsComeFromDataAndFunctions() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local rows = {}
            for i = 1, 64 do rows[i] = { math.sin(i), math.cos(i), i / 64 } end
            local density = function(x, c) return -0.5 * (x[1] - c[1] - c[3])^2 end
            local data = avips.target{ dimension = 1, context = avips.matrix(rows), logdensity = density }
            local made = avips.target{ dimension = 1, logdensity = density, context = function(n, seed)
                local result = {}
                for i = 1, n do result[i] = { (seed + i) % 7 / 7, 0, i % 5 / 5 } end
                return result
            end }
            for _, target in ipairs{ data, made } do
                local model = avips.model{ target = target, components = 1, hidden = {32}, seed = 1 }
                model:train{ steps = 1500, seed = 1 }
                local e = model:evaluate{ contexts = 8, samples = 50, seed = 2 }
                for i = 1, #e do assert(math.abs(e.elbo[i] - 0.5 * math.log(2 * math.pi)) < 0.05, e.elbo[i]) end
            end
            return "done"
            """) == "done")
    }

    @Test func posesOfARobotAreSuchATarget() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local arm = avips.robot "planar_3link"
            local target = avips.target.poses(arm, { context = "position", position_deviation = 0.1, limit_deviation = 0.1 })
            local model = avips.model{ target = target, components = 8, hidden = {64, 64}, seed = 1 }
            model:train{ steps = 2500, seed = 1 }
            local pose, q = arm:fk{0.3, 0.5, -0.4}, {0.3, 0.5, -0.4}
            -- The same density as avips.target.pose, whichever way it is asked.
            local other = avips.target.pose(arm, pose, { position_deviation = 0.1, rotation_deviation = math.huge, limit_deviation = 0.1 })
            assert(math.abs(target:at(pose):logpdf(q) - other:logpdf(q)) < 1e-9)
            assert(math.abs(target:logpdf(q, {pose.position[1], pose.position[2], pose.position[3]}) - other:logpdf(q)) < 1e-9)
            local e = model:evaluate{ contexts = 10, samples = 200, seed = 2 }
            local sum = 0
            for i = 1, #e do sum = sum + e.gap[i] end
            assert(sum / #e < 1.5, sum / #e)
            return #model:predict{ pose, pose }
            """) == "2")
    }

    @Test func picturesAndPointsAreContexts() throws {
        let fixture = try Fixture()
        // A bright pixel, or a cloud of points, tells where the density's mode is.
        #expect(try fixture.shown("""
            local pictures, clouds, n = {}, {}, 128
            for i = 1, n do
              local row, column = i % 8, i // 8 % 8
              local picture = {}
              for p = 1, 64 do picture[p] = 0 end
              picture[row * 8 + column + 1] = 1
              pictures[i] = picture
              clouds[i] = {}
              for p = 1, 6 do clouds[i][2 * p - 1], clouds[i][2 * p] = (column - 3.5) / 4 + 0.1 * math.sin(i * p), (row - 3.5) / 4 + 0.1 * math.cos(3 * i * p) end
            end
            local function bright(c)
              for p = 1, 64 do if c[p] > 0.5 then return ((p - 1) % 8 - 3.5) / 4, ((p - 1) // 8 - 3.5) / 4 end end
              return 0, 0
            end
            local image = avips.target{
              dimension = 2, context = { image = {8, 8}, data = avips.matrix(pictures) },
              logdensity = function(x, c) local a, b = bright(c) return -((x[1] - a)^2 + (x[2] - b)^2) / 0.02 end,
            }
            local points = avips.target{
              dimension = 2, context = { points = {6, 2}, data = avips.matrix(clouds) },
              logdensity = function(x, c)
                local a, b = 0, 0
                for _, p in ipairs(c) do a, b = a + p[1] / #c, b + p[2] / #c end
                return -((x[1] - a)^2 + (x[2] - b)^2) / 0.02
              end,
            }
            local exact = math.log(math.pi * 0.02)
            for _, target in ipairs{ image, points } do
              local model = avips.model{ target = target, components = 1, hidden = {64, 64}, seed = 1 }
              model:train{ steps = 800, seed = 1 }
              local e = model:evaluate{ contexts = 20, samples = 50, seed = 2 }
              local sum = 0
              for i = 1, #e do sum = sum + exact - e.elbo[i] end
              assert(sum / #e < 0.3, tostring(target) .. " gap " .. sum / #e)
              local path = os.tmpname() .. ".safetensors"
              model:save(path)
              local context = target:contexts(1, { seed = 3 })
              local c = target == points and avips.matrix{ {0.1, 0.2}, {0.3, 0.4} } or context[1]
              assert(avips.model(path):logpdf({0, 0}, c) == model:logpdf({0, 0}, c))
              os.remove(path)
            end
            return "done"
            """) == "done")
    }
}
