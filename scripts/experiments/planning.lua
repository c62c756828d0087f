-- Plans on MotionBenchMaker's problems: how many are solved, how long it takes, how long the paths are. scripts/peers/vamp says how the same is measured
-- with VAMP, and how the file of problems is made.
--
--     scripts/avips scripts/experiments/planning.lua panda.txt panda_spherized.urdf panda.srdf [every [seconds [kinds]]]
--
-- With every = 10, a tenth of the problems. A plan may take 10 seconds on the clock, or as many as are given: more where the machine is shared. With
-- kinds = 1, only first plans; with 2, best plans to the pose too.

local path, urdf, srdf, every = arg[1], arg[2], arg[3], tonumber(arg[4] or "1")
local seconds, kinds = tonumber(arg[5] or "10"), math.tointeger(arg[6] or "3")
if not srdf then error("needs the files of problems, of the robot (URDF) and of its pairs (SRDF)") end
local robot = avips.robot(urdf, { srdf = srdf })

-- Reads the problems: their starts and goals, and the obstacles as avips.world takes them.
local problems = {}
for line in io.lines(path) do
  local kind, rest = line:match("^(%S+) (.*)$")
  local n = {}
  for number in rest:gmatch("%S+") do n[#n + 1] = tonumber(number) end
  local problem = problems[#problems]
  if kind == "problem" then problems[#problems + 1] = { name = rest, obstacles = {} }
  elseif kind == "start" or kind == "goal" then problem[kind] = n
  elseif kind ~= "joints" then
    local at = avips.pose{ xyz = {n[4], n[5], n[6]}, quat = {n[10], n[7], n[8], n[9]} }
    local shape = kind == "box" and { box = {n[1], n[2], n[3]}, at = at } or { cylinder = { radius = n[2], length = n[1] }, at = at }
    table.insert(problem.obstacles, shape)
  end
end

local function median(values)
  table.sort(values)
  return values[(#values + 1) // 2] or 0
end
local function mean(values)
  local sum = 0
  for _, value in ipairs(values) do sum = sum + value end
  return sum / math.max(#values, 1)
end
local function timed(f)
  local begin = os.clock()
  local result = f()
  return result, (os.clock() - begin) * 1e6
end

-- Configurations of the Fetch at a limit of 3.14159 are written as π: what is at most 1e-5 beyond a limit is moved there. Where more is, or an end touches
-- something, there is nothing to solve.
local moved = 0
local function is_usable(problem)
  for i, joint in ipairs(robot.joints) do
    for _, q in ipairs{ problem.start, problem.goal } do
      if joint.type ~= "continuous" then
        local limited = math.min(math.max(q[i], joint.lower), joint.upper)
        if math.abs(q[i] - limited) > 1e-5 then return false end
        if q[i] ~= limited then q[i], moved = limited, moved + 1 end
      end
    end
  end
  return not robot:collides(problem.start, problem.world) and not robot:collides(problem.goal, problem.world)
end

local ways = {
  { name = "first plan to the given configuration", options = { effort = 1 } },
  { name = "best plan to the given pose", pose = true, options = { effort = 3 } },
  { name = "several plans to the given pose", pose = true, options = { count = 3 } },
}
local check, first, many, valid, usable = {}, {}, {}, 0, 0
for index, problem in ipairs(problems) do
  problem.world = avips.world(problem.obstacles)
  problem.valid = is_usable(problem)
  if problem.valid then usable = usable + 1 end
  if problem.valid and index % every == 0 then
    valid = valid + 1
    local pose = robot:fk(problem.goal)
    local rows = robot:random(1600, { seed = 1 })
    local _, time = timed(function() return robot:collides(rows, problem.world) end)
    table.insert(check, time / 100)
    local options = { world = problem.world, seed = index }
    robot:ik(pose, options)
    local one, once = timed(function() return robot:ik(pose, options) end)
    options.count = 64
    local all, time = timed(function() return robot:ik(pose, options) end)
    table.insert(first, #one > 0 and once or 1e9)
    table.insert(many, #all == 64 and time or 1e9)
  end
end
print(("%d of %d problems are usable; %d angles moved to limits that they are up to 1e-5 beyond"):format(usable, #problems, moved))
print(("%d problems; 16 random configurations, which of them collide: %.2f us; first free answer %.1f us, 64 distinct free answers %.0f us (medians, Lua included)")
  :format(valid, median(check), median(first), median(many)))

for _, way in ipairs{ table.unpack(ways, 1, kinds) } do
  local times, lengths, clearances, classes = {}, {}, {}, 0
  for index, problem in ipairs(problems) do
    if problem.valid and index % every == 0 then
      way.options.world, way.options.seed, way.options.seconds = problem.world, index, seconds
      local goal = way.pose and robot:fk(problem.goal) or problem.goal
      local plans, time = timed(function() return robot:plan(problem.start, goal, way.options) end)
      if #plans > 0 then
        table.insert(times, time)
        table.insert(lengths, plans[1].length)
        table.insert(clearances, plans[1].clearance)
        if #plans >= 3 then classes = classes + 1 end
      else
        print(problem.name, plans.reason)
      end
    end
  end
  print(("%s: %d of %d solved; %.0f us (median), %.0f us (mean); length %.2f rad (mean), %.2f (median); clearance %.1f mm (median)%s"):format(
    way.name, #times, valid, median(times), mean(times), mean(lengths), median(lengths), 1000 * median(clearances),
    way.options.count and ("; three classes on " .. classes) or ""))
end
