-- 6. A batch of experiments: how many components does an arm need, and how fast may it learn? Three robots, two settings of each, three
-- seeds: 36 runs on all cores, that go on where they were when they are interrupted. Then means and standard errors, learning curves,
-- a comparison by pairs of runs, and a page for others.
--
--     scripts/avips examples/6-experiment.lua [steps] [run | status | table | report | submit ...]

avips.experiment{
  name = "components",
  grid = { robot = { "planar_3link", "ur5", "panda" }, components = { 4, 16 }, rate = { slow = 1e-3, fast = 4e-3 } },
  seeds = 3,
  options = { steps = tonumber(arg[1]) or 500 },
  run = function(c, run)
    local model = avips.model{ robot = c.robot, components = c.components, hidden = {64, 64}, seed = c.seed }
    local log = run:train(model, { steps = c.steps, batch = 256, learning_rate = c.rate })
    run:save("model", model)
    local evaluation = model:evaluate{ poses = 50, samples = 50, references = 0, timed = 0, seed = 1 }
    return { loss = log.loss[#log], position = evaluation.modes[1].position.mean.value }
  end,
  report = function(study)
    print(study:table{ rows = { "robot", "rate" }, columns = "components", value = "loss" })
    print(study:compare{ axis = "components", baseline = 4, value = "loss" })
    avips.plot.curves(study, { columns = { "loss" }, band = "standard error" }):save "components/curves.svg"
    avips.plot.compare(study):save "components/comparison.svg"
    print("written to " .. study:report())
  end,
}
