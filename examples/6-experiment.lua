-- 6. A batch of experiments: how many components does a planar arm need? Three seeds each, a CSV and a table at the end.
--
--     scripts/avips examples/6-experiment.lua [steps [file.csv]]

local steps = tonumber(arg[1]) or 1000
local path = arg[2] or "components.csv"

local function median(list)
  table.sort(list)
  return list[#list // 2 + 1]
end

-- The share of raw samples within 5 cm of the place that was asked for, over 50 poses.
local function hits(model)
  local robot, near = model.robot, 0
  local configurations = robot:random(50, { seed = 99 })
  for i = 1, 50 do
    local target = robot:fk(configurations[i])
    local p = target.position
    for _, pose in ipairs(robot:fk(model:sample(target, 20, { seed = i }))) do
      local at = pose.position
      if math.sqrt((at[1] - p[1])^2 + (at[2] - p[2])^2) < 0.05 then near = near + 1 end
    end
  end
  return near / 1000
end

local rows, summary = {}, {}
for _, components in ipairs{ 1, 4, 16 } do
  local losses, shares = {}, {}
  for seed = 1, 3 do
    local model = avips.model{ robot = "planar_3link", components = components, hidden = {64, 64}, seed = seed }
    local log = model:train{ steps = steps, seed = seed }
    local row = { components = components, seed = seed, loss = log.loss[#log], hits = hits(model) }
    rows[#rows + 1] = { components, seed, row.loss, row.hits }
    losses[seed], shares[seed] = row.loss, row.hits
  end
  summary[#summary + 1] = ("%10d  %10.3f  %10.3f"):format(components, median(losses), median(shares))
end

local file = assert(io.open(path, "w"))
file:write("components,seed,loss,share_within_5cm\n")
for _, row in ipairs(rows) do file:write(table.concat(row, ","), "\n") end
file:close()

print("components        loss  within 5 cm      (medians of three seeds)")
print(table.concat(summary, "\n"))
print("written to " .. path)
