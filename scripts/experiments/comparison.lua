-- Kinds of models side by side at equal processor time: mixtures by three objectives, a single Gaussian, flows, generators, and a model in parts.
--
--     scripts/avips scripts/experiments/comparison.lua [robots=panda,valkyrie_lower_arm] [minutes=15] [seeds=3] [context=pose]
--         [poses=200] [samples=100] [references=50] [kinds=a,b] [out=DIRECTORY]
--
-- Every model is trained for the same processor time, on all threads together: a few steps of a model that is thrown away tell how many steps
-- that is. It is then measured by the same protocol at unseen poses: raw mean and median errors, the share inside the limits,
-- the maximum mean discrepancy from the exact conditional with its floor, coverage of exact solutions by the model's exact answers, entropy, the evidence
-- bound at stated deviations, parameters, and the time of a sample. A run that is in the directory already is left alone: the study goes on where it was
-- stopped, and its table is printed from what is there.

local options = { robots = "panda,valkyrie_lower_arm", minutes = 15, seeds = 3, context = "pose", poses = 200, samples = 100, references = 50, out = "comparison" }
for _, text in ipairs(arg or {}) do
  local name, value = text:match("^(%w+)=(.*)$")
  if not name or (options[name] == nil and name ~= "kinds") then error("unknown argument " .. text, 0) end
  options[name] = tonumber(value) or value
end
os.execute('mkdir -p "' .. options.out .. '"')

local wide = {256, 256, 256, 256}
local minutes = options.minutes
-- Likelihood first, then the reverse divergence by each objective, with deviations that fall.
local function sharpened(objective, extra)
  local second = { share = 1, objective = objective, forward_share = 0.3, learning_rate = 2e-3, warmup_steps = 100,
    position_deviation = avips.schedule.exponential(0.04, 0.005), rotation_deviation = avips.schedule.exponential(0.12, 0.015) }
  for name, value in pairs(extra or {}) do second[name] = value end
  return { phases = { { share = 2 }, second } }
end

local kinds = {
  { name = "mixture, likelihood", make = { components = 32, hidden = wide }, train = {} },
  { name = "mixture, aVIPS", make = { components = 32, hidden = wide },
    train = sharpened("component", { entropy_gradient = "path", mean_bound = 0.2, covariance_bound = 0.1, snapshot_interval = 50 }) },
  { name = "mixture, reverse", make = { components = 16, hidden = wide }, train = sharpened("reverse", { forward_share = 0 }) },
  { name = "gaussian", make = { kind = "gaussian", hidden = wide }, train = {} },
  { name = "flow, affine", make = { kind = "flow", blocks = 8, hidden = {256, 256} }, train = {} },
  { name = "flow, splines", make = { kind = "flow", blocks = 4, hidden = {256, 256}, coupling = "spline" }, train = {} },
  { name = "gan", make = { kind = "gan" }, train = {} },
}
local chosen
if options.kinds then
  chosen = {}
  for name in options.kinds:gmatch("[^;]+") do chosen[name] = true end
end

local function exists(path)
  local file = io.open(path)
  if file then file:close() end
  return file ~= nil
end

-- The steps that a processor time is enough for.
local function affordable(make, train)
  local function spend(steps)
    local trial, some = avips.model(make), {}
    for name, value in pairs(train) do some[name] = value end
    some.steps = steps
    local start = os.clock()
    trial:train(some)
    return os.clock() - start
  end
  spend(10)
  local few, many = spend(10), spend(60)
  return math.max(60, math.floor(60 * minutes / math.max((many - few) / 50, 1e-5)))
end

local function run(robot, kind, seed)
  local path = ("%s/%s-%s-%s-%d.json"):format(options.out, robot, options.context, kind.name:gsub("%W+", "-"), seed)
  if exists(path) then return avips.json.read(path) end
  local make, train = { robot = robot, seed = seed, context = options.context }, { seed = seed }
  for name, value in pairs(kind.make) do make[name] = value end
  for name, value in pairs(kind.train) do train[name] = value end
  train.steps = affordable(make, train)
  local model, start = avips.model(make), os.clock()
  local log = model:train(train)
  local spent = os.clock() - start
  local e = model:evaluate{
    poses = options.poses, samples = options.samples, references = options.references, timed = 20, seed = 100 + seed, modes = {"raw", "inside", "exact"} }:table()
  local raw, exact = e.modes[1], e.modes[3]
  local function value(estimate) return estimate and estimate.value end
  local result = {
    robot = robot, kind = kind.name, seed = seed, minutes = minutes, processor_seconds = spent, parameters = model.parameters, steps = model.history.steps,
    mm = 1000 * raw.position.mean.value, mm_median = 1000 * raw.position.median.value, deg = math.deg(raw.rotation.mean.value),
    inside = 100 * raw.inside.value, mmd = value(raw.mmd), mmd_floor = value(e.floors.mmd), coverage = value(exact.coverage[2]),
    coverage_floor = value(e.floors.coverage[2]), entropy = value(raw.entropy), elbo = value(raw.elbo), in_use = value(e.components.in_use),
    microseconds = 1e6 * raw.median_seconds[2] / e.timed_counts[2], seconds = log.seconds, loss = log.loss, position_error = log.position_error,
  }
  avips.json.write(path, result)
  return result
end

-- The mean over seeds and its standard error.
local function summary(results, name)
  local sum, square, n = 0, 0, 0
  for _, result in ipairs(results) do
    local value = result[name]
    if type(value) == "number" and value == value then sum, square, n = sum + value, square + value * value, n + 1 end
  end
  if n == 0 then return "–" end
  local mean = sum / n
  local deviation = n > 1 and math.sqrt(math.max(0, square / n - mean * mean) / (n - 1)) or nil
  local text = ("%.3g"):format(mean)
  return deviation and ("%s ± %.1g"):format(text, deviation) or text
end

for robot in options.robots:gmatch("[^,]+") do
  print(("\n%s by %s, %g minutes each, %d seed%s"):format(robot, options.context, minutes, options.seeds, options.seeds == 1 and "" or "s"))
  print("| model | parameters | steps | mm mean | mm median | deg | inside % | MMD (floor) | covered 0.6 rad | entropy | ELBO | in use | µs a sample |")
  print("|---|---|---|---|---|---|---|---|---|---|---|---|---|")
  for _, kind in ipairs(kinds) do
    if not chosen or chosen[kind.name] then
      local results = {}
      for seed = 1, options.seeds do results[seed] = run(robot, kind, seed) end
      print(("| %s | %s | %s | %s | %s | %s | %s | %s (%s) | %s | %s | %s | %s | %s |"):format(
        kind.name, summary(results, "parameters"), summary(results, "steps"), summary(results, "mm"), summary(results, "mm_median"), summary(results, "deg"),
        summary(results, "inside"), summary(results, "mmd"), summary(results, "mmd_floor"), summary(results, "coverage"), summary(results, "entropy"),
        summary(results, "elbo"), summary(results, "in_use"), summary(results, "microseconds")))
    end
  end
end
