-- Draws one figure of every kind and writes the gallery of the documentation, with the line of Lua that made each.
--
--     scripts/avips scripts/gallery.lua [directory]
--
-- Writes gallery.md and gallery/*.svg into the directory, share/doc by default. The same program gives the same files, but for
-- the measured times.

local directory = arg and arg[1] or "share/doc"
os.execute("mkdir -p '" .. directory .. "/gallery'")

-- What the lines below draw from ------------------------------------------------------------------------------------------------

panda = avips.robot "panda"
arm = avips.robot "planar_3link"
model = avips.model "panda"
target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
answers = model:solve(target, { count = 40, seed = 1 })
goal = arm:fk{0.3, 0.8, -0.9}

-- Small models of a planar arm, trained for some seconds: their learning curves, and how the weights at one pose change.
local function training(seed, rate, follow)
    local student = avips.model{ robot = arm, components = 8, hidden = {64, 64}, seed = seed }
    local log = { step = {}, loss = {}, weights = {} }
    for chunk = 1, 40 do
        local part = student:train{ steps = 25, seed = 100 * seed + chunk, learning_rate = rate(chunk / 40), batch = 256 }
        log.step[chunk], log.loss[chunk] = 25 * chunk, part.loss[#part.loss]
        if follow then log.weights[chunk] = student:predict(goal).weights end
    end
    return log, student
end
local function constant() return 3e-3 end
local function decaying(progress) return 3e-3 * 10 ^ (-2 * progress) end
runs = { constant = {}, decaying = {} }
for seed = 1, 3 do runs.constant[seed], runs.decaying[seed] = training(seed, constant), training(seed, decaying) end
log, student = training(4, constant, true)
frames = {}

-- Errors of samples, straight from the network and after evidence updates.
local function sampled(name, refine)
    local sample = { name = name, position_errors = {}, rotation_errors = {} }
    local start = os.clock()
    local poses = {}
    for i, pose in ipairs(panda:fk(panda:random(40, { seed = 5 }))) do poses[i] = { pose, model:sample(pose, 25, { refine = refine, seed = i }) } end
    sample.seconds = (os.clock() - start) / (40 * 25)
    for _, pair in ipairs(poses) do
        local wanted = pair[1]
        for _, pose in ipairs(panda:fk(pair[2])) do
            local step = wanted:inverse() * pose
            local x, q = step.position, step.quaternion
            table.insert(sample.position_errors, math.sqrt(x[1]^2 + x[2]^2 + x[3]^2))
            table.insert(sample.rotation_errors, 2 * math.asin(math.min(1, math.sqrt(q[2]^2 + q[3]^2 + q[4]^2))))
        end
    end
    return sample
end
samples = { sampled("network", 0), sampled("one update", 1), sampled("two updates", 2) }
local function mean(list)
    local sum, squares = 0, 0
    for _, x in ipairs(list) do sum, squares = sum + x, squares + x * x end
    local value = sum / #list
    return { value = value, standard_error = math.sqrt(math.max(0, squares / #list - value * value) / #list) }
end
results = {}
for i, sample in ipairs(samples) do
    results[i] = {
        name = sample.name, position_error = mean(sample.position_errors), rotation_error = mean(sample.rotation_errors), seconds = sample.seconds,
    }
end

-- The figures -------------------------------------------------------------------------------------------------------------------

local figures = {
    { "poses", "IK has many answers; components are families of them.",
      "avips.plot.poses(panda, answers)" },
    { "joints", "What a component is: a Gaussian over the joints, drawn at one and two standard deviations.",
      "avips.plot.joints(model:predict(target), { joints = {1, 2}, samples = 100 })" },
    { "pairs", "The same over more joints: every pair of them.",
      "avips.plot.joints(answers, { joints = {1, 2, 3, 5} })" },
    { "density", "Where the target is dense, and what the mixture covers of it.",
      "avips.plot.density(goal, student:predict(goal), { position_deviation = 0.1, resolution = 60 })" },
    { "weights", "How the weights of the components change over a training.",
      "avips.plot.weights(log)" },
    { "curves", "Schedules compared: mean and spread of three runs each.",
      "avips.plot.curves(runs)" },
    { "workspace", "Where the model fails.",
      "avips.plot.workspace(model, { resolution = 24 })" },
    { "errors", "How accurate samples are: the share below every error.",
      "avips.plot.errors(samples)" },
    { "schedule", "What a script will do: rates and bounds over the progress.",
      "avips.plot.schedule{ learning_rate = function(t) return 3e-3 * 10^(-2 * t) end, kl_bound = 0.01 }" },
    { "compare", "Trade-offs: methods side by side, with their standard errors.",
      "avips.plot.compare(results)" },
    { "chain", "Reading a robot: its joints, what they turn about, and how far.",
      "avips.plot.chain(panda)" },
    { "robot", "One pose, with the frames of the links.",
      "avips.plot.robot(panda, answers[1].q)" },
    { "animation", "A conditional mixture: the answers along a path.",
      [[avips.plot.animate(function(t)
    local along = avips.pose{ xyz = {0.6 + 1.2 * t, 1.4 - 0.8 * t, 0}, rpy = {0, 0, 0.6} }
    return avips.plot.poses(arm, student:solve(along, { count = 2, seed = 1 }), { title = "Answers along a path" })
end, { frames = 24 })]] },
}

local page = {
    "# Gallery\n", "Every figure of `avips.plot`, with the line of Lua that made it; [scripts/gallery.lua](../../scripts/gallery.lua) draws them anew.",
    "Printed at the prompt, a figure is drawn in the terminal; `:save \"figure.svg\"` exports it, and `:save(\"figure.svg\", { csv = true })`",
    "writes its data beside it.\n",
}
for _, entry in ipairs(figures) do
    local name, teaches, code = table.unpack(entry)
    local figure = assert(load("return " .. code))()
    figure:save(directory .. "/gallery/" .. name .. ".svg")
    local about = figure.description or "The answers along a path, one after the other."
    page[#page + 1] = ("## %s\n\n%s\n\n    %s\n\n![%s](gallery/%s.svg)\n"):format(name, teaches, code:gsub("\n", "\n    "), about, name)
end
page[#page + 1] = [[
## report

The figures and tables of a run as one HTML page:

    avips.report({ "# Training", log, "# Answers", answers }, "report.html", { title = "A planar arm" })
]]
local file = assert(io.open(directory .. "/gallery.md", "w"))
file:write(table.concat(page, "\n"))
file:close()
print("written to " .. directory .. "/gallery.md")
