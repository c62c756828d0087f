-- Calls every function, method and property with hostile arguments; the process must survive, and must not grow.
--
--     avips Tests/Long/hostile.lua stub.lua seed calls [minutes]
--
-- `calls` is the number of argument lists for each function. With minutes, rounds of that many calls are repeated for so long, and the
-- memory after each round is compared: growth in the second half is a leak.

local registry = require "registry"
local stub, seed, calls, minutes = arg[1], tonumber(arg[2]) or 1, tonumber(arg[3]) or 100, tonumber(arg[4])
local functions, methods, fields = registry.read(stub)
math.randomseed(seed)

local panda = avips.robot "panda"
local arm = avips.robot "planar_3link"
local pose = panda:fk(panda:random())
local planar = arm:fk{ 0.1, 0.2, 0.3 }
local model = avips.model{ robot = arm, components = 2, hidden = {16}, seed = 1 }
local answers = panda:ik(pose, { count = 3 })
local matrix = avips.matrix{ {1, 2, 3}, {4, 5, 6} }
local log = model:train{ steps = 2 }
local objects = {
  panda, arm, pose, planar, model, answers, answers[1], matrix, matrix[1], log, model:predict(planar),
  avips.plot.poses(panda, answers), avips.json.null, panda:random(5), panda:ik(avips.pose{ xyz = {9, 9, 9} }, { restarts = 10 }),
}
do local gone <close> = avips.matrix{ {1} } objects[#objects + 1] = gone end

local loop = {} loop.loop = loop loop[1] = loop
local deep = {} for _ = 1, 300 do deep = { deep } end
local wide = {} for i = 1, 3000 do wide[i] = i end
local traps = setmetatable({}, {
  __index = function() error "index" end, __newindex = function() error "newindex" end, __len = function() return -1 end,
  __tostring = function() error {} end, __pairs = error, __eq = error, __add = error, __mul = error, __name = 3, __close = error, __call = error,
  __gc = function() error "gc" end,
})
local growing = setmetatable({}, { __index = function(t, k) rawset(t, k, k) return k end, __newindex = error })
local yields = setmetatable({}, { __index = coroutine.yield, __len = coroutine.yield, __tostring = coroutine.yield })
local values = {
  0, -1, 1, 2, 3, 0.5, -0.5, 1e308, -1e308, 5e-324, 0/0, 1/0, -1/0, 2^31, 2^53, 2^63, -2^63, math.mininteger, math.maxinteger, 17, 1000,
  "", "x", "panda", "\0", "\xff\xfe", "/nonexistent/a.svg", "/nonexistent/b.safetensors", "/dev/zero", "/", ".", "~", ("x"):rep(100000), "1e5", "nan",
  '{"a":[1,2,{}]}', ("["):rep(5000), "%n%s", "robot", "right down s q", true, false,
  {}, { 1 }, { 1, 2, 3 }, { 0, 0, 0, 0 }, { 0/0, 1, 2 }, { 1/0, 0, 0 }, { 1e308, 1e308, 1e308 }, { "a", "b", "c" }, { {} }, { { 1 }, { 2, 3 } },
  { { 1, 2, 3 }, { 4, 5, 6 } }, { 0, 0, 0, 0, 0, 0, 0 }, { { 0, 0, 0, 0, 0, 0, 0 } }, { 1e300, 0, 0, 0, 0, 0, 0 }, { nil, nil, 3 },
  { [1] = 1, [1000000] = 2 }, { [0.5] = 1, x = 1 }, { xyz = 3 }, { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } },
  { print }, { panda }, { pose, pose }, loop, deep, wide, traps, growing, yields, { traps }, { growing },
  math.abs, error, function() error(traps) end, coroutine.create(print), coroutine.wrap(math.abs), io.stdin, {}, avips.pose,
}
for _, object in ipairs(objects) do values[#values + 1] = object end
local count = #values

local function any()
  if math.random(12) == 1 then return nil end
  return values[math.random(count)]
end

-- Budgets that would be kept for minutes are no test of what is hostile.
local lasting = {
  minutes = 0, restarts = 1000, steps = 1000, samples = 1000, count = 1000, poses = 100, iterations = 100, n = 1000, components = 100,
  draws = 1000, frames = 20, batch = 64, refine = 20,
}
local function option(name)
  local value = any()
  local least = lasting[name]
  if least and math.type(value) and value > least and value < 1e19 then return least end
  return value
end
local function options(names)
  local table = {}
  for _ = 1, math.random(0, 3) do
    local name = names[math.random(#names)]
    table[name] = option(name)
  end
  for _, name in ipairs(names) do
    -- A training needs one budget to be a training.
    if name == "steps" and math.random(2) == 1 then table.steps = math.random(3) end
  end
  if math.random(20) == 1 then table[math.random(2) == 1 and "unheard_of" or 1] = 1 end
  return table
end
local function arguments(parameters)
  local list = { n = math.random(0, #parameters + 1) }
  for i = 1, list.n do
    local names = parameters[i]
    if names and #names > 0 and math.random(5) > 1 then
      list[i] = options(names)
    elseif math.random(4) == 1 then
      list[i] = math.random(2) == 1 and pose or planar
    elseif math.random(4) == 1 then
      list[i] = objects[math.random(#objects)]
    elseif math.random(6) == 1 then
      list[i] = math.random(0, 20)
    else
      list[i] = any()
    end
  end
  return list
end

-- A function that computes for long gets as many calls as fit into its share of processor time, at least one.
local spending, skipped = {}, {}
local budget = math.max(0.5, calls / 40)

local slow = {}
local total = 0
local function attempt(name, f, ...)
  if (spending[name] or 0) > budget then
    skipped[name] = (skipped[name] or 0) + 1
    return
  end
  local start = os.clock()
  local ok, result = pcall(f, ...)
  local spent = os.clock() - start
  spending[name] = (spending[name] or 0) + spent
  if spent > 2 and not slow[name] then
    slow[name] = true
    io.stderr:write(("%s took %.1f s\n"):format(name, spent))
  end
  total = total + 1
  if ok and result ~= nil and math.random(8) == 1 then pcall(tostring, result) end
  if not ok and type(result) == "string" and #result == 0 then error("an empty message from " .. name) end
end

-- These write to the output or ask for a terminal; their arguments are tried, their effect is not wanted a million times.
local quiet = { ["avips.example"] = true, ["avips.demo"] = true, ["avips.show"] = true, ["avips.session.run"] = true }

local function in_coroutine(f, ...)
  local co = coroutine.create(f)
  local ok = coroutine.resume(co, ...)
  for _ = 1, 3 do if coroutine.status(co) == "suspended" then coroutine.resume(co) end end
  if coroutine.status(co) == "suspended" and coroutine.close then coroutine.close(co) end
  return ok
end

local function round(calls)
  spending = {}
  for _, entry in ipairs(functions) do
    for i = 1, quiet[entry[1]] and math.min(calls, 50) or calls do
      local list = arguments(entry[3])
      if i % 16 == 0 then
        attempt(entry[1], in_coroutine, entry[2], table.unpack(list, 1, list.n))
      else
        attempt(entry[1], entry[2], table.unpack(list, 1, list.n))
      end
    end
  end
  for _, object in ipairs(objects) do
    local kind = getmetatable(object)
    for _, entry in ipairs(methods[kind] or {}) do
      local ok, method = pcall(function() return object[entry[1]] end)
      for _ = 1, ok and math.ceil(calls / 4) or 0 do
        local receiver = math.random(6) == 1 and any() or object
        local list = arguments(entry[2])
        attempt(kind .. ":" .. entry[1], method, receiver, table.unpack(list, 1, list.n))
      end
    end
    for _ = 1, math.ceil(calls / 10) do
      for _, field in ipairs(fields[kind] or {}) do attempt(kind .. "." .. field, function() return object[field] end) end
      local other = any()
      for _, operation in ipairs{
        function() return object[other] end, function() object[other] = other end, function() return object + other end,
        function() return other - object end, function() return object * other end, function() return other * object end,
        function() return object / other end, function() return object == other end, function() return object < other end,
        function() return -object end, function() return #object end, function() return object .. other end,
        function() return object(other) end, function() for _ in pairs(object) do end end, function() return object ^ other end,
        function() return object & other end, function() return ("%s%d"):format(object, other) end,
        function() local i = 0 for _ in ipairs(object) do i = i + 1 if i > 20 then break end end end,
        function() return debug.getmetatable(object).__index(other, other) end,
        function() return debug.getmetatable(object).__tostring(other) end,
        function() return debug.getmetatable(object).__gc(avips.matrix{ {1} }) end,
        function() return debug.setmetatable({ other }, debug.getmetatable(object)) + 1 end,
      } do attempt(tostring(kind) .. " operator", operation) end
    end
  end
  -- In finalizers, too.
  for _, entry in ipairs(functions) do
    if not quiet[entry[1]] then setmetatable({}, { __gc = function() pcall(entry[2], any(), any()) end }) end
  end
  collectgarbage()
  collectgarbage()
end

print = function() end
if minutes then
  local stop, sizes = os.time() + minutes * 60, {}
  repeat
    round(calls)
    sizes[#sizes + 1] = registry.resident()
    io.stderr:write(("%d calls, %.1f MB\n"):format(total, sizes[#sizes] / 1e6))
  until os.time() >= stop and #sizes >= 6
  local function most(from, to) return math.max(table.unpack(sizes, from, to)) end
  local half = #sizes // 2
  local before, after = most(2, half), most(half + 1, #sizes)
  io.stdout:write(("memory at most %.1f MB in the first half, %.1f MB in the second\n"):format(before / 1e6, after / 1e6))
  assert(after < before * 1.1 + 4e6, "the process grows: something leaks")
else
  round(calls)
end

for name, count in pairs(skipped) do io.stderr:write(("%s: %d calls fewer, for the time they take\n"):format(name, count)) end

-- Nothing was spoiled.
assert(avips.robot("panda"):ik(pose, { seed = 1 }).found == 1)
io.stdout:write(("survived %d calls\n"):format(total))
