-- 5. Training a model, saving it, and loading it again.
--
--     scripts/avips examples/5-train-a-model.lua [minutes [file.safetensors]]
--
-- Ctrl-C stops the training at a whole step; at the prompt model:train() goes on, from a script the checkpoint does.

local minutes = tonumber(arg[1]) or 2
local path = arg[2] or "planar.safetensors"

local student = avips.model{ robot = "planar_3link", components = 16, hidden = {128, 128}, seed = 1 }
local log = student:train{ minutes = minutes, seed = 1 }
print(log)
print(student)

student:save(path)
local again = avips.model(path)
assert(again.parameters == student.parameters)

-- Of 200 reachable poses, how many does it answer, and from how many starts?
local robot = again.robot
local configurations = robot:random(200, { seed = 2 })
local solved, starts = 0, 0
for i = 1, 200 do
  local answers = again:solve(robot:fk(configurations[i]), { seed = i })
  if answers.success then solved = solved + 1 end
  starts = starts + answers.starts
end
print(student:evaluate{ poses = 100, samples = 50, references = 10, timed = 10, seed = 3 })
print(("%d of 200 poses answered, %.1f starts each"):format(solved, starts / 200))
print("written to " .. path)
