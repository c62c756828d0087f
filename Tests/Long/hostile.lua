-- Calls every function, method, property and operator with hostile arguments; the process must survive, and must not grow.
--
--     avips Tests/Long/hostile.lua stub.lua seed calls [minutes]
--
-- `calls` is the number of argument lists for each function and for each method. With minutes, rounds of that many calls are repeated
-- for so long, and the memory after each round is compared: growth in the second half is a leak.

local registry = require "registry"
local objects = require "objects"
local hostile = require "values"
local stub, seed, calls, minutes = arg[1], tonumber(arg[2]) or 1, tonumber(arg[3]) or 100, tonumber(arg[4])
local functions, methods, fields = registry.read(stub)
objects.check(methods)
math.randomseed(seed)

local tally, spending = {}, {}
local total = 0

-- Counts what a call took, and looks at what came of it.
local function attempt(name, f, ...)
  local start = os.clock()
  local ok, result = pcall(f, ...)
  local spent = os.clock() - start
  tally[name] = (tally[name] or 0) + 1
  spending[name] = (spending[name] or 0) + spent
  total = total + 1
  if spent > 2 then io.stderr:write(("%s took %.1f s\n"):format(name, spent)) end
  if ok and result ~= nil and math.random(8) == 1 then pcall(tostring, result) end
  if not ok and type(result) == "string" and #result == 0 then error("an empty message from " .. name) end
end

local function in_coroutine(f, ...)
  local co = coroutine.create(f)
  local ok = coroutine.resume(co, ...)
  for _ = 1, 3 do if coroutine.status(co) == "suspended" then coroutine.resume(co) end end
  if coroutine.status(co) == "suspended" and coroutine.close then coroutine.close(co) end
  return ok
end

local function call_functions(calls)
  for _, entry in ipairs(functions) do
    for i = 1, calls do
      local list = hostile.arguments(entry[3])
      if i % 16 == 0 then
        attempt(entry[1], in_coroutine, entry[2], table.unpack(list, 1, list.n))
      else
        attempt(entry[1], entry[2], table.unpack(list, 1, list.n))
      end
    end
  end
end

-- The objects of each type.
local by_kind = {}
for _, object in ipairs(objects.list) do
  local kind = getmetatable(object)
  by_kind[kind] = by_kind[kind] or {}
  table.insert(by_kind[kind], object)
end

local function call_methods(calls)
  for kind, entries in pairs(methods) do
    for _, entry in ipairs(entries) do
      for _ = 1, calls do
        local object = by_kind[kind][math.random(#by_kind[kind])]
        local ok, method = pcall(function() return object[entry[1]] end)
        local list = hostile.arguments(entry[2])
        local receiver = math.random(6) == 1 and hostile.value() or object
        if ok then attempt(kind .. ":" .. entry[1], method, receiver, table.unpack(list, 1, list.n)) end
      end
    end
    for _, field in ipairs(fields[kind]) do
      for _ = 1, calls // 10 + 1 do
        local object = by_kind[kind][math.random(#by_kind[kind])]
        attempt(kind .. "." .. field, function() return object[field] end)
      end
    end
  end
end

local function call_operators(calls)
  for _, object in ipairs(objects.list) do
    local name = tostring(getmetatable(object)) .. " operator"
    local metatable = debug.getmetatable(object)
    for _ = 1, calls // 10 + 1 do
      local other, another = hostile.value(), hostile.value()
      for _, operation in ipairs{
        function() return object[other] end, function() object[other] = another end, function() return object + other end,
        function() return other - object end, function() return object * other end, function() return other * object end,
        function() return object / other end, function() return object == other end, function() return object < other end,
        function() return -object end, function() return #object end, function() return object .. other end,
        function() return object(other) end, function() for _ in pairs(object) do end end, function() return object ^ other end,
        function() return object & other end, function() return ("%s%d"):format(object, other) end,
        function() local i = 0 for _ in ipairs(object) do i = i + 1 if i > 20 then break end end end,
        function() return metatable.__index(other, another) end, function() return metatable.__tostring(other) end,
        function() return metatable.__close(avips.matrix{ {1} }) end, function() return metatable.__close(other ~= object and 3 or nil) end,
        function() return debug.setmetatable({ other }, metatable) + 1 end, function() debug.setmetatable(avips.matrix{ {1} }, nil) end,
      } do attempt(name, operation) end
    end
  end
end

local function round(calls)
  call_functions(calls)
  call_methods(calls)
  call_operators(calls)
  -- In finalizers, too.
  for _, entry in ipairs(functions) do
    setmetatable({}, { __gc = function() pcall(entry[2], hostile.value(), hostile.value()) end })
  end
  collectgarbage()
  collectgarbage()
end

-- What a script keeps for ever; stands for a leak in the check of this check.
local kept = {}

local function compare_rounds()
  local stop, sizes = os.time() + minutes * 60, {}
  repeat
    round(calls)
    if arg[5] == "grow" then kept[#kept + 1] = ("x"):rep(1 << 22) .. #kept end
    sizes[#sizes + 1] = registry.resident()
    io.stderr:write(("%d calls, %.1f MB\n"):format(total, sizes[#sizes] / 1e6))
  until os.time() >= stop and #sizes >= 12
  -- The first third is for caches and the heap's own growth.
  local function mean(from, to)
    local sum = 0
    for i = from, to do sum = sum + sizes[i] end
    return sum / (to - from + 1)
  end
  local third = #sizes // 3
  local middle, last = mean(third + 1, 2 * third), mean(2 * third + 1, #sizes)
  io.stdout:write(("%d rounds; memory %.1f MB in the second third, %.1f MB in the last\n"):format(#sizes, middle / 1e6, last / 1e6))
  assert(last < middle * 1.02 + 2e6, "the process grows: something leaks")
end

print = function() end
if minutes then compare_rounds() else round(calls) end

-- What took longest, and how often everything was called.
local names = {}
for name in pairs(spending) do names[#names + 1] = name end
table.sort(names, function(a, b) return spending[a] > spending[b] end)
for i = 1, 8 do io.stderr:write(("%-28s %8d calls %8.1f s\n"):format(names[i], tally[names[i]], spending[names[i]])) end
local least, entries = math.huge, #functions
for _, entry in ipairs(functions) do least = math.min(least, tally[entry[1]]) end
for kind, list in pairs(methods) do
  entries = entries + #list
  for _, entry in ipairs(list) do least = math.min(least, tally[kind .. ":" .. entry[1]]) end
end

-- Nothing was spoiled.
assert(avips.robot("panda"):ik(objects.pose, { seed = 1 }).found == 1)
io.stdout:write(("survived %d calls: at least %d of each of %d functions and methods\n"):format(total, least, entries))
