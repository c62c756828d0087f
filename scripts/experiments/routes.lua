-- How error and distribution change with the time spent on training, for mixtures of few and of many components, and for models in parts.
--
--     scripts/avips scripts/experiments/routes.lua [robot [minutes [folder]]]
--
-- Every mixture has the same budget of time: four fifths of it for the likelihood, the rest for variational inference. On the way, with the clock
-- of the training stopped, it is measured in three ways: raw samples of the plain mixture; after one evidence update, which aligns every
-- covariance with the Jacobian and moves the means; and bent onto the solution set (four weighted candidates). A model in parts draws as
-- many first joints as a pose leaves free, then the others given those; its parts are trained by likelihood side by side, together for four times
-- the budget, and where it is measured it learns its feasibility, whose time counts. It is measured raw, and as the better ones of eight raw
-- samples for each. Writes folder/routes-<robot>.csv, after every model, and two figures beside it; models that stand in the file already are
-- not trained again.

local name = arg and arg[1] or "panda"
local minutes = tonumber(arg and arg[2] or 4)
local folder = arg and arg[3] or "share/doc/results"
local widths = { 0.04, 0.01 }

-- How many joints each part has, from the tip where `reversed`; for other robots the free joints, then the rest.
local orders = {
  panda = { 1, 1, 3, reversed = true },
  atlas2013_arm_waist = { 3, 1 },
}

local rows, known = {}, {}
local columns = { "model", "mode", "minutes", "steps", "mm", "degrees", "inside", "mmd", "in_use" }
local path = folder .. "/routes-" .. name .. ".csv"
local former = io.open(path)
if former then
  former:read()
  for line in former:lines() do
    local row, index = {}, 0
    for field in line:gmatch "[^,]+" do
      index = index + 1
      row[columns[index]] = math.tointeger(field) or tonumber(field) or field
    end
    rows[#rows + 1], known[row.model] = row, true
  end
  former:close()
end

local function write()
  local file = assert(io.open(path .. ".new", "w"))
  file:write(table.concat(columns, ","), "\n")
  for _, row in ipairs(rows) do
    local fields = {}
    for i, column in ipairs(columns) do
      local value = row[column]
      fields[i] = math.type(value) == "float" and string.format("%.6g", value) or tostring(value)
    end
    file:write(table.concat(fields, ","), "\n")
  end
  file:close()
  os.rename(path .. ".new", path)
end

local function measure(title, model, modes, seconds, steps)
  local e = model:evaluate{ poses = 200, samples = 50, references = 60, timed = 0, modes = modes, seed = 9 }
  for _, mode in ipairs(e.modes) do
    rows[#rows + 1] = {
      model = title, mode = mode.name, minutes = seconds / 60, steps = steps, mm = mode.position.mean.value * 1e3,
      degrees = math.deg(mode.rotation.mean.value), inside = mode.inside.value, mmd = mode.mmd.value, in_use = e.components.in_use.value,
    }
    local row = rows[#rows]
    print(string.format("%-14s  %5.2f min  %6d steps  %-12s  %8.4f mm  %7.4f deg  %5.1f %% inside  MMD %.4f  %.1f in use",
      title, row.minutes, steps, mode.name, row.mm, row.degrees, row.inside * 100, row.mmd, row.in_use))
  end
end

-- The two phases of a training: likelihood, then the rest of the time variational inference.
local function phases(minutes)
  return {
    { minutes = 0.8 * minutes, learning_rate = 5e-3 },
    { minutes = 0.2 * minutes, learning_rate = 2e-3, warmup_steps = 100, floor = 0.0015, forward_share = 0.3, entropy_gradient = "path",
      mean_bound = 0.2, covariance_bound = 0.1, snapshot_interval = 50, position_deviation = avips.schedule.exponential(widths[1], widths[2]),
      rotation_deviation = avips.schedule.exponential(3 * widths[1], 3 * widths[2]) },
  }
end

local hidden = { 256, 256, 256, 256 }

local function mixture(components)
  local title = components .. " components"
  if known[title] then return end
  local model = avips.model{ robot = name, components = components, hidden = hidden, seed = 1 }
  local next = minutes / 6
  for report in model:training{ seed = 1, interval = 20, phases = phases(minutes) } do
    if report.seconds / 60 >= next - 1e-3 or report.progress >= 1 then
      measure(title, model, { "raw", "1 update", "4 candidates" }, report.seconds, report.step)
      next = next + minutes / 6
    end
  end
  write()
end

for _, components in ipairs{ 8, 32, 128 } do mixture(components) end

local robot = avips.robot(name)
local order = orders[name] or { robot.dof - 6 }
local title = "parts of " .. table.concat(order, " ")
if order[1] > 0 and not known[title] then
  minutes = 4 * minutes
  -- The parts, from the first joints to the rest.
  local parts, others = {}, order.reversed and robot:reversed() or robot
  for _, joints in ipairs(order) do
    parts[#parts + 1] = avips.model{ robot = others, joints = joints, components = #parts == 0 and 32 or 6, hidden = hidden, min_deviation = #parts == 0 and 2e-3 or 2e-4, seed = 1 }
    _, others = others:split(joints)
  end
  parts[#parts + 1] = avips.model{ robot = others, components = 3, hidden = hidden, min_deviation = 1e-4, seed = 1 }

  local function join()
    local model = parts[#parts]
    for index = #parts - 1, 1, -1 do
      model = avips.model{ robot = index == 1 and robot or nil, lead = parts[index], rest = model }
      model:learn_feasibility{ steps = 1000, pairs = 100000, tolerance = 0.02, seed = 1 }
    end
    return model
  end

  local trainings, spent = {}, {}
  for index, part in ipairs(parts) do
    spent[index] = 0
    trainings[index] = coroutine.wrap(function()
      for report in part:training{ seed = 1, interval = 20, minutes = 0.9 * minutes / #parts, learning_rate = 5e-3 } do
        spent[index] = report.seconds
        coroutine.yield(report)
      end
    end)
  end
  local next, report = minutes / 3, nil
  local steps, measured = 0, nil
  repeat
    report = nil
    for index in ipairs(parts) do
      local one = trainings[index] and trainings[index]()
      if one then report = one; steps = one.step else trainings[index] = nil end
    end
    local total = 0
    for _, seconds in ipairs(spent) do total = total + seconds end
    if total ~= measured and (total / 60 >= 0.9 * next - 1e-3 or not report) then
      measured = total
      local before = os.time()
      local model = join()
      measure(title, model, { "raw", "8 resampled" }, total + os.time() - before, steps)
      next = next + minutes / 3
    end
  until not report
  write()
end

-- Curves over the time of training, and of the error against the MMD.
local runs = {}
for _, row in ipairs(rows) do
  if row.mode ~= "4 candidates" then
    local title = row.model .. ", " .. row.mode
    runs[title] = runs[title] or { minutes = {}, mm = {}, mmd = {} }
    for column, values in pairs(runs[title]) do values[#values + 1] = row[column] end
  end
end
avips.plot.curves(runs, { columns = { "mm", "mmd" }, x = "minutes", log_y = true, title = name .. ": error (mm) and MMD while training" })
  :save(folder .. "/routes-" .. name .. ".svg")
avips.plot.curves(runs, { columns = { "mmd" }, x = "mm", log_x = true, log_y = true, title = name .. ": MMD against error (mm)" })
  :save(folder .. "/routes-" .. name .. "-mmd.svg")
