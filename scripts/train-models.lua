-- Trains the models in share/models: maximum likelihood on configurations drawn within the limits and their poses.
--
--     scripts/avips scripts/train-models.lua [directory [name ...]]
--
-- Every model is written when it is done; one that stands there already is left alone. Interrupted with Ctrl-C, or by the
-- machine, the script goes on from the checkpoint of the model it was at when it is started again; the result is the same.

local directory = arg and arg[1] or "share/models"
local wide, narrow = {256, 256, 256, 256}, {320, 320, 320, 320}

-- Arms whose poses leave no freedom have about one solution a pose: few components, thin ones, and all effort for the means.
local recipes = {
  { robot = "panda",                 components = 32, hidden = wide,   steps = 20000 },
  { robot = "atlas2013_arm",         components = 4,  hidden = narrow, steps = 24000, least_deviation = 2e-4 },
  { robot = "valkyrie_lower_arm",    components = 2,  hidden = {192, 192, 192, 192}, steps = 16000, least_deviation = 5e-5 },
  { robot = "valkyrie_arm",          components = 24, hidden = wide,   steps = 12000, least_deviation = 5e-4 },
  { robot = "atlas2013_arm_waist",   components = 32, hidden = wide,   steps = 12000 },
  { robot = "valkyrie_arm_waist",    components = 32, hidden = wide,   steps = 12000 },
  { robot = "talos_right_arm_torso", components = 32, hidden = wide,   steps = 12000 },
  { robot = "panda_ikflow2022",      components = 32, hidden = wide,   steps = 12000 },
}

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local function train(recipe)
  local output = directory .. "/" .. recipe.robot .. ".safetensors"
  local checkpoint = directory .. "/" .. recipe.robot .. ".checkpoint.safetensors"
  if exists(output) and not exists(checkpoint) then
    print(output .. " is there")
    return
  end
  local model
  if exists(checkpoint) then
    print("going on from " .. checkpoint)
    model = avips.model(checkpoint)
    print(model:train{ checkpoint = checkpoint })
  else
    model = avips.model{
      robot = recipe.robot, components = recipe.components, hidden = recipe.hidden, least_deviation = recipe.least_deviation, seed = 1 }
    print(model:train{ steps = recipe.steps, batch = 1024, learning_rate = 5e-3, seed = 1, checkpoint = checkpoint })
  end
  model:save(output)
  os.remove(checkpoint)
  print(model)
end

local chosen = {}
for index = 2, arg and #arg or 0 do chosen[arg[index]] = true end
for _, recipe in ipairs(recipes) do
  if next(chosen) == nil or chosen[recipe.robot] then train(recipe) end
end
