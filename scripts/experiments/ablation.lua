-- What each technique of the component objective adds: one forward start, then phases of equal length that lack one technique each.
--
--     scripts/avips scripts/experiments/ablation.lua [robot [forward steps [steps [variants]]]] [run | status | table | report | submit ...]
--
-- Two studies, ablation-<robot>-start and ablation-<robot>, in directories of these names: the second goes on from the models of the first. All variants have
-- the same seed; the forward divergence alone has as much time as all techniques have, and so more steps. `variants` is how many of the table's rows, the
-- first ones, are wanted. The table is printed and written to ablation-<robot>/ablation-<robot>.md.

local name = arg[1] or "panda"
local forward = math.tointeger(tonumber(arg[2])) or 2000
local steps = math.tointeger(tonumber(arg[3])) or 800
local wanted = math.tointeger(tonumber(arg[4])) or 100
local seed = 7

local size = name:find "panda" and { components = 32, hidden = {256, 256, 256, 256} } or { components = 8, hidden = {192, 192, 192, 192} }

local sharpening = {
  forward_share = 0.3, learning_rate = 2e-3, warmup_steps = 100, floor = 0.0015,
  position_deviation = avips.schedule.exponential(0.04, 0.01), rotation_deviation = avips.schedule.exponential(0.12, 0.03),
  trust_region = "projection", mean_bound = 0.2, covariance_bound = 0.1, adapt_bounds = true,
  resampling_share = 0.2, entropy_gradient = "path", removal_threshold = 1e-3, snapshot_interval = 50,
}
local likelihood = { learning_rate = 2e-3, warmup_steps = 100, floor = 0.0015 }

local function changed(changes)
  local result = {}
  for key, value in pairs(sharpening) do result[key] = value end
  for key, value in pairs(changes) do result[key] = value end
  return result
end

local variants = {
  { "forward start" },
  { "all techniques", changed{} },
  { "forward divergence only, equal time", likelihood, equal_time = true },
  { "no trust region", changed{ trust_region = "none" } },
  { "trust region as a penalty", changed{ trust_region = "penalty" } },
  { "no adaptation of bounds", changed{ adapt_bounds = false } },
  { "no importance resampling", changed{ resampling_share = 0 } },
  { "no share of the forward divergence", changed{ forward_share = 0.0 } },
  { "removal of components below 1 % in place of 0.1 %", changed{ removal_threshold = 0.01 } },
  { "no bounds on covariances", changed{}, conditioned = false },
}
local titles, by_title = {}, {}
for index, variant in ipairs(variants) do
  if index <= wanted + 1 then titles[index] = variant[1] end
  by_title[variant[1]] = variant
end

local starts = avips.experiment{
  name = "ablation-" .. name .. "-start",
  grid = { conditioned = { yes = true, no = false } },
  seeds = { 1 },
  options = { robot = name, components = size.components, steps = forward },
  run = function(c, run)
    local model = avips.model{ robot = c.robot, components = c.components, hidden = size.hidden, conditioned = c.conditioned, seed = c.seed }
    run:train(model, { steps = c.steps, learning_rate = 5e-3 })
    run:save("model", model)
  end,
  report = function() end,
}

local function start(conditioned)
  for _, row in ipairs(starts:rows()) do
    if row.state == "done" and row.conditioned == (conditioned and "yes" or "no") then
      return avips.model(starts.directory .. "/runs/" .. row.id .. "/model.safetensors")
    end
  end
  error("the study " .. starts.name .. " is not done")
end

-- The steps of the forward divergence that take as long as some steps of another training, by processor time.
local function equal_steps(count)
  local function seconds(options)
    local model, few = start(true), {}
    for key, value in pairs(options) do few[key] = value end
    few.steps, few.seed = 20, seed
    local before = avips.system.processor_time()
    model:train(few)
    return avips.system.processor_time() - before
  end
  return math.floor(count * seconds(sharpening) / seconds(likelihood))
end

local modes = { "raw", "1 accelerated step", "exact", "4 candidates" }

local function header(columns) return "| " .. table.concat(columns, " | ") .. " |\n|" .. (" --- |"):rep(#columns) end

local function spread(row, measure, scale, digits)
  local number = "%." .. digits .. "f"
  return (number .. " ± " .. number):format(row[measure] * scale, row[measure .. "_error"] * scale)
end

avips.experiment{
  name = "ablation-" .. name,
  grid = { variant = titles },
  seeds = { seed },
  options = { robot = name, steps = steps },
  run = function(c, run)
    local variant = by_title[c.variant]
    local model = start(variant.conditioned ~= false)
    local seconds = 0
    if variant[2] then
      local options = {}
      for key, value in pairs(variant[2]) do options[key] = value end
      local plan = run:load "plan" or { steps = variant.equal_time and equal_steps(c.steps) or c.steps }
      run:save("plan", plan)
      options.steps = plan.steps
      local log = run:train(model, options)
      seconds = log.seconds[#log]
    end
    local e = model:evaluate{ poses = 300, samples = 50, references = 100, timed = 0, modes = modes, seed = c.seed }
    local raw = e.modes[1]
    local result = {
      position = raw.position.mean.value, position_error = raw.position.mean.standard_error, rotation = raw.rotation.mean.value,
      inside = raw.inside.value, elbo = raw.elbo.value, elbo_error = raw.elbo.standard_error, mmd = raw.mmd.value, mmd_error = raw.mmd.standard_error,
      in_use = e.components.in_use.value, components = model.components, training_seconds = seconds,
    }
    for index, key in ipairs{ "accelerated", "exact", "candidates" } do
      local covered = e.modes[index + 1].coverage[2]
      result[key], result[key .. "_error"] = covered.value, covered.standard_error
    end
    return result
  end,
  report = function(study)
    local lines = {
      ("What each technique adds on %s: %d steps of the forward divergence, then %d steps of each variant, seed %d, avips %s; 300 poses × 50 samples, 100 with references.\n"):format(
        name, forward, steps, seed, avips.version),
      header{ "", "raw error, mm", "°", "inside, %", "ELBO, nats", "MMD", "covered by samples within 0.6 rad after an accelerated step, %",
        "covered by `solve`'s 100 answers, %", "covered by `candidates = 4`, %", "in use", "K", "time, s" },
    }
    for _, row in ipairs(study:rows()) do
      if row.state == "done" then
        local cells = {
          row.variant, spread(row, "position", 1e3, 1), ("%.2f"):format(math.deg(row.rotation)), ("%.1f"):format(row.inside * 100), spread(row, "elbo", 1, 1),
          spread(row, "mmd", 1, 4), spread(row, "accelerated", 100, 1), spread(row, "exact", 100, 1), spread(row, "candidates", 100, 1),
          ("%.1f"):format(row.in_use), ("%d"):format(row.components), ("%.0f"):format(row.training_seconds),
        }
        lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
      else
        lines[#lines + 1] = ("| %s | %s |" .. (" |"):rep(10)):format(row.variant, row.state)
      end
    end
    local text = table.concat(lines, "\n") .. "\n"
    io.write(text)
    local path = study.directory .. "/" .. study.name .. ".md"
    local file = assert(io.open(path, "w"))
    file:write(text)
    file:close()
    print("written to " .. path)
  end,
}
