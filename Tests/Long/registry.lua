-- What there is to call, read from the stub for editors: functions, methods, fields, and the names of their options.

local registry = {}

-- functions: list of { name, function, options a parameter }; methods and fields by type.
function registry.read(path)
  local functions, methods, fields = {}, {}, {}
  local class, options = nil, {}
  for line in io.lines(path) do
    local name = line:match "^%-%-%-@class ([%w_.]+)"
    if name then
      class = name
      if name:find "%." and not name:find "^avips[%w_.]*$" or name:find "%.options$" or name:find "%.model$" then options[name] = {} end
      if not name:find "%." and name ~= "avips" then methods[name], fields[name] = {}, {} end
    end
    local field = line:match "^%-%-%-@field ([%w_]+)"
    if field and class then
      if fields[class] then table.insert(fields[class], field) end
      options[class] = options[class] or {}
      table.insert(options[class], field)
    end
    local owner, mark, short, list = line:match "^function ([%w_.]+)([.:])([%w_]+)%((.-)%) end"
    if owner then
      local parameters = {}
      for parameter in list:gmatch "[%w_.]+" do
        parameters[#parameters + 1] = options[owner .. "." .. short .. "." .. parameter] or {}
      end
      if mark == ":" then
        table.insert(methods[owner], { short, parameters })
      else
        local value = _G
        for part in (owner .. "." .. short):gmatch "[%w_]+" do value = value[part] end
        functions[#functions + 1] = { owner .. "." .. short, value, parameters }
      end
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
