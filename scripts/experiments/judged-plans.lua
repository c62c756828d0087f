-- Plans and distances for another library to judge (scripts/peers/coal): a line of JSON a problem.
--
--     scripts/avips scripts/experiments/judged-plans.lua panda.txt panda_spherized.urdf panda.srdf plans.json [every [seconds]]
--
-- With every = 10, a tenth of the problems. A plan may take 10 seconds on the clock, or as many as are given. The line has the pairs of links that the
-- robot's model checks, too. Angles that are up to 1e-5 beyond a limit are moved there, as in planning.lua.

local path, urdf, srdf, output, every, seconds = arg[1], arg[2], arg[3], arg[4], tonumber(arg[5] or "10"), tonumber(arg[6] or "10")
if not output then error("needs the files of problems, of the robot (URDF), of its pairs (SRDF), and where to write") end
local robot = avips.robot(urdf, { srdf = srdf })
local names = {}
for i, joint in ipairs(robot.joints) do names[i] = joint.name end
local _, pairs_of_links = robot:shapes()

local function limited(q)
  for i, joint in ipairs(robot.joints) do
    if joint.type ~= "continuous" then
      local value = math.min(math.max(q[i], joint.lower), joint.upper)
      if math.abs(q[i] - value) > 1e-5 then return false end
      q[i] = value
    end
  end
  return true
end

local problems = {}
for line in io.lines(path) do
  local kind, rest = line:match("^(%S+) (.*)$")
  local n, problem = {}, problems[#problems]
  for number in rest:gmatch("%S+") do n[#n + 1] = tonumber(number) end
  if kind == "problem" then problems[#problems + 1] = { name = rest, obstacles = {}, given = {} }
  elseif kind == "start" or kind == "goal" then problem[kind] = n
  elseif kind ~= "joints" then
    local at = avips.pose{ xyz = {n[4], n[5], n[6]}, quat = {n[10], n[7], n[8], n[9]} }
    table.insert(problem.obstacles, kind == "box" and { box = {n[1], n[2], n[3]}, at = at } or { cylinder = { radius = n[2], length = n[1] }, at = at })
    table.insert(problem.given, {
      kind = kind, size = kind == "box" and {n[1], n[2], n[3]} or {n[2], n[1]}, position = {n[4], n[5], n[6]}, quaternion = {n[10], n[7], n[8], n[9]},
    })
  end
end

local file = io.open(output, "w")
for index, problem in ipairs(problems) do
  local world = avips.world(problem.obstacles)
  if index % every == 0 and limited(problem.start) and limited(problem.goal) and not robot:collides(problem.goal, world) and not robot:collides(problem.start, world) then
    local plan = robot:plan(problem.start, problem.goal, { world = world, seed = index, effort = 1, seconds = seconds })[1]
    local rows, distances, points = robot:random(20, { seed = index }), {}, {}
    for i = 1, rows.rows do distances[i] = robot:distance(rows[i], world, { self_collision = false }) end
    for i = 1, plan and #plan or 0 do points[i] = plan[i] end
    local random = {}
    for i = 1, rows.rows do
      random[i] = {}
      for j = 1, #names do random[i][j] = rows[i][j] end
    end
    file:write(avips.json.encode{ name = problem.name, joints = names, obstacles = problem.given, pairs = pairs_of_links, path = points, rows = random, distances = distances }, "\n")
  end
end
file:close()
