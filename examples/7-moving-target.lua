-- 7. A moving target: follow a circle with the hand, from one answer to the nearest next.
--
--     scripts/avips examples/7-moving-target.lua [file.svg]

local model = avips.model "panda"
local panda = model.robot
local stations = 60

local function target(k)
  local angle = 2 * math.pi * k / stations
  return avips.pose{ xyz = { 0.45 + 0.1 * math.cos(angle), 0.1 * math.sin(angle), 0.4 }, rpy = { 180, 0, 0 }, degrees = true }
end
local function distance(a, b)
  local most = 0
  for i = 1, #a do most = math.max(most, math.abs(a[i] - b[i])) end
  return most
end

-- Every station is asked for its answers anew; of the hundred we take the one that moves least. The model's answers are
-- independent, and yet the path is continuous wherever the families are.
local path, largest = {}, 0
for k = 0, stations do
  local answers = model:solve(target(k), { count = 100, seed = k + 1 })
  assert(answers.found > 0, answers.reason)
  local best = answers[1].q
  for i = 1, #answers do
    local q = answers[i].q
    if path[k] and distance(q, path[k]) < distance(best, path[k]) then best = q end
  end
  if path[k] then largest = math.max(largest, distance(best, path[k])) end
  path[k + 1] = best
end
print(("%d stations, largest move of a joint between two of them %.1f degrees"):format(stations, math.deg(largest)))
print(("after the round the arm is %.1f degrees from where it began"):format(math.deg(distance(path[#path], path[1]))))

local shown = {}
for k = 1, #path, 6 do shown[#shown + 1] = path[k] end
print("written to " .. avips.plot.poses(panda, shown, { title = "Following a circle" }):save(arg[1] or "circle.svg"))
