-- 3. A trained model: all families of answers to one pose, and what the model thinks.
--
--     scripts/avips examples/3-all-answers.lua [file.svg]

local model = avips.model "panda"
local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }

-- The mixture over configurations: weights, means, covariances.
local mixture = model:predict(target)
print(mixture)
print(("%.1f of %d components are in use, entropy %.2f nats"):format(mixture.components_in_use, #mixture, (mixture:entropy{ seed = 1 })))

-- Raw samples are near answers. Evidence updates, Gauss-Newton steps of each component, bring them nearer.
local function median_error(samples)
  local errors = {}
  for i = 1, samples.rows do
    local p = model.robot:fk(samples[i]).position
    errors[i] = math.sqrt((p[1] - 0.45)^2 + (p[2] - 0.1)^2 + (p[3] - 0.4)^2) * 1000
  end
  table.sort(errors)
  return errors[#errors // 2 + 1]
end
for refine = 0, 3 do
  print(("refine = %d: median error of 1000 samples %6.2f mm"):format(refine, median_error(model:sample(target, 1000, { refine = refine, seed = 1 }))))
end

-- Solve finishes samples exactly. The component tells the family.
local answers = model:solve(target, { count = 100, seed = 1 })
print(answers)
local families = {}
for i = 1, #answers do
  local component = answers[i].component
  families[component] = (families[component] or 0) + 1
end
local count = 0
for _ in pairs(families) do count = count + 1 end
print(count .. " components have answers")
print("written to " .. avips.plot.poses(model.robot, answers):save(arg[1] or "all-answers.svg"))
