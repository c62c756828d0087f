-- Densities over paths, learned for families of worlds: how many samples are free, and whether they take every way round that has mass.
--
--     scripts/avips scripts/experiments/path-families.lua discs 1|2|3 [steps [worlds]]
--     scripts/avips scripts/experiments/path-families.lua board [steps [worlds]]
--
-- discs: a point past one to three discs. board: a Panda past a table and a shelf's board with its back, whose places vary. The mass of each way round is
-- estimated from samples weighted by density over prediction.

local kind = arg[1] or "discs"
local discs = kind == "discs" and math.tointeger(arg[2] or "1")
local steps = tonumber(arg[kind == "discs" and 3 or 2] or "4000")
local worlds = tonumber(arg[kind == "discs" and 4 or 3] or "200")
local family, components, hidden, start, goal, knots

if discs then
  start, goal, knots, components, hidden = {-1, 0}, {1, 0}, 4, 12 * discs, {96, 96, 96}
  local columns = ({ { {-0.4, 0.4} }, { {-0.6, -0.2}, {0.2, 0.6} }, { {-0.7, -0.4}, {-0.15, 0.15}, {0.4, 0.7} } })[discs]
  local obstacles = {}
  for i, x in ipairs(columns) do obstacles[i] = { x = x, y = {-0.3, 0.3}, radius = { 0.15, discs == 1 and 0.4 or 0.25 } } end
  family = avips.target.path{ start = start, goal = goal, knots = knots, deviation = 0.6, clearance = 0.05, softness = 0.02, discs = obstacles }
else
  start, goal, knots, components, hidden = {-0.9, 0.5, 0, -2.0, 0, 2.5, 0.8}, {0.9, 0.5, 0, -2.0, 0, 2.5, 0.8}, 3, 16, {128, 128, 128}
  family = avips.target.path{
    robot = "panda", start = start, goal = goal, knots = knots, points = 24, deviation = 1, clearance = 0.1, softness = 0.03,
    context = { x = {0.45, 0.55}, z = {0.35, 0.55}, table = {-0.1, 0} },
    world = function(c)
      return {
        { box = {1.2, 1.6, 0.04}, at = {0.6, 0, c.table - 0.02}, name = "table" },
        { box = {0.4, 0.3, 0.03}, at = {c.x + 0.2, 0, c.z}, name = "board" },
        { box = {0.03, 0.3, 0.5}, at = {c.x + 0.4, 0, c.z}, name = "back" },
      }
    end,
  }
end

local model = avips.model{ target = family, components = components, hidden = hidden, seed = 1 }
local begin = os.clock()
model:train{ steps = steps, seed = 1 }
print(("%s: trained for %d steps in %.0f s"):format(tostring(family), steps, os.clock() - begin))

local panda = not discs and avips.robot "panda"
local dof = #start

-- The configurations along the path of a sample.
local function along(sample, points)
  local places = { start }
  for k = 1, knots do
    local place = {}
    for j = 1, dof do place[j] = sample[dof * (k - 1) + j] end
    places[k + 1] = place
  end
  places[knots + 2] = goal
  return avips.spline(places, { points = points })
end

-- Whether a path is free, and which way it takes.
local function judged(sample, context, world)
  local path = along(sample, 120)
  if discs then
    local sides = {}
    for d = 1, discs do
      local x, y, r = context["disc" .. d .. "_x"], context["disc" .. d .. "_y"], context["disc" .. d .. "_radius"]
      local nearest
      for i = 1, path.rows do
        local dx, dy = path[i][1] - x, path[i][2] - y
        if dx * dx + dy * dy <= r * r then return false end
        if not nearest or math.abs(dx) < nearest[1] then nearest = { math.abs(dx), dy } end
      end
      sides[d] = nearest[2] > 0 and "above" or "below"
    end
    return true, table.concat(sides, " ")
  end
  for _, hit in ipairs(panda:collides(path, world)) do if hit then return false end end
  -- Where the tip passes the middle of the board: over it, or between it and the base.
  local least, way
  for i = 30, 90 do
    local tip = panda:fk(path[i]).position
    if not least or math.abs(tip[2]) < least then least, way = math.abs(tip[2]), tip[3] > context.z and "over" or "before" end
  end
  return true, way
end

local rows = family:contexts(worlds, { seed = 7 })
local names = discs and {} or { "table", "x", "z" }
for d = 1, discs or 0 do for _, field in ipairs{ "x", "y", "radius" } do names[#names + 1] = "disc" .. d .. "_" .. field end end
local free, solved, asked, kept, time, drawn, proven = 0, 0, 0, 0, 0, 0, 0
for i = 1, worlds do
  local context = {}
  for j, name in ipairs(names) do context[name] = rows[i][j] end
  local world = panda and family:world(context)
  local clock = os.clock()
  local samples = model:sample(context, 100, { seed = i })
  if panda then
    local paths, facts = family:paths(model, context, { count = 100, seed = i })
    drawn, proven = drawn + facts.drawn, proven + #paths
  end
  time = time + os.clock() - clock
  local own, ways = 0, {}
  for k = 1, 100 do
    local is_free, way = judged(samples[k], context, world)
    if is_free then own, ways[way] = own + 1, true end
  end
  free, solved = free + own, solved + (own > 0 and 1 or 0)
  -- The masses of the ways.
  local more = model:sample(context, 400, { seed = 1000 + i })
  local target, prediction = family:at(context):logpdf(more), model:logpdf(more, context)
  local greatest, total, mass = -math.huge, 0, {}
  for k = 1, 400 do greatest = math.max(greatest, target[k] - prediction[k]) end
  for k = 1, 400 do
    local is_free, way = judged(more[k], context, world)
    local weight = math.exp(target[k] - prediction[k] - greatest)
    total = total + weight
    if is_free then mass[way] = (mass[way] or 0) + weight end
  end
  local several, all = 0, true
  for way, share in pairs(mass) do
    if share / total > 0.05 then
      several = several + 1
      all = all and ways[way] ~= nil
    end
  end
  if several > 1 then asked, kept = asked + 1, kept + (all and 1 or 0) end
end
print(("%d worlds: %.1f %% of 100 samples are free; a free one in %d; every way with more than 5 %% of the mass in %d of the %d worlds with several such"):format(
  worlds, free / worlds, solved, kept, asked))
print(("a hundred %s: %.2f ms of processor time, mean%s"):format(panda and "samples, and a hundred proven paths" or "samples", 1e3 * time / worlds,
  panda and ("; %d proven paths of %d draws"):format(proven, drawn) or ""))
