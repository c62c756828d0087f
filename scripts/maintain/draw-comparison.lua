-- Draws the tables of the comparison of kinds that lie in share/doc/results: what every kind has after a time, one row of panels for each robot, and
-- errors, discrepancy and bound on the way.
--
--     scripts/avips scripts/maintain/draw-comparison.lua [minutes=5] [table=comparison-pose-5-minutes] [curves=comparison-pose-5-minutes-curves]

local given = { minutes = 5, table = "comparison-pose-5-minutes", curves = "comparison-pose-5-minutes-curves" }
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

local rows, time = read(given.table), ("after %g minutes of processor time"):format(given.minutes)
avips.plot.panels({ compared(rows, "mm", "error, mm"), compared(rows, "mmd", "MMD") }, { columns = 4, title = "Kinds of models " .. time })
  :save(results .. given.table .. ".svg")
