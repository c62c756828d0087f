-- 1. Robots, configurations and poses.
--
--     scripts/avips examples/1-kinematics.lua [robot]

local robot = avips.robot(arg[1] or "panda")
print(robot)

-- A configuration is a list of joint values, in rad or m. random() draws one within the limits.
local q = robot:random(nil, { seed = 1 })
local pose = robot:fk(q)
print("\nthe tip at a random configuration:")
print(pose)

-- The Jacobian tells how the tip moves when the joints do: rows vx, vy, vz, wx, wy, wz.
local J = robot:jacobian(q)
print("\nits Jacobian there:")
print(J)

-- Check the first column against a small motion of the first joint.
local h = 1e-6
local moved = { table.unpack(q) }
moved[1] = moved[1] + h
local there = robot:fk(moved).position
local worst = 0
for i = 1, 3 do worst = math.max(worst, math.abs((there[i] - pose.position[i]) / h - J[i][1])) end
print(("\ndifference of its first column from a finite difference: %.1e"):format(worst))
assert(worst < 1e-4)

-- Poses compose with *, and have inverses.
local identity = pose * pose:inverse()
print("\na pose times its inverse:")
print(identity)

-- Many configurations at once are rows of a matrix.
local many = robot:random(1000, { seed = 2 })
local far, at = 0, nil
for i, p in ipairs(robot:fk(many)) do
  local x, y, z = table.unpack(p.position)
  local distance = math.sqrt(x * x + y * y + z * z)
  if distance > far then far, at = distance, i end
end
print(("\nthe farthest of 1000 tips is number %d, %.3f m from the base"):format(at, far))
