-- Trains the model in share/models/panda.safetensors: forward KL on configurations drawn within the limits and their poses.
--
--     scripts/avips scripts/train-panda.lua [output.safetensors]
--
-- Interrupted with Ctrl-C, or by the machine, it goes on from its checkpoint when it is started again; the result is the
-- same. It takes about 20 minutes on two quiet cores.

local output = arg and arg[1] or "share/models/panda.safetensors"
local checkpoint = output:gsub("%.safetensors$", "") .. ".checkpoint.safetensors"

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local model
if exists(checkpoint) then
  model = avips.model(checkpoint)
  print("going on from " .. checkpoint)
  print(model:train{ checkpoint = checkpoint })
else
  model = avips.model{ robot = "panda", components = 32, hidden = {256, 256, 256, 256}, seed = 1 }
  print(model:train{ steps = 40000, batch = 1024, learning_rate = 5e-3, seed = 1, checkpoint = checkpoint })
end

model:save(output)
os.remove(checkpoint)
print(model)
print("written to " .. output)
