-- Evaluates trained models and writes share/doc/results.md.
--
--     scripts/avips scripts/maintain/evaluate-models.lua [name ...] [run --workers 1 | status | report]
--
-- Without names, all models in share/models are evaluated that have not been since they were trained. Times are those of one model at a time:
-- run with --workers 1. Each model's figures are kept in share/doc/results/<name>.json; results.md is made from all of them.

local settings = { poses = 1000, samples = 250, references = 200, timed = 50, evaluation_seed = 20 }

-- What others reach, by the robot's name: millimetres, degrees, MMD, and where the figures come from.
local peers = {
  panda = {
    { "IKFlow, weights of 2024", 6.83, 2.28, nil }, { "IKFlow, paper", 7.72, 2.81, 0.0306 },
    { "TRAC-IK (1e-5, 5 ms)", nil, nil, nil, "99.70 % solved, 0.38 ms" },
  },
  panda_ikflow2022 = { { "IKFlow, paper", 7.72, 2.81, 0.0306 }, { "TRAC-IK (1e-5, 5 ms)", nil, nil, nil, "99.70 % solved, 0.38 ms" } },
  valkyrie_lower_arm = { { "IKFlow, paper", 0.36, 0.15 } },
  valkyrie_arm = { { "IKFlow, paper", 1.67, 0.34 }, { "TRAC-IK (1e-5, 5 ms)", nil, nil, nil, "99.81 % solved, 0.46 ms" } },
  valkyrie_arm_waist = { { "IKFlow, paper", 3.70, 0.66 } },
  atlas2013_arm = { { "IKFlow, paper", 3.43, 0.63 }, { "TRAC-IK (1e-5, 5 ms)", nil, nil, nil, "99.96 % solved, 0.24 ms" } },
  atlas2013_arm_waist = { { "IKFlow, paper", 2.78, 0.51 }, { "IKFlow, public weights", 3.74, 0.66 } },
  robonaut2_arm = { { "IKFlow, paper", 2.15, 0.43 }, { "TRAC-IK (1e-5, 5 ms)", nil, nil, nil, "99.76 % solved, 0.33 ms" } },
  robonaut2_arm_waist = { { "IKFlow, paper", 5.37, 0.94 } },
}

local root = arg[0]:match("^(.*)/scripts/maintain/[^/]*$") or "."
local folder = root .. "/share/doc/results"

local function write(path, text)
  local file = assert(io.open(path .. ".part", "w"))
  assert(file:write(text))
  assert(file:close())
  assert(os.rename(path .. ".part", path))
end

-- "44.1 ± 0.3", the value to as many digits as its standard error allows.
local function figure(estimate, scale, format)
  if not estimate or not estimate.value then return "–" end
  scale = scale or 1
  local value, err = estimate.value * scale, (estimate.standard_error or 0) * scale
  if err <= 0 then return string.format(format or "%.3g", value) end
  if err < 1e-5 then return string.format("%.2g ± %.1g", value, err) end
  local decimals = math.max(0, 1 - math.floor(math.log(err, 10)))
  return string.format("%." .. decimals .. "f ± %." .. decimals .. "f", value, err)
end

local function row(cells) return "| " .. table.concat(cells, " | ") .. " |" end

local function microseconds(seconds)
  local number = seconds * 1e6
  return string.format(number < 10 and "%.2f" or number < 1000 and "%.1f" or "%.0f", number)
end

local function time(mode, counts)
  local cells = {}
  for i = 1, #counts do
    local seconds = mode.median_seconds[i]
    cells[i] = seconds and microseconds(seconds) or "–"
  end
  local last = mode.median_seconds[#counts]
  cells[#cells + 1] = last and microseconds(last / counts[#counts]) or "–"
  return cells
end

local function accuracy(e, lines)
  local degrees = 180 / math.pi
  lines[#lines + 1] = row{ "", "mean, mm", "median", "95 %", "mean, °", "median", "95 %", "inside the limits, %", "MMD, exact", "MMD, multi-start" }
  lines[#lines + 1] = row{ "---", "---", "---", "---", "---", "---", "---", "---", "---", "---" }
  for _, mode in ipairs(e.modes) do
    lines[#lines + 1] = row{
      mode.name, figure(mode.position.mean, 1000), figure(mode.position.median, 1000), figure(mode.position.p95, 1000),
      figure(mode.rotation.mean, degrees), figure(mode.rotation.median, degrees), figure(mode.rotation.p95, degrees),
      figure(mode.inside, 100), figure(mode.mmd), figure(mode.mmd_multistart),
    }
  end
  local f = e.floors
  lines[#lines + 1] = row{ "floor: exact reference", "", "", "", "", "", "", "", figure(f.mmd), figure(f.mmd_between) }
  lines[#lines + 1] = row{ "floor: multi-start reference", "", "", "", "", "", "", "", figure(f.mmd_between), figure(f.mmd_multistart) }
  for _, peer in ipairs(peers[e.robot] or {}) do
    local function cell(value) return value and string.format("%g", value) or "" end
    lines[#lines + 1] = row{ peer[1] .. (peer[5] and ": " .. peer[5] or ""), cell(peer[2]), "", "", cell(peer[3]), "", "", "", "", cell(peer[4]) }
  end
end

local function diversity(e, lines)
  local header, rule = { "" }, { "---" }
  for _, radius in ipairs(e.coverage_radii) do
    header[#header + 1] = string.format("covered within %g rad, %%", radius)
    rule[#rule + 1] = "---"
  end
  for _, name in ipairs{ "answers among samples, %", "entropy, nats", "ELBO, nats" } do
    header[#header + 1] = name
    rule[#rule + 1] = "---"
  end
  lines[#lines + 1] = row(header)
  lines[#lines + 1] = row(rule)
  for _, mode in ipairs(e.modes) do
    local cells = { mode.name }
    for i in ipairs(e.coverage_radii) do cells[#cells + 1] = figure(mode.coverage[i], 100) end
    cells[#cells + 1] = figure(mode.answers, 100)
    cells[#cells + 1] = mode.entropy and figure(mode.entropy) or ""
    cells[#cells + 1] = mode.elbo and figure(mode.elbo) or ""
    lines[#lines + 1] = row(cells)
  end
  for _, floor in ipairs{ { "exact reference", e.floors.coverage }, { "multi-start reference", e.floors.coverage_multistart } } do
    local cells = { floor[1] }
    for i in ipairs(e.coverage_radii) do cells[#cells + 1] = figure(floor[2][i], 100) end
    for _ = 1, 3 do cells[#cells + 1] = "" end
    lines[#lines + 1] = row(cells)
  end
end

local function times(e, lines)
  local header, rule = { "" }, { "---" }
  for _, count in ipairs(e.timed_counts) do
    header[#header + 1] = string.format("%d solution%s, µs", count, count == 1 and "" or "s")
    rule[#rule + 1] = "---"
  end
  header[#header + 1] = "each of the most, µs"
  rule[#rule + 1] = "---"
  lines[#lines + 1] = row(header)
  lines[#lines + 1] = row(rule)
  for _, mode in ipairs(e.modes) do lines[#lines + 1] = row{ mode.name, table.unpack(time(mode, e.timed_counts)) } end
end

local function section(e, lines)
  local function add(text) lines[#lines + 1] = text end
  add("## " .. e.name)
  add("")
  add(string.format(
    "%d joints, solution sets of dimension %d; K = %d, %d parameters, trained %.0f min (%d steps). Components in use: %s a pose, %.1f over all. " ..
    "%d poses × %d samples; references at %d poses, %d draws against %d for the MMD, coverage of %d exact draws by %d answers. " ..
    "Seed %d, %s, evaluated on %s in %.0f s.",
    e.dof, e.redundancy, e.components.count, e.parameters, e.training.seconds / 60, e.training.steps, figure(e.components.in_use),
    e.components.in_use_overall or 0, e.poses, e.samples, e.references, e.mmd_draws, e.mmd_draws, e.coverage_draws, e.coverage_draws, e.seed,
    e.machine, e.date, e.elapsed))
  add("")
  accuracy(e, lines)
  add("")
  diversity(e, lines)
  add("")
  for _, solving in ipairs(e.solving) do
    add(string.format("- solved to %g m and %g rad: %d of %d poses, median %s µs, 95 %% in %s µs, one solution on one thread",
      solving.position_tolerance, solving.rotation_tolerance, solving.solved, solving.poses, microseconds(solving.median), microseconds(solving.p95)))
  end
  add("")
  if #e.timed_counts > 0 then
    times(e, lines)
    add("")
  end
end

local introduction = [[
# Results

Made by `scripts/avips scripts/maintain/evaluate-models.lua`. Test poses are forward kinematics of joints drawn uniformly within the limits, from streams that no
training uses. "raw" is the network alone; updates are evidence updates (Gauss–Newton steps of the components); steps are Levenberg–Marquardt steps of the samples, accelerated ones with the task's curvature taken in;
nothing of these is clipped, dropped or drawn anew. "inside" are raw samples, those outside the limits rejected and drawn again, none moved. "8 resampled" are raw samples chosen from eight
times as many by their pose errors and limits; "exact" are finished answers within the limits; "4 candidates" are exact answers that follow the
distribution of uniform joints given the pose, four weighted candidates for each. The MMD is IKFlow's, against draws from the exact
conditional distribution of uniform joints and against multi-start least squares; the floors are references against themselves. An answer is a
sample within 1 mm, 0.1° and the limits. The ELBO's target has standard deviations of 3 mm and 0.5° and soft limits of 0.05 rad. Times are medians over 50 poses on one thread,
network included. ± is a standard error between poses. A model called "factored" draws the joints
part after part, each by a network of its own that is given the ones before; further networks have learned from which joints of one part the later
ones miss the pose, and those are drawn anew. It has no density in closed form, and its components are those of the first part.
]]

-- A model is known by its file's time, so that one that was trained anew is evaluated anew.
local names, models = {}, {}
for _, word in ipairs(arg) do
  if word:find "^%-%-" or word == "run" or word == "status" or word == "table" or word == "report" or word == "retry" or word == "forget" then break end
  names[#names + 1] = word
end
for _, name in ipairs(#names > 0 and names or avips.models()) do
  local path = name:find "%.safetensors$" and name or root .. "/share/models/" .. name .. ".safetensors"
  models[name:match "([^/]+)%.safetensors$" or name] = { path = path, trained = avips.files.status(path).modified }
end

avips.experiment{
  name = "evaluate-models", directory = root .. "/.build/evaluate-models", grid = { model = models }, options = settings,
  run = function(c, run)
    local evaluation = avips.model(c.model.path):evaluate{
      poses = c.poses, samples = c.samples, references = c.references, timed = c.timed, seed = c.evaluation_seed }
    local figures = evaluation:table()
    -- Four hundred numbers each that no table shows; evaluation.modes has them for figures.
    for _, mode in ipairs(figures.modes) do mode.position.quantiles, mode.rotation.quantiles = nil, nil end
    figures.name, figures.date = c.model.path:match "([^/]+)%.safetensors$", os.date "%Y-%m-%d"
    run:save("figures", figures)
    return evaluation
  end,
  report = function(study)
    avips.files.make(folder)
    for _, row in ipairs(study:rows{ only = "done" }) do
      avips.json.write(folder .. "/" .. row.model .. ".json", avips.json.read(study.directory .. "/runs/" .. row.id .. "/figures.json"), { indent = 1 })
    end
    local lines = { introduction }
    for _, file in ipairs(avips.files.list(folder)) do
      if file:match "%.json$" then section(avips.json.read(folder .. "/" .. file), lines) end
    end
    write(root .. "/share/doc/results.md", table.concat(lines, "\n"))
    print("written to " .. root .. "/share/doc/results.md")
  end,
}
