-- 8. A training driven from Lua: schedules, a look at the model while it learns, and an end of your own.
--
--     scripts/avips examples/8-training-loop.lua [steps]

local steps = tonumber(arg[1]) or 2000
local student = avips.model{ robot = "planar_3link", components = 16, hidden = {64, 64}, seed = 1 }
local arm = student.robot

-- A schedule is a value: it can be called, drawn, and given wherever a number stands.
local rate = avips.schedule.warmup(0.1, avips.schedule.exponential(5e-3, 5e-4))
local figure, seconds = rate:preview{ name = "learning rate", model = student, steps = steps, batch = 256 }
print(figure)
print(("the training will take about %.1f s"):format(seconds))

-- In the loop the model is as trained so far, and answers questions.
local target = arm:fk{ 0.4, 0.6, -0.5 }
local function typical_error()
  local errors = {}
  for i, pose in ipairs(arm:fk(student:sample(target, 51, { seed = 1 }))) do errors[i] = (pose:distance(target)) * 1000 end
  table.sort(errors)
  return errors[26]
end

local best, waited = math.huge, 0
for report in student:training{ steps = steps, batch = 256, learning_rate = rate, interval = math.max(1, steps // 10), seed = 1 } do
  local loss = report.loss
  print(("step %5d  loss %7.3f  learning rate %.1e  typical error %6.1f mm"):format(
    report.step, loss, report.learning_rate, typical_error()))
  -- Enough is enough: three reports in a row without a better loss end it, and what was learned is kept.
  if loss < best - 1e-3 then best, waited = loss, 0 else waited = waited + 1 end
  if waited == 3 then break end
end
print(student)
