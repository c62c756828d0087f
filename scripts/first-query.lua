-- Asks the trained model that comes with avips for all the ways in which a Panda reaches one pose.
--
--     scripts/avips scripts/first-query.lua [file.svg]

local panda = avips.robot "panda"
local model = avips.model "panda"
print(model)

-- The hand points straight down, in front of the robot.
local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }

-- Exact answers within the joint limits, distinct, the most comfortable ones first, grouped by the mixture's components.
local answers = model:solve(target, { count = 100, seed = 1 })
print(answers)

-- One figure for the terminal and for paper.
local plot = avips.plot.poses(panda, answers)
print(plot)
print("written to " .. plot:save(arg and arg[1] or "answers.svg"))
