-- Kinds of models side by side at equal processor time: mixtures by three objectives, a single Gaussian, flows, generators, and what the program chooses by itself.
--
--     scripts/avips scripts/experiments/comparison.lua [minutes=15] [robots=panda,ur5] [context=pose] [seeds=3] [run --threads 1 | status | table | compare | report | submit ...]
--
-- A run is one kind, one robot and one seed; it goes on where it was stopped. Every model gets so many minutes of processor time, all threads together,
-- and is measured on the way (at every sixth of the time, with the clock stopped) and at the end: raw errors, the share inside the limits, the maximum mean
-- discrepancy (MMD) from the exact conditional of uniform joints with its floor, coverage of exact solutions by the model's exact answers, entropy, the evidence bound
-- (ELBO) against deviations of 3 mm, 0.5 degrees and 0.05 rad, parameters, and the time of a sample. The report writes tables.md, and curves over time.

local function extended(options, more)
  local result = {}
  for _, some in ipairs{ options, more } do for name, value in pairs(some) do result[name] = value end end
  return result
end

-- Likelihood for two thirds of the time, then an objective on the density, with deviations that fall.
local function sharpened(objective, more)
  local second = extended({ share = 1, objective = objective, forward_share = 0.3, learning_rate = 2e-3, warmup_steps = 100,
    position_deviation = avips.schedule.exponential(0.04, 0.005), rotation_deviation = avips.schedule.exponential(0.12, 0.015) }, more)
  return { phases = { { share = 2 }, second } }
end

local wide = {256, 256, 256, 256}
local kinds = {
  ["recommended"] = { make = {}, train = {}, whole = true },
  ["likelihood"] = { make = { components = 32, hidden = wide }, train = {} },
  ["aVIPS"] = { make = { components = 32, hidden = wide },
    train = sharpened("component", { entropy_gradient = "path", mean_bound = 0.2, covariance_bound = 0.1, snapshot_interval = 50 }) },
  ["reverse"] = { make = { components = 16, hidden = wide }, train = sharpened("reverse", { forward_share = 0 }) },
  ["gaussian"] = { make = { kind = "gaussian", hidden = wide }, train = {} },
  ["affine-flow"] = { make = { kind = "flow", blocks = 8, hidden = {256, 256} }, train = {} },
  ["spline-flow"] = { make = { kind = "flow", blocks = 4, hidden = {256, 256}, coupling = "spline" }, train = {} },
  ["gan"] = { make = { kind = "gan" }, train = {} },
}
local names = { "recommended", "likelihood", "aVIPS", "reverse", "gaussian", "affine-flow", "spline-flow", "gan" }
local measures = { "mm", "mm_median", "degrees", "inside", "mmd", "floor", "covered", "entropy", "elbo", "in_use", "microseconds", "parameters", "steps" }

-- The measures that any run has.
local function there(study)
  local found, names = {}, {}
  for _, row in ipairs(study:rows()) do for name in pairs(row) do found[name] = true end end
  for _, name in ipairs(measures) do if found[name] then names[#names + 1] = name end end
  return names
end

local function measure(model, poses, seed)
  local e = model:evaluate{ poses = poses, samples = 50, references = poses // 4, timed = 10, seed = 100 + seed, modes = { "raw", "exact" } }
  local raw, exact = e.modes[1], e.modes[2]
  local function value(estimate, scale) return estimate and estimate.value == estimate.value and estimate.value * (scale or 1) or nil end
  return {
    mm = value(raw.position.mean, 1e3), mm_median = value(raw.position.median, 1e3), degrees = value(raw.rotation.mean, 180 / math.pi),
    inside = value(raw.inside, 100), mmd = value(raw.mmd), floor = value(e.floors.mmd), covered = value(exact.coverage[2], 100), entropy = value(raw.entropy),
    elbo = value(raw.elbo), in_use = value(e.components.in_use), microseconds = 1e4 * raw.median_seconds[2],
  }
end

local given, robots = { minutes = 15, robots = "valkyrie_lower_arm,valkyrie_arm,panda", context = "pose", seeds = 3 }, {}
for _, word in ipairs(avips.experiment.arguments()) do
  local name, value = word:match "^(%l+)=(.+)$"
  assert(given[name], "unknown option " .. word)
  given[name] = tonumber(value) or value
end
for name in given.robots:gmatch "[^,]+" do robots[#robots + 1] = name end
local context = given.context

avips.experiment{
  name = "comparison-" .. context,
  grid = { robot = robots, kind = names },
  seeds = given.seeds,
  options = { minutes = given.minutes },
  run = function(c, run)
    local kind, path = kinds[c.kind], run.directory .. "/checkpoint.safetensors"
    -- What was measured on the way belongs to the checkpoint beside it.
    local file = io.open(path)
    local state = file and file:close() and run:load "curve"
    local model = state and avips.model(path) or avips.model(extended(kind.make, { robot = c.robot, seed = c.seed, context = context ~= "pose" and context or nil }))
    state = state or { next = 1 / 6 }
    local options, steps = { cpu_minutes = c.minutes, seed = c.seed, checkpoint = path, overwrite = true }, 0
    for report in model:training(extended(kind.train, options)) do
      steps = report.step
      -- Parts follow one another: before the end there is no whole model.
      if not kind.whole and report.progress >= state.next then
        run:log(extended(measure(model, 60, c.seed), { minutes = c.minutes * report.progress, step = steps }))
        state.next = state.next + 1 / 6
        run:save("curve", state)
      end
    end
    os.remove(path)
    return extended(measure(model, 200, c.seed), { parameters = model.parameters, steps = steps })
  end,
  report = function(study)
    -- Models in parts have no density of the whole, so that a study of them alone has no entropy.
    local parts, measures = {}, there(study)
    for _, robot in ipairs(robots) do
      local text = study:table{ rows = "kind", value = measures, only = "robot=" .. robot }
      parts[#parts + 1] = "## " .. robot .. "\n\n" .. text:markdown()
      print(robot)
      print(text)
    end
    local file = assert(io.open("comparison-" .. context .. "/tables.md", "w"))
    file:write(table.concat(parts, "\n\n"), "\n")
    file:close()
    -- Of models in parts alone there are none.
    if next(study:logs()) then avips.plot.curves(study, { columns = { "mm", "mmd", "elbo" }, x = "minutes", band = "standard error" }):save("comparison-" .. context .. "/curves.svg") end
    print("written to " .. study:report())
  end,
}
