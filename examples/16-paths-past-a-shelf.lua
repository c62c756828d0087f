-- A density over a Panda's paths, learned for every world of a family: a table and a shelf that stand somewhere else in every world.
--
--     scripts/avips examples/16-paths-past-a-shelf.lua [steps]

local panda = avips.robot "panda"
local start, goal = {-0.9, 0.4, 0, -1.8, 0, 2.985, 0.8}, {0.9, 0.4, 0, -1.8, 0, 2.985, 0.8}

-- The world is a function of its context: the table's height, and where the shelf's board is.
local family = avips.target.path{
  robot = panda, start = start, goal = goal, knots = 3, points = 24, deviation = 1, clearance = 0.1, softness = 0.03,
  context = { table = {-0.15, 0}, x = {0.45, 0.55}, z = {0.5, 0.65} },
  world = function(c)
    return {
      { box = {1.2, 1.6, 0.04}, at = {0.6, 0, c.table - 0.02}, name = "table" },
      { box = {0.4, 0.3, 0.03}, at = {c.x + 0.2, 0, c.z}, name = "board" },
      { box = {0.03, 0.3, 0.5}, at = {c.x + 0.4, 0, c.z}, name = "back" },
    }
  end,
}
print(family)

-- Training draws worlds, sixteen side by side; it sees no path. It begins at the Brownian bridge, which already goes both over the board and below it.
local model = avips.model{ target = family, components = 16, hidden = {128, 128, 128}, seed = 1 }
model:train{ steps = tonumber(arg[1] or "2500"), seed = 1 }

-- A hundred paths in a new world. Each is proven free, between its points too; draws that are not are left out.
local context = { table = -0.05, x = 0.5, z = 0.57 }
local world = family:world(context)
local clock = os.clock()
local paths, facts = family:paths(model, context, { count = 100, seed = 1 })
print(("%d paths of %d draws in %.1f ms"):format(#paths, facts.drawn, 1e3 * (os.clock() - clock)))

-- Over the board, or below it: under it, or between it and the base.
local over = 0
for _, path in ipairs(paths) do
  local middle = panda:fk(path[path.rows // 2]).position
  if middle[3] > context.z then over = over + 1 end
end
print(("%d of them pass over the board, %d below it"):format(over, #paths - over))
if paths[1] then print(avips.plot.poses(panda, paths[1], { world = world, ordered = true, title = "A path past a shelf" })) end

-- The likeliest of them, by the density in this world.
local one = family:at(context)
local values, best = one:logpdf(facts.knots), 1
for i, value in ipairs(values) do if value > values[best] then best = i end end
if paths[best] then print(("the likeliest keeps %.0f mm away"):format(1e3 * facts.clearances[best])) end
