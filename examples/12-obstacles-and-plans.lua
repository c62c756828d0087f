-- Configurations that touch nothing, and paths between them: a hand that reaches around a wall.

local panda = avips.robot "panda"
local world = avips.world{
  { box = {0.5, 0.05, 0.5}, at = {0.5, 0, 0.25}, name = "wall" },
  { box = {0.5, 0.9, 0.02}, at = {0.5, 0, -0.02}, name = "table" },
  { sphere = 0.1, at = {0.35, 0, 1.0}, name = "lamp" },
}
print(world)

-- From one side of the wall to a pose on the other side.
local start = {-0.8, 0.6, 0, -1.9, 0, 2.5, 0.8}
local target = panda:fk{0.8, 0.6, 0, -1.9, 0, 2.5, 0.8}

-- All ways to reach the pose that are free, the roomiest first.
local answers = panda:ik(target, { count = 8, world = world, seed = 1 })
print(answers)

-- How near the start is to something, and to what.
local distance, pair = panda:distance(start, world)
print(("at the start, %s is %.0f mm from %s"):format(pair.link, 1000 * distance, pair.name))

-- The shortest plan to any of the configurations that reach the pose, and ways round that do not deform into it.
local plans = panda:plan(start, target, { world = world, count = 3, seed = 1 })
print(plans)
local plan = plans[1]
print(("halfway, after %.2f s, the hand is at z = %.2f m"):format(plan.duration / 2, panda:fk(plan:at(plan.duration / 2)).position[3]))
