-- Training a model in two minutes
--
-- A model maps a pose to a mixture of Gaussians over configurations. It learns from
-- configurations drawn within the joint limits and the poses that they reach: no data set, no
-- robot. Set the global `minutes` before for another budget.

minutes = minutes or 2
arm = avips.robot "planar_3link"
student = avips.model{ robot = arm, components = 16, hidden = {128, 128}, seed = 1 }
print(student)

-- How good is it before? Samples are anywhere.

target = arm:fk{ 0.4, 0.6, -0.5 }
function median_error(model)
  local errors = {}
  local samples = model:sample(target, 201, { seed = 1 })
  local p = target.position
  for i = 1, samples.rows do
    local at = arm:fk(samples[i]).position
    errors[i] = math.sqrt((at[1] - p[1])^2 + (at[2] - p[2])^2)
  end
  table.sort(errors)
  return 1000 * errors[101]
end
print(("median error of its samples: %.0f mm"):format(median_error(student)))
samples = student:sample(target, 30, { seed = 1 })
plot = avips.plot.poses(arm, samples, { target = target, title = "Before the training" })
print("written: " .. plot:save "two-minutes-before.svg")

-- Now it trains. Ctrl-C stops it at a whole step and loses nothing; student:train() would go
-- on.

log = student:train{ minutes = minutes, seed = 1 }
print(log)
plot = avips.plot.curves(log)
print("written: " .. plot:save "two-minutes-curves.svg")

-- And after?

print(("median error of its samples: %.0f mm"):format(median_error(student)))
samples = student:sample(target, 30, { seed = 1 })
plot = avips.plot.poses(arm, samples, { target = target, title = "After the training" })
print(plot)
print("written: " .. plot:save "two-minutes-after.svg")

-- Its samples are good starts: a few steps of least squares make them exact, distinct, and
-- within the limits. A question: does a quarter of the time leave four times the error?

answers = student:solve(target, { count = 10, min_distance = 0.1, seed = 1 })
print(answers)
print("written: " .. avips.plot.poses(arm, answers):save "two-minutes-answers.svg")
