-- What each technique of the component objective adds: one forward start, then phases of equal length that lack one technique each.
--
--     scripts/avips scripts/experiments/ablation.lua [robot [forward steps [steps [folder [variants]]]]]
--
-- All variants go on from the same forward start, with the same seeds; the forward divergence alone has as much time as all techniques had,
-- and so more steps. The table is printed and written to folder/ablation-<robot>.md; the forward start is kept beside it for another run. `variants` is how many of the table's rows, the first ones, are wanted.

local name = arg and arg[1] or "panda"
local forward = math.tointeger(arg and arg[2] or 2000)
local steps = math.tointeger(arg and arg[3] or 800)
local folder = arg and arg[4] or "share/doc/results"
local wanted = math.tointeger(arg and arg[5] or 100)
local seed = 7

local size = name:find("panda") and { components = 32, hidden = {256, 256, 256, 256} } or { components = 8, hidden = {192, 192, 192, 192} }

local sharpening = {
  forward_share = 0.3, learning_rate = 2e-3, warmup_steps = 100, floor = 0.0015,
  position_deviation = avips.schedule.exponential(0.04, 0.01), rotation_deviation = avips.schedule.exponential(0.12, 0.03),
  trust_region = "projection", mean_bound = 0.2, covariance_bound = 0.1, adapt_bounds = true,
  resampling_share = 0.2, entropy_gradient = "path", removal_threshold = 1e-3, snapshot_interval = 50,
}

local function changed(changes)
  local result = {}
  for key, value in pairs(sharpening) do result[key] = value end
  for key, value in pairs(changes) do result[key] = value end
  return result
end

local variants = {
  { "all techniques", changed{} },
  { "forward divergence only, equal time", { learning_rate = 2e-3, warmup_steps = 100, floor = 0.0015 }, equal_time = true },
  { "no trust region", changed{ trust_region = "none" } },
  { "trust region as a penalty", changed{ trust_region = "penalty" } },
  { "no adaptation of bounds", changed{ adapt_bounds = false } },
  { "no importance resampling", changed{ resampling_share = 0 } },
  { "no share of the forward divergence", changed{ forward_share = 0.0 } },
  { "removal of components below 1 % in place of 0.1 %", changed{ removal_threshold = 0.01 } },
  { "no bounds on covariances", changed{}, conditioned = false },
}

local function start(conditioned)
  local path = string.format("%s/start-%s%s.safetensors", folder, name, conditioned and "" or "-free")
  local file = io.open(path, "rb")
  if file then file:close() return avips.model(path) end
  local model = avips.model{ robot = name, components = size.components, hidden = size.hidden, conditioned = conditioned, seed = 1 }
  model:train{ steps = forward, learning_rate = 5e-3, seed = 1 }
  model:save(path)
  return model
end

local lines = {
  "| | raw error, mm | ° | inside, % | ELBO, nats | MMD | covered by samples within 0.6 rad after an accelerated step, % | covered by `solve`'s 100 answers, % | covered by `candidates = 4`, % | in use | K | time, s |",
  "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
}

local function measure(title, model, seconds)
  local e = model:evaluate{ poses = 300, samples = 50, references = 100, timed = 0, modes = {"raw", "1 accelerated step", "exact", "4 candidates"}, seed = seed }
  local raw = e.modes[1]
  local function covered(mode) return string.format("%.1f ± %.1f", mode.coverage[2].value * 100, mode.coverage[2].standard_error * 100) end
  local line = string.format(
    "| %s | %.1f ± %.1f | %.2f | %.1f | %.1f ± %.1f | %.4f ± %.4f | %s | %s | %s | %.1f | %d | %.0f |", title, raw.position.mean.value * 1e3,
    raw.position.mean.standard_error * 1e3, math.deg(raw.rotation.mean.value), raw.inside.value * 100, raw.elbo.value,
    raw.elbo.standard_error, raw.mmd.value, raw.mmd.standard_error, covered(e.modes[2]), covered(e.modes[3]), covered(e.modes[4]),
    e.components.in_use.value, model.components, seconds)
  lines[#lines + 1] = line
  print(line)
end

print(lines[1]) print(lines[2])
measure("forward start", start(true), 0)
local spent
for index, variant in ipairs(variants) do
  if index > wanted then break end
  local title, options = variant[1], variant[2]
  local model = start(variant.conditioned ~= false)
  options.seed = seed
  if variant.equal_time then options.minutes = spent / 60 else options.steps = steps end
  local ok, fault = pcall(model.train, model, options)
  local seconds = ok and fault.seconds[#fault] or 0
  spent = spent or seconds
  if ok then measure(title, model, seconds) else
    lines[#lines + 1] = "| " .. title .. " | " .. tostring(fault) .. " | | | | | | | | | | |"
    print(lines[#lines])
  end
end

local path = folder .. "/ablation-" .. name .. ".md"
local file = assert(io.open(path .. ".part", "w"))
file:write(string.format(
  "What each technique adds on %s: %d steps of the forward divergence, then %d steps of each variant, seed %d, avips %s; 300 poses × 50 samples, 100 with references.\n\n",
  name, forward, steps, seed, avips.version), table.concat(lines, "\n"), "\n")
file:close()
os.rename(path .. ".part", path)
