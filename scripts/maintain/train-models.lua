-- Trains the models in share/models.
--
--     scripts/avips scripts/maintain/train-models.lua [directory [name ...]] [run | status | submit ...]
--
-- Two studies, training and training-on-others, in directories of these names: a run a model, the second's made of models of the first. A run ends with
-- the model in the directory.
--
-- A model is trained twice. First by maximum likelihood on configurations drawn within the limits and their poses, which covers
-- every mode. Then by variational inference: every component by itself is drawn to the pose, within trust regions, beside a
-- share of the likelihood that keeps the modes. Where likelihood alone is as near to the pose as the target's widths would be, the second
-- training is left out.
--
-- A model in parts is made of the first joints, the next ones, and so on to the rest, each a network of its own; and of their feasibility, which
-- tells from which joints of one part the later parts reach the pose.
--
-- A model that stands in the directory already is left alone. Interrupted with Ctrl-C, by the machine or by a scheduler, the script goes on from
-- the last checkpoint when it is started again.

local words = avips.experiment.arguments()
local directory = words[1] or "share/models"
local wide = {256, 256, 256, 256}

-- Parts of a model in parts: those joints that a pose leaves free, and joints whose few values each belong to one branch of the solutions.
local function free(joints, steps, tolerance)
  return { joints = joints, tolerance = tolerance, judge = { steps = 16000, hidden = wide, pairs = 3000000 }, components = 48, hidden = wide,
    min_deviation = 2e-3, forward = steps }
end
local function branches(joints, components, steps, tolerance)
  return { joints = joints, tolerance = tolerance, components = components, hidden = wide, min_deviation = 2e-4, forward = steps }
end

local panda_parts = {
  free(1, 12000, 0.01),
  branches(1, 6, 14000, 0.005),
  branches(3, 6, 20000, 0.005),
  { components = 3, hidden = {192, 192, 192, 192}, min_deviation = 1e-4, forward = 10000 },
}

-- Arms whose poses leave no freedom have about one solution a pose: few components, thin ones, and all effort for the means. `widths` are
-- the target's standard deviations of the position at the start and at the end of the second training, in m; those of the
-- orientation are three times as many radians. `share` is the weight of the likelihood in the second training, 0.5 where none is named.
-- The models with the optimizer "adam" were made before the other one was there, which reaches as much in about half the steps.
local recipes = {
  { robot = "panda", components = 48, hidden = wide, forward = 9000, sharpen = 2000, share = 0.3, widths = {0.04, 0.01} },
  { robot = "atlas2013_arm", components = 4, hidden = {320, 320, 320, 320}, min_deviation = 1e-4, forward = 48000 },
  { robot = "valkyrie_lower_arm", optimizer = "adam", components = 2, hidden = {192, 192, 192, 192}, min_deviation = 5e-5, forward = 8000, sharpen = 3000, share = 0.3, widths = {0.0004, 0.0001} },
  { robot = "valkyrie_arm", optimizer = "adam", components = 24, hidden = wide, min_deviation = 5e-4, forward = 7000, sharpen = 1500, share = 0.3, widths = {0.03, 0.006} },
  { robot = "atlas2013_arm_waist", optimizer = "adam", components = 32, hidden = wide, forward = 6500, sharpen = 1200, widths = {0.04, 0.01} },
  { robot = "valkyrie_arm_waist", optimizer = "adam", components = 32, hidden = wide, forward = 6500, sharpen = 1200, widths = {0.04, 0.01} },
  { robot = "talos_right_arm_torso", optimizer = "adam", components = 32, hidden = wide, forward = 6500, sharpen = 1200, widths = {0.04, 0.01} },
  { robot = "robonaut2_arm", components = 32, hidden = wide, forward = 7000, sharpen = 1500, share = 0.3, widths = {0.03, 0.006} },
  { robot = "robonaut2_arm_waist", components = 32, hidden = wide, forward = 7000, sharpen = 1500, share = 0.3, widths = {0.04, 0.01} },
  -- In parts, each of so many `joints`; the last has all that remain, or `rest` names a model of those, or ends in ":rest" for the rest of one. Where
  -- `reversed`, they follow one another from the tip. `tolerance` is that of the feasibility, in m, and `judge` how it is learned where not as
  -- the others; parts without a tolerance have none.
  { robot = "atlas2013_arm", name = "atlas2013_arm_factored", parts = {
      branches(1, 8, 14000, 0.01),
      { components = 3, hidden = wide, min_deviation = 1e-4, forward = 14000 } } },
  { robot = "atlas2013_arm_waist", name = "atlas2013_arm_waist_factored", rest = "atlas2013_arm_factored", parts = {
      free(3, 11000, 0.005) } },
  { robot = "valkyrie_arm", name = "valkyrie_arm_factored", parts = {
      free(1, 12000, 0.005),
      branches(1, 8, 14000, 0.005),
      { components = 3, hidden = wide, min_deviation = 1e-4, forward = 24000 } } },
  { robot = "valkyrie_arm_waist", name = "valkyrie_arm_waist_factored", rest = "valkyrie_arm_factored:rest", parts = {
      free(4, 16000, 0.005) } },
  { robot = "robonaut2_arm", name = "robonaut2_arm_factored", parts = {
      free(1, 12000, 0.005),
      branches(1, 8, 14000, 0.005),
      { components = 3, hidden = wide, min_deviation = 1e-4, forward = 20000 } } },
  { robot = "robonaut2_arm_waist", name = "robonaut2_arm_waist_factored", rest = "robonaut2_arm_factored:rest", parts = {
      free(2, 14000, 0.005) } },
  { robot = "panda", name = "panda_factored", reversed = true, parts = panda_parts },
  { robot = "panda_ikflow2022", components = 32, hidden = wide, forward = 5000, sharpen = 1000, share = 0.3, widths = {0.04, 0.01} },
  { robot = "panda_ikflow2022", name = "panda_ikflow2022_factored", reversed = true, parts = panda_parts },
}

-- Trains a model that `start` makes, unless the run has saved it under the name already: an interrupted run goes on from its checkpoint.
local function stage(run, name, start, options)
  local model = run:load(name)
  if model then return model end
  model = start()
  print(run:train(model, options))
  run:save(name, model)
  return model
end

-- An untrained model of a recipe.
local function new(recipe, robot)
  return avips.model{
    robot = robot, joints = recipe.joints, components = recipe.components, hidden = recipe.hidden, min_deviation = recipe.min_deviation, seed = 1 }
end

local function forward_options(recipe)
  return { steps = recipe.forward, learning_rate = 5e-3, optimizer = recipe.optimizer, seed = 1 }
end

-- The model of a robot's joints from one part of a recipe on.
local function join(run, recipe, robot, index)
  local part = recipe.parts[index]
  local function trained() return stage(run, "part-" .. index, function() return new(part, robot) end, forward_options(part)) end
  if not part.joints then return trained() end
  local joined = run:load("from-" .. index)
  if joined then return joined end
  local lead, rest = trained(), nil
  if recipe.parts[index + 1] then
    local _, others = robot:split(part.joints)
    rest = join(run, recipe, others, index + 1)
  else
    local name, isRest = recipe.rest:gsub(":rest$", "")
    rest = avips.model(directory .. "/" .. name .. ".safetensors")
    if isRest > 0 then rest = rest.rest end
  end
  local model = avips.model{ robot = index == 1 and recipe.robot or nil, lead = lead, rest = rest }
  if part.tolerance then
    local judge = part.judge or {}
    print(model:learn_feasibility{ steps = judge.steps or 6000, hidden = judge.hidden, pairs = judge.pairs, tolerance = part.tolerance, seed = 1 })
    run:save("from-" .. index, model)
  end
  return model
end

local function train_in_parts(run, recipe)
  local robot = avips.robot(recipe.robot)
  return join(run, recipe, recipe.reversed and robot:reversed() or robot, 1)
end

local function train_whole(run, recipe)
  local function begin() return new(recipe, recipe.robot) end
  local model = stage(run, "forward", begin, forward_options(recipe))
  if not recipe.sharpen then return model end
  local first, last = recipe.widths[1], recipe.widths[2]
  -- Read again, so that an interrupted run goes on with what an uninterrupted one has.
  return stage(run, "sharpened", function() return run:load "forward" end, {
    steps = recipe.sharpen, optimizer = recipe.optimizer, seed = 2, learning_rate = 2e-3, warmup_steps = 100, floor = recipe.min_deviation or 0.0015,
    forward_share = recipe.share or 0.5, entropy_gradient = "path", mean_bound = 0.2, covariance_bound = 0.1, snapshot_interval = 50,
    position_deviation = avips.schedule.exponential(first, last), rotation_deviation = avips.schedule.exponential(3 * first, 3 * last),
  })
end

-- A study of some recipes.
local function define(name, chosen)
  local names, by_name = {}, {}
  for _, recipe in ipairs(chosen) do
    local model = recipe.name or recipe.robot
    names[#names + 1], by_name[model] = model, recipe
  end
  if #names == 0 then return end
  avips.experiment{
    name = name, grid = { model = names }, seeds = { 1 },
    run = function(c, run)
      local path = directory .. "/" .. c.model .. ".safetensors"
      if avips.files.exists(path) then
        print(path .. " is there")
        return { trained = 0 }
      end
      local recipe = by_name[c.model]
      local model = (recipe.parts and train_in_parts or train_whole)(run, recipe)
      print(model)
      model:save(path)
      return { trained = 1 }
    end,
  }
end

local chosen, firsts, others = {}, {}, {}
for index = 2, #words do chosen[words[index]] = true end
for _, recipe in ipairs(recipes) do
  if next(chosen) == nil or chosen[recipe.name or recipe.robot] then
    local list = recipe.rest and others or firsts
    list[#list + 1] = recipe
  end
end
define("training", firsts)
define("training-on-others", others)
