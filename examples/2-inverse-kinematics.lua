-- 2. Inverse kinematics without any model.
--
--     scripts/avips examples/2-inverse-kinematics.lua

local panda = avips.robot "panda"
local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }

-- One solution: exact to 1e-4 m and 1e-3 rad unless told otherwise, within the joint limits.
local one = panda:ik(target, { seed = 1 })
print(one)
assert(one.success)

-- Many, at least 0.3 rad apart, best first: those far from joint limits come first.
local many = panda:ik(target, { count = 20, min_distance = 0.3, seed = 1 })
print(many)

-- The nearest one to where the arm is now.
local now = { 0, -0.3, 0, -2.2, 0, 2, 0.79 }
local function distance(a, b)
  local sum = 0
  for i = 1, #a do sum = sum + (a[i] - b[i])^2 end
  return math.sqrt(sum)
end
local nearest = many[1]
for i = 1, #many do
  if distance(many[i].q, now) < distance(nearest.q, now) then nearest = many[i] end
end
print(("the nearest one is %.2f rad away"):format(distance(nearest.q, now)))
print(nearest)

-- What cannot be reached is told, with the closest approach.
local far = panda:ik(avips.pose{ xyz = {2, 0, 0.5} }, { seed = 1, restarts = 256 })
assert(not far.success and far.closest)
print(far)

-- Tighter tolerances cost next to nothing.
local exact = panda:ik(target, { position_tolerance = 1e-9, rotation_tolerance = 1e-9, seed = 1 })
print(("with 1e-9: %.1e m and %.1e rad in %.0f us"):format(exact[1].position_error, exact[1].rotation_error, exact.seconds * 1e6))
