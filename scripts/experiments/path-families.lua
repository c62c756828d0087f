-- Densities over paths, learned for families of worlds: how many samples are free, and whether they take every way round that has mass.
--
--     scripts/avips scripts/experiments/path-families.lua discs 1|2|3 [steps [worlds [seed [temperature|- [components]]]]]
--     scripts/avips scripts/experiments/path-families.lua low|high [steps [worlds [seed [temperature|- [components]]]]]
--
-- discs: a point past one to three discs. low and high: a Panda past a table and a shelf's board with its back, whose places vary; the hand points down, or
-- halfway to the front past a board that is higher. seed is that of the worlds that are judged, temperature the one that training begins with; without it
-- the density is not annealed.
--
-- The mass of each way round is estimated without the model: from draws of the Brownian bridge, weighted by what the obstacles leave of their density.

local kind = arg[1] or "discs"
local discs = kind == "discs" and math.tointeger(arg[2] or "1")
local first = discs and 3 or 2
local steps, worlds, seed = tonumber(arg[first] or (discs and "4000" or "2500")), tonumber(arg[first + 1] or "200"), tonumber(arg[first + 2] or "7")
local family, components, hidden, start, goal, knots, points, deviation, draws, temperature

if discs then
  start, goal, knots, points, deviation, components, hidden, draws = {-1, 0}, {1, 0}, 4, 32, 0.6, 12 * discs, {96, 96, 96}, 1000
  local columns = ({ { {-0.4, 0.4} }, { {-0.6, -0.2}, {0.2, 0.6} }, { {-0.7, -0.4}, {-0.15, 0.15}, {0.4, 0.7} } })[discs]
  local obstacles = {}
  for i, x in ipairs(columns) do obstacles[i] = { x = x, y = {-0.3, 0.3}, radius = { 0.15, discs == 1 and 0.4 or 0.25 } } end
  family = avips.target.path{
    start = start, goal = goal, knots = knots, points = points, deviation = deviation, clearance = 0.05, softness = 0.02, discs = obstacles,
  }
else
  local shelf = ({
    low = { q = {0.5, 0, -2.0, 0, 2.5, 0.8}, z = {0.35, 0.55}, table = {-0.1, 0} },
    high = { q = {0.4, 0, -1.8, 0, 2.985, 0.8}, z = {0.5, 0.65}, table = {-0.15, 0} },
  })[kind] or error("the first argument must be discs, low or high, not " .. kind)
  start, goal, knots, points, deviation, components, hidden, draws = {-0.9}, {0.9}, 3, 24, 1, 16, {128, 128, 128}, 1000
  for j, q in ipairs(shelf.q) do start[j + 1], goal[j + 1] = q, q end
  family = avips.target.path{
    robot = "panda", start = start, goal = goal, knots = knots, points = points, deviation = deviation, clearance = 0.1, softness = 0.03,
    context = { x = {0.45, 0.55}, z = shelf.z, table = shelf.table },
    world = function(c)
      return {
        { box = {1.2, 1.6, 0.04}, at = {0.6, 0, c.table - 0.02}, name = "table" },
        { box = {0.4, 0.3, 0.03}, at = {c.x + 0.2, 0, c.z}, name = "board" },
        { box = {0.03, 0.3, 0.5}, at = {c.x + 0.4, 0, c.z}, name = "back" },
      }
    end,
  }
end

temperature, components = tonumber(arg[first + 3]), math.tointeger(arg[first + 4]) or components
local model = avips.model{ target = family, components = components, hidden = hidden, seed = 1 }
local begin = os.clock()
-- Where a temperature is given, the density is annealed from it to 1 over the first half.
model:train{
  steps = steps, seed = 1,
  temperature = temperature and function(progress) return math.min(1, temperature + (1 - temperature) * 2 * progress) end,
}
print(("%s: trained for %d steps in %.0f s"):format(tostring(family), steps, os.clock() - begin))

local panda = not discs and avips.robot "panda"
local dof = #start

-- The configurations along the path of a sample.
local function along(sample, count)
  local places = { start }
  for k = 1, knots do
    local place = {}
    for j = 1, dof do place[j] = sample[dof * (k - 1) + j] end
    places[k + 1] = place
  end
  places[knots + 2] = goal
  return avips.spline(places, { points = count })
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
  -- Where the tip passes the middle of the board: over it, or below it (under it, or between it and the base).
  local least, way
  for i = 30, 90 do
    local tip = panda:fk(path[i]).position
    if not least or math.abs(tip[2]) < least then least, way = math.abs(tip[2]), tip[3] > context.z and "over" or "below" end
  end
  return true, way
end

-- Draws of the Brownian bridge, and the logarithms of its density at them up to a constant: knots are normal given both ends, every coordinate by itself.
local stream = avips.stream(1)
local weights = {}
for node = 1, knots + 2 do
  local places = {}
  for i = 1, knots + 2 do places[i] = { i == node and 1 or 0, 0 } end
  weights[node] = avips.spline(places, { points = points })
end
local factor = {}
for i = 1, knots do
  factor[i] = {}
  for j = 1, i do
    local sum = 0
    for point = 2, points do
      sum = sum + (weights[i + 1][point][1] - weights[i + 1][point - 1][1]) * (weights[j + 1][point][1] - weights[j + 1][point - 1][1])
    end
    sum = sum * (points - 1) / deviation ^ 2
    for k = 1, j - 1 do sum = sum - factor[i][k] * factor[j][k] end
    factor[i][j] = i == j and math.sqrt(sum) or sum / factor[j][j]
  end
end
local function bridge()
  local sample, square = {}, 0
  for axis = 1, dof do
    local noise, shift = stream:normal(knots), {}
    for k = knots, 1, -1 do
      local sum = noise[k]
      for i = k + 1, knots do sum = sum - factor[i][k] * shift[i] end
      shift[k], square = sum / factor[k][k], square + noise[k] ^ 2
      sample[dof * (k - 1) + axis] = shift[k] + start[axis] + (goal[axis] - start[axis]) * k / (knots + 1)
    end
  end
  return sample, -square / 2
end

-- The share of the mass that each way has, and the effective number of draws behind it.
local function masses(context, world)
  local samples, logs, greatest = {}, {}, -math.huge
  for k = 1, draws do samples[k], logs[k] = bridge() end
  for k, value in ipairs(family:at(context):logpdf(samples)) do
    logs[k] = value - logs[k]
    greatest = math.max(greatest, logs[k])
  end
  local total, square, mass = 0, 0, {}
  for k = 1, draws do
    local weight = math.exp(logs[k] - greatest)
    total, square = total + weight, square + weight ^ 2
    if weight > 1e-4 then
      local is_free, way = judged(samples[k], context, world)
      if is_free then mass[way] = (mass[way] or 0) + weight end
    end
  end
  for way in pairs(mass) do mass[way] = mass[way] / total end
  return mass, total ^ 2 / square
end

local rows = family:contexts(worlds, { seed = seed })
local names = discs and {} or { "table", "x", "z" }
for d = 1, discs or 0 do for _, field in ipairs{ "x", "y", "radius" } do names[#names + 1] = "disc" .. d .. "_" .. field end end
local free, solved, asked, kept, time, drawn, proven, unlike, effective = 0, 0, 0, 0, 0, 0, 0, 0, {}
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
    if is_free then own, ways[way] = own + 1, (ways[way] or 0) + 1 end
  end
  free, solved = free + own, solved + (own > 0 and 1 or 0)
  local mass, size = masses(context, world)
  local several, lost, difference = 0, nil, 0
  effective[i] = size
  for way, share in pairs(mass) do
    difference = difference + math.abs(share - (ways[way] or 0) / 100)
    if share > 0.05 then
      several = several + 1
      if not ways[way] then lost = ("%s, of %.0f %% of the mass"):format(way, 100 * share) end
    end
  end
  unlike = unlike + difference / 2
  if several > 1 then
    asked, kept = asked + 1, kept + (lost and 0 or 1)
    if lost then
      local text = {}
      for j, name in ipairs(names) do text[j] = ("%s %.3f"):format(name, rows[i][j]) end
      print(("without %s (%.0f effective draws): %s"):format(lost, size, table.concat(text, ", ")))
    end
  end
end
table.sort(effective)
print(("%d worlds of seed %d: %.1f %% of 100 samples are free; a free one in %d"):format(worlds, seed, free / worlds, solved))
print(("every way with more than 5 %% of the mass in %d of the %d worlds with several such"):format(kept, asked))
print(("shares of the ways differ from their masses by %.3f (mean); masses are of %.0f effective draws (median, least %.0f)"):format(
  unlike / worlds, effective[(worlds + 1) // 2], effective[1]))
print(("a hundred %s: %.2f ms of processor time, mean%s"):format(panda and "samples, and a hundred proven paths" or "samples", 1e3 * time / worlds,
  panda and ("; %d proven paths of %d draws"):format(proven, drawn) or ""))
