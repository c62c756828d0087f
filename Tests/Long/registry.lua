-- What there is to call, read from the stub for editors: functions, methods, fields, and the names of their options.

local registry = {}

-- functions: list of { name, function, names of options a parameter }; methods and fields by type.
function registry.read(path)
  local functions, methods, fields = {}, {}, {}
  local class, options = nil, {}
  local function add(name, list)
    if name == "avips.system.sleep" then return end -- waits as long as it is told
    local value, parameters = _G, {}
    for part in name:gmatch "[%w_]+" do value = value[part] end
    for parameter in list:gmatch "[%w_.]+" do parameters[#parameters + 1] = options[name .. "." .. parameter] or {} end
    functions[#functions + 1] = { name, value, parameters }
  end
  for line in io.lines(path) do
    local name = line:match "^%-%-%-@class ([%w_.]+)"
    if name then
      class = name
      if not name:find "%." and name ~= "avips" then methods[name], fields[name] = {}, {} end
    end
    local field = line:match "^%-%-%-@field ([%w_]+)"
    if field and class then
      if fields[class] then table.insert(fields[class], field) end
      options[class] = options[class] or {}
      table.insert(options[class], field)
    end
    -- A namespace that can be called.
    local called = line:match "^%-%-%-@overload fun%(([%w_]+)"
    if called then add(class, called) end
    local owner, mark, short, list = line:match "^function ([%w_.]+)([.:])([%w_]+)%((.-)%) end"
    if owner and mark == ":" then
      local parameters = {}
      for parameter in list:gmatch "[%w_.]+" do
        parameters[#parameters + 1] = options[owner .. "." .. short .. "." .. parameter] or {}
      end
      table.insert(methods[owner], { short, parameters })
    elseif owner then
      add(owner .. "." .. short, list)
    end
  end
  assert(#functions > 20, "the stub names too few functions")
  return functions, methods, fields
end

-- Bytes of memory that the process occupies.
function registry.resident()
  local file = io.open "/proc/self/statm"
  if not file then return 0 end
  local _, pages = file:read("n", "n")
  file:close()
  return pages * 4096
end

return registry
