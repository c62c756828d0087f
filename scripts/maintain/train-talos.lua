-- Trains the model in share/models/talos_whole_body.safetensors: TALOS on both feet, in balance, asked with the place of its right hand.
--
--     scripts/avips scripts/maintain/train-talos.lua [output.safetensors]
--
-- Pairs come from the search for the whole body: places uniform in the box of Lembono et al. (2021), configurations found from
-- spread starts. It takes a few minutes of one core. Then the model is asked for one exact answer at each of 1000 other places,
-- and so is the search alone.

local output = arg and arg[1] or "share/models/talos_whole_body.safetensors"

local model = avips.model{
    robot = "talos_28dof", tip = "right_hand", lower = {0.3, -0.4, 0.6}, upper = {0.8, 0.4, 1.1},
    components = 8, hidden = {64, 64}, seed = 1,
}
print(model:train{ steps = 4000, batch = 256, pairs = 200000, seed = 1 })
model:save(output)
print(model)

local function report(name, r)
    print(string.format("%-12s %5.1f %% solved, %.3f ms median, %.3f ms 95 %%, %.2f iterations of 16 searches",
        name, 100 * r.solved, 1e3 * r.median, 1e3 * r.p95, r.iterations))
end
local asked = model:evaluate{ places = 1000, seed = 2 }
report("model", asked)
report("search alone", model:evaluate{ places = 1000, seed = 2, model = false })
print(string.format("raw samples: %.1f cm median error, %.1f %% inside the limits; the search arrives from %.2f %% of them; %.1f components in use",
    100 * asked.sample_error, 100 * asked.inside, 100 * asked.arriving, asked.components_in_use))
print("written to " .. output)
