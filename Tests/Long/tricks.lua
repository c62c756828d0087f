-- The known ways to bring down a host from Lua; each must end in an error, or in nothing at all.

local panda = avips.robot "panda"
local object = avips.matrix{ {1, 2}, {3, 4} }

local function try(name, f)
  local ok, message = pcall(f)
  local isText, text = pcall(tostring, message)
  local function short(text) return utf8.len(text) and text:sub(1, (utf8.offset(text, 81) or #text + 1) - 1) or text:sub(1, 80) end
  local told = ok and "no error" or isText and short((text:gsub("%s+", " "))) or "an error that cannot be told"
  print(("%-46s %s"):format(name, told))
end

try("deep recursion", function() local function f() return 1 + f() end return f() end)
try("deep recursion through Swift", function()
  local t = setmetatable({}, {})
  getmetatable(t).__tostring = function() return avips.help(tostring(t)) end
  return tostring(t)
end)
try("deep recursion of show", function()
  local t = setmetatable({}, {}) getmetatable(t).__tostring = function() avips.show(t) return "" end
  return avips.session.run "error(setmetatable({}, { __tostring = function() return avips.help(3) end }))"
end)
try("deep nesting for JSON", function() local t = {} for _ = 1, 1e5 do t = { t } end return avips.json.encode(t) end)
try("deep nesting from JSON", function() return avips.json.decode(("["):rep(1e6)) end)
try("a chain of __index", function() local t = {} for _ = 1, 1e4 do t = setmetatable({}, { __index = t }) end return t.x end)
try("recursion in __index", function()
  local t = setmetatable({}, {}) getmetatable(t).__index = function(_, k) return t[k .. "x"] end
  return t.a
end)
try("coroutines in coroutines", function()
  local function f(n) return coroutine.wrap(function() return f(n + 1) end)() end
  return f(1)
end)
try("a pattern that nests", function() return ("x"):find(("("):rep(1000)) end)
try("concatenation of everything", function() local t = {} for i = 1, 1e6 do t[i] = "x" end return #table.concat(t) end)
try("unpacking a million", function() return select("#", table.unpack({}, 1, 1e6)) end)
try("unpacking a billion", function() return select("#", table.unpack({}, 1, 1e9)) end)
try("huge table", function() local t = {} for i = 1, 3e6 do t[i] = i end return avips.csv and #t end)
try("huge list as a configuration", function() local t = {} for i = 1, 1e6 do t[i] = 0 end return panda:fk(t) end)
try("__gc that throws", function() for _ = 1, 1000 do setmetatable({}, { __gc = function() error "gc" end }) end collectgarbage() end)
try("__gc that resurrects", function()
  kept = {}
  for _ = 1, 100 do setmetatable({}, { __gc = function(t) kept[#kept + 1] = t end }) end
  collectgarbage() collectgarbage()
end)
try("release of an object, by hand", function()
  local m = avips.matrix{ {1} }
  debug.getmetatable(m).__close(m)
  return m.rows
end)
try("release of an object, twice", function()
  local m = avips.matrix{ {1} }
  debug.getmetatable(m).__close(m)
  debug.getmetatable(m).__close(m)
end)
try("objects without metatables", function()
  for i = 1, 100 do debug.setmetatable(avips.matrix{ {i} }, nil) end
  collectgarbage()
end)
try("a finalizer of an object's type", function()
  local metatable = debug.getmetatable(object)
  metatable.__gc = function(m) m.rows = 3 end
  for i = 1, 100 do avips.matrix{ {i} } end
  collectgarbage()
  metatable.__gc = nil
end)
try("__close of an object", function() local m <close> = avips.matrix{ {1} } return m end)
try("an object's metatable on a table", function()
  local t = debug.setmetatable({}, debug.getmetatable(object))
  return tostring(t), t.rows, t + t
end)
try("an object's metatable on a number", function()
  debug.setmetatable(1, debug.getmetatable(object))
  local ok, message = pcall(function() return (1).rows end)
  debug.setmetatable(1, nil)
  error(message)
end)
try("an object as a file", function() return debug.setmetatable(avips.matrix{ {1} }, debug.getmetatable(io.stdin)):close() end)
try("an address as a file", function()
  local id = debug.upvalueid(try, 1)
  return io.close(debug.setmetatable(id, debug.getmetatable(io.stdin)))
end)
try("the thread of coroutine.wrap", function() local f = coroutine.wrap(print) debug.setupvalue(f, 1, 3) f() end)
try("the state of string.gmatch", function() local f = ("a"):gmatch "a" debug.setupvalue(f, 3, io.stdin) f() end)
try("the file of io.lines", function() local f = io.lines "/dev/null" debug.setupvalue(f, 1, 3) f() end)
try("the subject of string.gsub", function()
  return (("x"):rep(1000):gsub("x", function() debug.setlocal(2, 1, nil) debug.setlocal(2, 2, nil) collectgarbage() end))
end)
try("the locals of every level", function()
  local t = { 3, 2, 1 }
  table.sort(t, function() for level = 1, 9 do for i = -3, 9 do pcall(debug.setlocal, level, i, nil) end end return false end)
end)
try("a file as an object", function()
  local file = debug.getmetatable(io.stdin)
  debug.setmetatable(io.stdin, debug.getmetatable(object))
  local ok, message = pcall(function() return io.stdin.rows end)
  debug.setmetatable(io.stdin, file)
  error(message)
end)
try("another type's metatable", function()
  local m = avips.matrix{ {1} }
  debug.setmetatable(m, debug.getmetatable(panda))
  return m:fk{ 0 }
end)
try("a getter called by hand", function() return debug.getmetatable(object).__index(3, "rows") end)
try("upvalues of a function", function()
  local _, kept = debug.getupvalue(avips.pose, 1)
  debug.setupvalue(avips.pose, 1, 1e9)
  local ok, message = pcall(avips.pose, {})
  debug.setupvalue(avips.pose, 1, kept)
  error(message)
end)
try("upvalues of a method", function()
  local _, kept = debug.getupvalue(panda.fk, 1)
  debug.setupvalue(panda.fk, 1, -5)
  local ok, message = pcall(panda.fk, panda, {})
  debug.setupvalue(panda.fk, 1, kept)
  error(message)
end)
try("another function's index", function()
  local _, kept = debug.getupvalue(panda.fk, 1)
  local _, other = debug.getupvalue(avips.matrix, 1)
  debug.setupvalue(panda.fk, 1, other)
  local ok, message = pcall(panda.fk, panda)
  debug.setupvalue(panda.fk, 1, kept)
  error(message)
end)
try("the members of a type", function()
  local _, members = debug.getupvalue(debug.getmetatable(object).__index, 1)
  local kept = members.rows
  members.rows = 1e9
  local ok, message = pcall(function() return object.rows end)
  members.rows = kept
  error(message)
end)
try("a hook", function() return debug.sethook(function() error "hook" end, "", 1) end)
try("the registry", function() return debug.getregistry() end)
try("bytecode", function() return assert(load("\27Lua\x54\0\x19\x93\r\n\x1a\n", "x", "b")) end)
try("tables that are never filled", function()
  for i = 1, 20000 do
    local m = avips.matrix{ {i} }
    pcall(function() return { 1, error(), 3 } end)
  end
  collectgarbage()
end)
try("an object in a weak table", function()
  local t = setmetatable({}, { __mode = "kv" })
  for i = 1, 1000 do t[i] = avips.matrix{ {i} } t[t[i]] = i end
  collectgarbage()
  for _, m in pairs(t) do if type(m) == "userdata" then assert(m.rows == 1) end end
end)
try("an error that is an object", function() error(object) end)
try("an error in tostring of an error", function() error(setmetatable({}, { __tostring = function() error "again" end })) end)
try("globals with a metatable", function()
  setmetatable(_G, { __index = function(_, k) error("global " .. tostring(k)) end })
  local ok, message = pcall(avips.who)
  setmetatable(_G, nil)
  assert(ok, message)
end)
try("_G taken apart", function()
  local keep = { print = print, pcall = pcall }
  package.loaded.avips = nil
  local string_library = string
  string = nil
  local ok, message = pcall(avips.who)
  string = string_library
  assert(ok, message)
end)
try("yield across Swift", function()
  local co = coroutine.wrap(function() return avips.show(setmetatable({}, { __tostring = coroutine.yield })) end)
  return co()
end)
try("string.rep to the limit", function() return #("x"):rep(1 << 40) end)
try("string.format", function() return #("%99.99f"):format(1e308) end)

-- A training cannot be trained while it is trained.
try("a finalizer uses what is being trained", function()
  local model = avips.model{ robot = "planar_3link", components = 2, hidden = {16}, seed = 1 }
  setmetatable({}, { __gc = function() model:train{ steps = 1 } end })
  model:train{ steps = 20, seed = 1 }
  collectgarbage()
end)

debug.setmetatable("", { __index = string })
assert(avips.robot("panda"):ik(panda:fk(panda:random()), { seed = 1 }).found == 1)
print "survived"
