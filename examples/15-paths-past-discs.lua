-- A density over paths, learned for every world of a family: a point goes from left to right, past a disc that is somewhere else in every world.
--
--     scripts/avips examples/15-paths-past-discs.lua

local family = avips.target.path{
  start = {-1, 0}, goal = {1, 0}, knots = 4, deviation = 0.6, clearance = 0.05, softness = 0.02,
  discs = { { x = {-0.4, 0.4}, y = {-0.3, 0.3}, radius = {0.15, 0.4} } },
}
print(family)

-- Training draws worlds; it sees no path.
local model = avips.model{ target = family, components = 12, hidden = {96, 96, 96}, seed = 1 }
model:train{ steps = tonumber(arg[1] or "4000"), seed = 1 }

-- Points along a path through start, knots and goal, and how near to the disc they come.
local function path(knots)
  local places = { {-1, 0} }
  for k = 1, 4 do places[k + 1] = { knots[2 * k - 1], knots[2 * k] } end
  places[6] = {1, 0}
  return avips.spline(places, { points = 60 })
end
local function clearance(points, world)
  local least = math.huge
  for i = 1, points.rows do least = math.min(least, math.sqrt((points[i][1] - world.disc1_x) ^ 2 + (points[i][2] - world.disc1_y) ^ 2) - world.disc1_radius) end
  return least
end

-- A hundred paths in a new world, on both sides of the disc.
local world = { disc1_x = 0.1, disc1_y = 0.02, disc1_radius = 0.3 }
local samples = model:sample(world, 100)
local free, above, shown = 0, 0, {}
for i = 1, 100 do
  local points = path(samples[i])
  if clearance(points, world) > 0 then
    free = free + 1
    if points[30][2] > world.disc1_y then above = above + 1 end
    if #shown < 12 then
      local line = { x = {}, y = {} }
      for k = 1, points.rows do line.x[k], line.y[k] = points[k][1], points[k][2] end
      shown[#shown + 1] = line
    end
  end
end
print(("%d of 100 paths are free, %d of these pass above the disc"):format(free, above))

local lines = { disc = { x = {}, y = {} } }
for i = 0, 60 do
  local a = 2 * math.pi * i / 60
  lines.disc.x[i + 1], lines.disc.y[i + 1] = world.disc1_x + world.disc1_radius * math.cos(a), world.disc1_y + world.disc1_radius * math.sin(a)
end
for i, line in ipairs(shown) do lines["path " .. i] = line end
print(avips.plot.lines(lines, { equal = true, title = "Paths past a disc" }))

-- In one world, variational inference refines what the model predicts.
local one = family:at(world)
local vips = avips.vips{ target = one, mixture = model:predict(world), seed = 1 }
vips:run{ iterations = 20 }
print(("evidence lower bound in this world: %.2f nats"):format((vips:elbo{ samples = 1000, seed = 1 })))
