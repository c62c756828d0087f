-- 4. A robot of your own: from a URDF to answers and to a model.
--
--     scripts/avips examples/4-your-own-robot.lua [robot.urdf base tip]

-- Without a file, a small arm on a rail: one sliding joint, three turning ones, as the text of a URDF.
local robot = arg[1]
if not robot then
  local links, joints = {}, {}
  for i = 0, 4 do links[#links + 1] = ('<link name="link_%d"/>'):format(i) end
  local kinds = {
    { "prismatic", "1 0 0", "0 0 0.2", -0.5, 0.5 }, { "revolute", "0 0 1", "0 0 0.1", -2.9, 2.9 },
    { "revolute", "0 1 0", "0 0 0.3", -1.8, 1.8 }, { "revolute", "0 1 0", "0 0 0.4", -2.4, 2.4 },
  }
  for i, kind in ipairs(kinds) do
    joints[#joints + 1] = ([[<joint name="joint_%d" type="%s"><parent link="link_%d"/><child link="link_%d"/><axis xyz="%s"/>
      <origin xyz="%s" rpy="0 0 0"/><limit lower="%g" upper="%g" velocity="1" effort="1"/></joint>]]):format(
      i, kind[1], i - 1, i, kind[2], kind[3], kind[4], kind[5])
  end
  links[#links + 1] = '<link name="tool"/>'
  joints[#joints + 1] = [[<joint name="tool_joint" type="fixed"><parent link="link_4"/><child link="tool"/><origin xyz="0 0 0.25"/></joint>]]
  robot = '<robot name="rail_arm">' .. table.concat(links) .. table.concat(joints) .. "</robot>"
end

local arm = avips.robot(robot, { base = arg[2] or "link_0", tip = arg[3] or "tool" })
print(arm)

-- A pose that the arm reaches, since it was made by the arm. Four joints meet six demands, so answers are few.
local target = arm:fk(arm:random(nil, { seed = 3 }))
local answers = arm:ik(target, { count = 8, min_distance = 0.05, seed = 1 })
print(answers)
assert(#answers > 0)

-- Ask for the place alone, and there are many.
local free = arm:ik(target, { count = 8, rotation_tolerance = math.huge, min_distance = 0.3, seed = 1 })
print(free)
print("written to " .. avips.plot.poses(arm, free):save "rail-arm.svg")

-- A model for places: context = "position".
local model = avips.model{ robot = arm, components = 8, hidden = {64, 64}, context = "position", seed = 1 }
model:train{ steps = 200, seed = 1 }
print(model)
