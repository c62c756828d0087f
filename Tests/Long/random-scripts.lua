-- Runs random programs: grammatical Lua over a few variables and the functions of avips. The process must survive all of them.
--
--     avips Tests/Long/random-scripts.lua stub.lua seed count

local registry = require "registry"
local functions, methods = registry.read(arg[1])
math.randomseed(tonumber(arg[2]) or 1)
local wanted = tonumber(arg[3]) or 1000

local function pick(list) return list[math.random(#list)] end
local names = { "a", "b", "c", "d", "panda", "pose", "answers" }
local unwanted = { ["avips.demo"] = true, ["avips.example"] = true, ["avips.session.run"] = true, ["avips.show"] = true }
local calls = {}
for _, entry in ipairs(functions) do if not unwanted[entry[1]] then calls[#calls + 1] = entry[1] end end
local keys = {}
for _, list in pairs(methods) do for _, entry in ipairs(list) do if entry[1] ~= "train" then keys[#keys + 1] = entry[1] end end end
for _, key in ipairs{ "x", "rows", "dof", "q", "position", "weights", "found" } do keys[#keys + 1] = key end

local expression
local function list(depth, most)
  local parts = {}
  for i = 1, math.random(0, most) do parts[i] = expression(depth - 1) end
  return table.concat(parts, ", ")
end
local forms = {
  function() return pick(names) end,
  function() return tostring(pick{ 0, 1, -1, 0.5, 7, 1e300, "0/0", "1/0", "2^53", "nil", "true", "'panda'", "'\\0'", "''" }) end,
  function(depth) return "{" .. list(depth, 4) .. "}" end,
  function(depth) return "{" .. pick(keys) .. " = " .. expression(depth - 1) .. "}" end,
  function(depth) return pick(calls) .. "(" .. list(depth, 3) .. ")" end,
  function(depth) return "(" .. expression(depth - 1) .. ")." .. pick(keys) end,
  function(depth) return "(" .. expression(depth - 1) .. "):" .. pick(keys) .. "(" .. list(depth, 2) .. ")" end,
  function(depth) return "(" .. expression(depth - 1) .. ")[" .. expression(depth - 1) .. "]" end,
  function(depth) return "(" .. expression(depth - 1) .. " " .. pick{ "+", "-", "*", "/", "..", "==", "<", "and", "or", "^", "//", "%", "&" } .. " " .. expression(depth - 1) .. ")" end,
  function(depth) return pick{ "-", "#", "not " } .. "(" .. expression(depth - 1) .. ")" end,
  function(depth) return "tostring(" .. expression(depth - 1) .. ")" end,
  function(depth) return "(function(...) return " .. expression(depth - 1) .. " end)(" .. list(depth, 2) .. ")" end,
  function(depth) return "setmetatable({}, { " .. pick{ "__index", "__gc", "__tostring", "__add", "__len", "__call", "__close" } .. " = function(a, b) return " .. expression(depth - 1) .. " end })" end,
  function(depth) return "coroutine.wrap(function() " .. pick{ "return ", "coroutine.yield(" .. pick(names) .. ") return " } .. expression(depth - 1) .. " end)()" end,
}
function expression(depth)
  if depth <= 0 then return forms[math.random(2)]() end
  return pick(forms)(depth)
end
local function statement(depth)
  local form = math.random(6)
  if form <= 2 then return pick(names) .. " = " .. expression(depth) end
  if form == 3 then return "local ok, message = pcall(function() return " .. expression(depth) .. " end)" end
  if form == 4 then return "for i = 1, 3 do " .. statement(depth - 1) .. " end" end
  if form == 5 then return "if " .. expression(depth) .. " then " .. statement(depth - 1) .. " end" end
  return "do local gone <close> = nil " .. statement(depth - 1) .. " end"
end

local panda = avips.robot "panda"
local pose = panda:fk(panda:random())
local answers = panda:ik(pose, { count = 2 })
local ran, failed = 0, 0
for number = 1, wanted do
  local parts = {}
  for i = 1, math.random(6) do parts[i] = statement(math.random(3)) end
  local environment = setmetatable({ panda = panda, pose = pose, answers = answers }, { __index = _G })
  environment.print = function() end
  local program = load(table.concat(parts, "\n"), "=random", "t", environment)
  if program then
    ran = ran + 1
    if not pcall(program) then failed = failed + 1 end
  end
  if number % 200 == 0 then collectgarbage() end
end
debug.setmetatable("", { __index = string })
assert(ran > wanted / 2)
assert(avips.robot("panda"):ik(pose, { seed = 1 }).found == 1)
io.stdout:write(("survived %d programs, of which %d ended in an error\n"):format(ran, failed))
