-- Plans in the scenes of the tests and of example 12, for another library to judge (scripts/peers/coal): a line of JSON a plan.
--
--     scripts/avips scripts/experiments/judged-scenes.lua scenes.json [seeds]
--
-- The robot is robots/panda.urdf.

local output, seeds = arg[1], tonumber(arg[2] or "6")
if not output then error("needs the file to write to") end
local panda = avips.robot "panda"
local names = {}
for i, joint in ipairs(panda.joints) do names[i] = joint.name end
local _, checked = panda:shapes()

-- A scene's obstacles, where plans begin, and where they lead: a configuration or a pose.
local wall = {
  { box = {0.5, 0.05, 0.5}, at = {0.5, 0, 0.25}, name = "wall" }, { sphere = 0.1, at = {0.35, 0, 1.0}, name = "lamp" },
}
local wide, side = {-0.8, 0.6, 0, -1.9, 0, 2.5, 0.8}, {0.8, 0.6, 0, -1.9, 0, 2.5, 0.8}
local shelf = {
  { box = {0.5, 0.8, 0.03}, at = {0.55, 0, 0.72}, name = "shelf" }, { capsule = { radius = 0.05, length = 0.8 }, at = {0.25, 0.25, 0.4} },
  { sphere = 0.02, at = {0.5, 0.3, 0.3} }, { sphere = 0.02, at = {0.5, 0.35, 0.3} },
}
local post = {
  { box = {0.1, 0.1, 0.5}, at = { xyz = {0.5, 0.05, 0.25}, rpy = {0, 0, 0.05} }, name = "post" },
  { capsule = { radius = 0.03, length = 1 }, at = {0.3, 0.6, 0} }, { sphere = 0.05, at = {0.9, 0, 0.9} },
}
local scenes = {
  { "the planner's tests", wall, wide, side },
  { "worlds of scripts", shelf, {-0.8, 0.2, 0, -2, 0, 2.2, 0.8}, avips.pose{ xyz = {0.5, 0.05, 0.42}, rpy = {math.pi, 0, 0.3} } },
  { "families of paths", post, wide, side },
  { "example 12", { wall[1], wall[2], { box = {0.5, 0.9, 0.02}, at = {0.5, 0, -0.02}, name = "table" } }, wide, panda:fk(side) },
}

local file = io.open(output, "w")
for _, scene in ipairs(scenes) do
  local name, obstacles, start, goal = table.unpack(scene)
  local world, given = avips.world(obstacles), {}
  for i = 1, #world do
    local pose, kind = world[i].pose, world[i].kind
    local size = kind == "box" and world[i].size or kind == "sphere" and { world[i].radius } or { world[i].radius, world[i].length }
    local p, q = pose.position, pose.quaternion
    given[i] = { kind = kind, size = { table.unpack(size) }, position = { p[1], p[2], p[3] }, quaternion = { q[1], q[2], q[3], q[4] } }
  end
  for seed = 1, seeds do
    for k, plan in ipairs(panda:plan(start, goal, { world = world, count = 3, goals = 16, seed = seed })) do
      local rows, distances, path, random = panda:random(20, { seed = seed }), {}, {}, {}
      for i = 1, rows.rows do
        distances[i], random[i] = panda:distance(rows[i], world, { self_collision = false }), {}
        for j = 1, #names do random[i][j] = rows[i][j] end
      end
      for i = 1, #plan do path[i] = plan[i] end
      file:write(avips.json.encode{
        name = ("%s, seed %d, plan %d"):format(name, seed, k), joints = names, obstacles = given, pairs = checked, path = path, rows = random, distances = distances,
      }, "\n")
    end
  end
end
file:close()
