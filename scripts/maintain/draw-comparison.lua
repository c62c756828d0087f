-- Draws the tables of the comparison of kinds that lie in share/doc/results: what every kind has after a time, one panel a robot, and what the kinds
-- of a robot have on the way.
--
--     scripts/avips scripts/maintain/draw-comparison.lua [minutes=5] [table=comparison-pose-5-minutes] [robot=panda]
--
-- The robot is the one whose curves are drawn.

local given = { minutes = 5, table = "comparison-pose-5-minutes", robot = "panda" }
for _, word in ipairs(arg) do
  local name, value = word:match "^(%l+)=(.+)$"
  assert(given[name], "no option " .. word)
  given[name] = tonumber(value) or value
end
local results = "share/doc/results/"
local kinds = { "recommended", "likelihood", "aVIPS", "reverse", "gaussian", "affine-flow", "spline-flow", "gan" }

local function read(name)
  return avips.csv.read(results .. name .. ".csv")
end

-- One panel a robot: a quantity of every kind, the mean of its seeds with its interval.
local function compared(rows, column, label)
  local robots, methods = {}, {}
  for _, kind in ipairs(kinds) do
    local values = { name = kind }
    for _, row in ipairs(rows) do
      if row.kind == kind and type(row[column]) == "number" then
        if not robots[row.robot] then
          robots[row.robot] = true
          robots[#robots + 1] = row.robot
        end
        values[row.robot] = values[row.robot] or {}
        table.insert(values[row.robot], row[column])
      end
    end
    if next(values, next(values)) then methods[#methods + 1] = values end
  end
  return avips.plot.compare(methods, { metrics = robots, title = label })
end

local rows, time = read(given.table), (" after %g minutes of processor time"):format(given.minutes)
for column, figure in pairs{ mm = { "error, mm", "Mean error of raw samples", "" }, mmd = { "MMD", "Discrepancy from the exact solutions", "-mmd" } } do
  avips.plot.panels({ compared(rows, column, figure[1]) }, { columns = 4, title = figure[2] .. time }):save(results .. given.table .. figure[3] .. ".svg")
end

-- On the way: a model in parts is whole at the end only, and has no curve.
local runs = {}
for _, row in ipairs(read(given.table .. "-curves")) do
  if row.robot == given.robot then
    local run = runs[row.kind] or { minutes = {}, mm = {}, mmd = {}, covered = {} }
    for column, values in pairs(run) do values[#values + 1] = row[column] end
    runs[row.kind] = run
  end
end
avips.plot.curves(runs, { x = "minutes", columns = { "mm", "mmd", "covered" }, log_y = true, title = given.robot .. ", on the way" })
  :save(results .. given.table .. "-curves.svg")
