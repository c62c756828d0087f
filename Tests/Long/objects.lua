-- An object of every type, small enough that what is asked of it takes little time.

local panda = avips.robot "panda"
local arm = avips.robot "planar_3link"
local pose = panda:fk{ 0.1, -0.4, 0.2, -2, 0.3, 1.7, 0.6 }
local planar = arm:fk{ 0.1, 0.2, 0.3 }

local model = avips.model{ robot = arm, components = 2, hidden = {16}, seed = 1 }
local log = model:train{ steps = 2, seed = 1 }
local function part(robot, joints) return avips.model{ robot = robot, joints = joints, components = 2, hidden = {16}, seed = 1 } end
local back = arm:reversed()
local _, two = back:split(1)
local _, one = two:split(1)
local lead, pair = part(back, 1), avips.model{ lead = part(two, 1), rest = part(one) }
pair:learn_feasibility{ steps = 2, pairs = 64, hidden = {16}, seed = 1 }
local factored = avips.model{ robot = arm, lead = lead, rest = pair }
factored:learn_feasibility{ steps = 2, pairs = 64, hidden = {16}, seed = 1 }
local answers = panda:ik(pose, { count = 3, seed = 1 })
local matrix = avips.matrix{ {1, 2, 3}, {4, 5, 6} }

local talos = avips.robot "talos_28dof"
local postures = talos:ik({ right_hand = {0.5, -0.2, 0.9} }, { count = 2, seed = 1 })
local body = avips.model "talos_whole_body"

local vips = avips.vips{ target = avips.target.two_joint_arm(), components = 2, samples = 20, seed = 1 }
vips:run{ iterations = 2 }
local own = avips.target{ dimension = 2, logdensity = function(x) return -x[1]^2 - x[2]^2 end }

local conditional = avips.target{ dimension = 2, context = { a = {-1, 1} }, logdensity = function(x, c) return -(x[1] - c.a)^2 - x[2]^2 end }
local student = avips.model{ target = conditional, components = 2, hidden = {16}, seed = 1 }
student:train{ steps = 2, seed = 1 }

local flow = avips.model{ robot = arm, kind = "flow", blocks = 1, hidden = {16}, seed = 1 }
flow:train{ steps = 2, batch = 16, seed = 1 }

-- What a density is called with once.
local symbol
avips.target{ dimension = 1, logdensity = function(x) symbol = symbol or x[1]; return -x[1]^2 end }

local net = avips.network{ inputs = 2, hidden = {8}, outputs = 1, seed = 1 }

local world = avips.world{ { sphere = 0.05, at = {0.6, 0, 0.9} } }
local plans = panda:plan({0.8, 0.2, 0, -2, 0, 2.2, 0.8}, {0.6, 0.2, 0, -2, 0, 2.2, 0.8}, { world = world, seed = 1 })

local figure = avips.plot.robot(arm, { 0, 1, 2 })
local path = {}
for i = 1, 3 do path[i] = arm:fk{ 0.3 + 0.02 * i, 0.5, -0.4 } end

local live
local directory = os.tmpname()
os.remove(directory)
local study = avips.experiment{
  name = "hostile", directory = directory, grid = { x = {1, 2} }, run = function(c, run) live = run return c.x end,
}
study:run{ workers = 1 }

local list = {
  panda, panda.joints[1], arm, pose, planar, model, lead, pair, factored, log, answers, answers[1], matrix, matrix[1], panda:random(5, { seed = 1 }),
  panda:ik(avips.pose{ xyz = {9, 9, 9} }, { restarts = 10, seed = 1 }), model:predict(planar),
  model:evaluate{ poses = 2, samples = 4, references = 1, timed = 1, seed = 2 }, model:training{ steps = 3, seed = 1 }, arm:track(path, { seed = 1 }),
  avips.goal{ xyz = {0.45, 0.1, 0.4}, axis = {0, 0, 1}, direction = {0, 0, -1} }, talos, postures, postures[1], body,
  avips.schedule.linear(1, 0), vips, vips.target, vips.log, vips.mixture, vips:iterations(3), own, symbol,
  net, conditional, student, student:evaluate{ contexts = 2, samples = 4, seed = 1 }, flow, avips.model{ members = { student, student } }, avips.stream(1),
  world, plans, plans[1], panda:ik(pose, { count = 2, seed = 1, world = world }),
  study, study:table(), live, figure, avips.plot.poses(panda, answers), avips.plot.animate{ figure }, avips.json.null,
  avips.bench(function() end, { seconds = 0.001 }),
  body:evaluate{ places = 2, samples = 2, seed = 1 }, panda:random(nil, { seed = 1 }),
}
-- One that was closed.
do
  local gone <close> = avips.matrix{ {1} }
  list[#list + 1] = gone
end

-- Fails where a type has been added without an object here.
local function check(types)
  local seen = {}
  for _, object in ipairs(list) do seen[getmetatable(object)] = true end
  for name in pairs(types) do assert(seen[name], "Tests/Long/objects.lua has no " .. name) end
end

return { list = list, check = check, panda = panda, pose = pose, planar = planar }
