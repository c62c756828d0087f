-- Hostile values, and lists of arguments made from them.

local objects = require "objects"

local loop = {} loop.loop = loop loop[1] = loop
local deep = {} for _ = 1, 300 do deep = { deep } end
local wide = {} for i = 1, 3000 do wide[i] = i end
local traps = setmetatable({}, {
  __index = function() error "index" end, __newindex = function() error "newindex" end, __len = function() return -1 end,
  __tostring = function() error {} end, __pairs = error, __eq = error, __add = error, __mul = error, __name = 3, __close = error, __call = error,
  __gc = function() error "gc" end,
})
local growing = setmetatable({}, { __index = function(t, k) rawset(t, k, k) return k end, __newindex = error })
local long = setmetatable({}, { __len = function() return 1 << 40 end, __index = function(_, k) return k end })
local function quiet() end

local values = {
  0, -1, 1, 2, 3, 0.5, -0.5, 1e308, -1e308, 5e-324, 0/0, 1/0, -1/0, 2^31, 2^53, 2^63, -2^63, math.mininteger, math.maxinteger, 17, 1000,
  "", "x", "panda", "\0", "\xff\xfe", "/dev/null/a.svg", "/dev/null/b.safetensors", "/dev/zero", "/", ".", "~", ("x"):rep(100000), "1e5", "nan",
  '{"a":[1,2,{}]}', ("["):rep(5000), "%n%s", "robot", "right down s q", "right_hand", "raw", "gauss", true, false,
  {}, { 1 }, { 1, 2, 3 }, { 0, 0, 0, 0 }, { 0/0, 1, 2 }, { 1/0, 0, 0 }, { 1e308, 1e308, 1e308 }, { -1e308, 1e308 }, { 5e-324, 1e-320 }, { "a", "b", "c" },
  { {} }, { { 1 }, { 2, 3 } }, { { 1, 2, 3 }, { 4, 5, 6 } }, { 0, 0, 0, 0, 0, 0, 0 }, { { 0, 0, 0, 0, 0, 0, 0 } }, { 1e300, 0, 0, 0, 0, 0, 0 },
  { nil, nil, 3 }, { [1] = 1, [1000000] = 2 }, { [0.5] = 1, x = 1 }, { xyz = 3 }, { right_hand = { 0.5, -0.2, 0.9 } },
  { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } }, { { { 1, 0 }, { 0, 1 } } }, { { -1e308, 1e308 }, { 1e308, 0 } },
  { weights = { 0.5, 0.5 }, means = { { 0, 0, 0 }, { 1, 1, 1 } }, covariances = { { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } }, { { 0 } } } },
  { step = { 1, 2 }, loss = { 1e308, -1e308 } }, { a = { 1, 2, 3 }, b = { 3, 2, 0/0 } }, { planner = { error = 3 } },
  { quiet }, { objects.panda }, { objects.pose, objects.pose }, loop, deep, wide, traps, growing, long, { traps }, { growing },
  math.abs, error, quiet, function() error(traps) end, function(x) return x end, function() return 0.5 end, function() return {} end,
  coroutine.create(quiet), coroutine.wrap(math.abs), io.stdin, avips.pose,
}
for _, object in ipairs(objects.list) do values[#values + 1] = object end
local count = #values

local hostile = {}

function hostile.value()
  if math.random(12) == 1 then return nil end
  return values[math.random(count)]
end

-- What would be computed for long where it is allowed is asked for a little; what is out of every range stays.
local lasting = {
  minutes = 0, restarts = 20, steps = 3, samples = 30, count = 20, poses = 3, iterations = 3, n = 50, components = 8, draws = 20, frames = 3,
  batch = 32, refine = 2, resolution = 12, candidates = 4, references = 2, timed = 2, places = 5, reports = 3, interval = 3, levels = 4, layers = 2, pairs = 64,
}
local function option(name)
  local value = hostile.value()
  local most = lasting[name]
  if most and math.type(value) and value > most and value < 1e15 then return most end
  return value
end

local function options(names)
  local table = {}
  for _ = 1, math.random(0, 3) do
    local name = names[math.random(#names)]
    table[name] = option(name)
  end
  for _, name in ipairs(names) do
    -- A training needs a budget to be one, an evaluation a small one to be short.
    if lasting[name] and table[name] == nil and (name == "steps" and math.random(2) == 1 or name ~= "steps" and name ~= "minutes") then
      table[name] = math.random(lasting[name])
    end
  end
  if math.random(20) == 1 then table[math.random(2) == 1 and "unheard_of" or 1] = 1 end
  return table
end

-- Whether a call without these options would evaluate a model at its usual length.
local function is_evaluation(names)
  for _, name in ipairs(names) do if name == "poses" or name == "places" then return true end end
  return false
end

-- A list of arguments, with their number as n, for parameters whose names of options are given.
function hostile.arguments(parameters)
  local list = { n = math.random(0, #parameters + 1) }
  for i = 1, math.max(list.n, #parameters) do
    local names = parameters[i]
    if names and is_evaluation(names) then
      list.n = math.max(list.n, i)
      list[i] = math.random(5) > 1 and options(names) or math.random(100)
    elseif i > list.n then
      break
    elseif names and #names > 0 and math.random(5) > 1 then
      list[i] = options(names)
    elseif math.random(4) == 1 then
      list[i] = math.random(2) == 1 and objects.pose or objects.planar
    elseif math.random(4) == 1 then
      list[i] = objects.list[math.random(#objects.list)]
    elseif math.random(6) == 1 then
      list[i] = math.random(0, 20)
    else
      list[i] = hostile.value()
    end
  end
  return list
end

return hostile
