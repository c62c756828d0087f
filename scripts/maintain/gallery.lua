-- Draws one figure of every kind and writes the gallery of the documentation, with the line of Lua that made each.
--
--     scripts/avips scripts/maintain/gallery.lua [directory]
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

-- Small models of a planar arm, trained for some seconds under two schedules, three times each.
rates = { constant = avips.schedule.constant(1e-3), decaying = avips.schedule.exponential(5e-3, 5e-5) }
local function student(seed) return avips.model{ robot = arm, components = 8, hidden = {64, 64}, seed = seed } end
runs = {}
for name, rate in pairs(rates) do
    runs[name] = {}
    for seed = 1, 3 do
        local log = { step = {}, loss = {} }
        for report in student(seed):training{ steps = 1500, interval = 50, batch = 256, learning_rate = rate, seed = seed } do
            log.step[#log.step + 1], log.loss[#log.loss + 1] = report.step, report.loss
        end
        runs[name][seed] = log
    end
end

-- One more for its mixture, and an inference that finds the number of its components by itself.
learner = student(4)
learner:train{
    steps = 2000, batch = 256, learning_rate = rates.decaying, objective = "reverse", forward_share = avips.schedule.steps{ {0, 1}, {0.4, 0} },
    position_deviation = 0.1, rotation_deviation = 0.3, seed = 4,
}
vips = avips.vips{ target = avips.target.gaussian_mixture{ dimension = 2, seed = 1 }, components = 3, seed = 1 }
vips:run{ iterations = 400 }

evaluation = model:evaluate{ poses = 100, samples = 50, references = 20, timed = 10, seed = 3 }

-- The figures -------------------------------------------------------------------------------------------------------------------

local figures = {
    { "poses", "IK has many answers; components are families of them.",
      "avips.plot.poses(panda, answers)" },
    { "joints", "What a component is: a Gaussian over the joints, drawn at one and two standard deviations.",
      "avips.plot.joints(model:predict(target), { joints = {1, 2}, samples = 100 })" },
    { "pairs", "The same over more joints: every pair of them.",
      "avips.plot.joints(answers, { joints = {1, 2, 3, 5} })" },
    { "density", "Where the target is dense, and what a mixture that was trained for it covers.",
      "avips.plot.density(goal, learner:predict(goal), { position_deviation = 0.1, rotation_deviation = 0.3 })" },
    { "weights", "How the number of components adapts: births, deaths and weights.",
      "avips.plot.weights(vips.log)" },
    { "curves", "Schedules compared: mean and spread of three runs each.",
      "avips.plot.curves(runs)" },
    { "workspace", "Where the model fails.",
      "avips.plot.workspace(model, { resolution = 24 })" },
    { "errors", "How accurate samples are: the share below every error.",
      "avips.plot.errors(evaluation)" },
    { "schedule", "What a script will do: rates and bounds over the progress.",
      "avips.plot.schedule{ decaying = rates.decaying, waves = function(t) return 1 + math.sin(20 * t) / (1 + t) end }" },
    { "compare", "Trade-offs: ways of sampling side by side, with their standard errors.",
      "avips.plot.compare(evaluation)" },
    { "chain", "Reading a robot: its joints, what they turn about, and how far.",
      "avips.plot.chain(panda)" },
    { "robot", "One pose, with the frames of the links.",
      "avips.plot.robot(panda, answers[1].q)" },
    { "pictures", "What a decoder makes, or a matrix, as colours.",
      [[avips.plot.pictures({ {0, 1, 1, 0,  1, 0, 0, 1,  1, 0, 0, 1,  0, 1, 1, 0}, {0, 1, 0, 0,  1, 1, 0, 0,  0, 1, 0, 0,  1, 1, 1, 0} },
    { title = "Zero and one" })]] },
    { "animation", "A conditional mixture: the answers along a path.",
      [[avips.plot.animate(function(t)
    local along = avips.pose{ xyz = {0.6 + 1.2 * t, 1.4 - 0.8 * t, 0}, rpy = {0, 0, 0.6} }
    return avips.plot.poses(arm, learner:solve(along, { count = 2, seed = 1 }), { title = "Answers along a path" })
end, { frames = 24 })]] },
}

local page = {
    "# Gallery\n", "Every figure of `avips.plot`, with the line of Lua that made it; [scripts/maintain/gallery.lua](../../scripts/maintain/gallery.lua) draws them anew.",
    "Printed at the prompt, a figure is drawn in the terminal: as a picture where the terminal shows pictures (kitty, iTerm2, WezTerm, ghostty, foot;",
    "`AVIPS_PICTURES=kitty`, `iterm`, `sixel` or `none` says so where that is not found out), else in letters and dots.",
    "`:save \"figure.svg\"` exports it, as do names that end in `.pdf` and `.png`; `{ width = 320, height = 240 }` says how large (96 pixels are an inch),",
    "`{ dark = true }` sets PNG and PDF on a dark page, and `{ csv = true }` writes the data beside the figure. Every file tells the program's version and",
    "commit, the script, the seed and the date in its metadata; with `{ provenance = false }` the same figure gives the same bytes.\n",
    "An animation pauses under the pointer where its SVG is opened by itself; the bar below it shows any frame.\n",
}
for _, entry in ipairs(figures) do
    local name, teaches, code = table.unpack(entry)
    local figure = assert(load("return " .. code))()
    -- Without provenance the same program gives the same files.
    figure:save(directory .. "/gallery/" .. name .. ".svg", { provenance = false })
    local about = figure.description or "The answers along a path, one after the other."
    page[#page + 1] = ("## %s\n\n%s\n\n    %s\n\n![%s](gallery/%s.svg)\n"):format(name, teaches, code:gsub("\n", "\n    "), about, name)
end
page[#page + 1] = [[
## report

The figures and tables of a run as one HTML page with contents, captions, and at its foot where it comes from:

    avips.report({ "# Training", log, "# Answers", answers }, "report.html", { title = "A planar arm" })

## view

Robots in three dimensions, as a page for a browser that needs no network and no other file:

    avips.view(panda, answers)                                     -- families in their colours, a list to click, sliders for joints
    avips.view(panda, panda:plan(start, goal, { world = world }), { world = world })
    avips.view(arm, steps_of_a_training)                           -- a list of Mixtures or Solutions: the components move
    avips.view(avips.robot "my-robot.urdf", q, { shapes = "visual" })

Meshes of the description (STL, OBJ, COLLADA) are simplified and put into the page; `shapes = "spheres"` shows what collision checks see.
]]
local file = assert(io.open(directory .. "/gallery.md", "w"))
file:write(table.concat(page, "\n"))
file:close()
print("written to " .. directory .. "/gallery.md")
