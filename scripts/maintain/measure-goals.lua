-- Measures goals that leave something free: for poses of uniformly drawn configurations, the position alone, the direction of the tip's z
-- axis at the position, the orientation alone, and a box with a cone; each solved once, and checked by forward kinematics.
--
--     scripts/avips scripts/maintain/measure-goals.lua

local function bench(name, robot, make, solve)
  local q = robot:random(1000, { seed = 4 })
  local poses = robot:fk(q)
  local times, solved = {}, 0
  for i = 1, 1000 do
    local goal = make(poses[i])
    local s = solve(goal, i)
    times[#times + 1] = s.seconds
    if #s == 1 then
      local m, r = goal:error(robot:fk(s[1].q))
      if m <= 1e-4 and r <= 1e-3 then solved = solved + 1 end
    end
  end
  table.sort(times)
  print(string.format("%-32s %4d of 1000, median %.1f us, p95 %.1f us", name, solved, 1e6 * times[500], 1e6 * times[950]))
end
local kinds = {
  position = function(p) return avips.goal{ xyz = p.position } end,
  axis = function(p) return avips.goal{ pose = p, axis = {0, 0, 1} } end,
  orientation = function(p) return avips.goal{ quat = p.quaternion } end,
  box = function(p) return avips.goal{ pose = p, position_slack = {0.02, 0.02, 0}, rotation_slack = 0.1 } end,
}
for _, name in ipairs{ "panda", "atlas2013_arm", "valkyrie_lower_arm", "atlas2013_arm_waist" } do
  local robot = avips.robot(name)
  for kind, make in pairs(kinds) do
    bench(name .. " ik " .. kind, robot, make, function(g, i) return robot:ik(g, { seed = i }) end)
  end
end
local model = avips.model "panda"
for kind, make in pairs(kinds) do
  bench("panda model " .. kind, model.robot, make, function(g, i) return model:solve(g, { seed = i }) end)
end
