import Testing

/// The forms in which scripts give images as contexts.
@Suite struct ImageContextTests {
    /// Several images are a list of what one may be: matrices, rows, flat lists.
    @Test func listsOfImagesAreSeveralContexts() throws {
        #expect(try Fixture().message("""
            local target = avips.target{ dimension = 1, context = { image = {4, 6, 1}, data = avips.random.normal(40, { columns = 24, seed = 1 }) },
              logdensity = function(x, c) return -(x[1] - c[2])^2 end }
            local model = avips.model{ target = target, components = 1, hidden = {16}, seed = 1 }
            local image = avips.random.normal(4, { columns = 6, seed = 2 })
            local rows, flat = image:table(), {}
            for _, row in ipairs(rows) do for _, number in ipairs(row) do flat[#flat + 1] = number end end
            local one = model:predict(image).means[1][1]
            assert(model:predict(rows).means[1][1] == one and model:predict(flat).means[1][1] == one)
            for _, images in ipairs{ {image, image}, {rows, rows}, {flat, flat}, {image, rows}, avips.matrix{flat, flat} } do
              local several = model:predict(images)
              assert(#several == 2 and several[1].means[1][1] == one and several[2].means[1][1] == one)
            end
            assert(target:logpdf({0}, image) == -flat[2]^2)
            local fits, message = pcall(model.predict, model, { image, avips.random.normal(3, { columns = 6, seed = 2 }) })
            assert(not fits and tostring(message):find("element 2 must be a context, an image of 4 × 6 × 1", 1, true), tostring(message))
            """) == nil)
    }

    /// An image with channels may be rows of pixels of channels, in questions and in data, and rows of a matrix; other numbers of channels are named.
    @Test func imagesAreRowsOfPixelsOfChannels() throws {
        let fixture = try Fixture()
        #expect(fixture.message("""
            function nested(matrix, channels)
              local rows = {}
              for i, row in ipairs(matrix:table()) do
                rows[i] = {}
                for j = 0, #row // channels - 1 do rows[i][j + 1] = table.move(row, j * channels + 1, (j + 1) * channels, 1, {}) end
              end
              return rows
            end
            local function check(height, width, channels)
              local columns, data = width * channels, {}
              local image, other = avips.random.normal(height, { columns = columns, seed = 2 }), avips.random.normal(height, { columns = columns, seed = 3 })
              for i = 1, 8 do data[i] = nested(avips.random.normal(height, { columns = columns, seed = i }), channels) end
              local function sum(x, c) local sum = x[1] for i = 1, #c do sum = sum + i * c[i] end return sum end
              local target = avips.target{ dimension = 1, context = { image = {height, width, channels}, data = data }, logdensity = sum }
              local pixels, rows = nested(image, channels), {}
              for i = 1, height do rows[i] = image[i] end
              local value, second = target:logpdf({0}, image), target:logpdf({0}, other)
              assert(target:logpdf({0}, pixels) == value and target:logpdf({0}, rows) == value)
              for _, several in ipairs{ {pixels, nested(other, channels)}, {pixels, other}, {image:table(), other:table()} } do
                local values = target:logpdf({ {0}, {0} }, several)
                assert(#values == 2 and math.abs(values[1] - value) < 1e-9 and math.abs(values[2] - second) < 1e-9)
              end
            end
            for _, shape in ipairs{ {4, 6, 3}, {2, 2, 3}, {3, 3, 1}, {3, 1, 2}, {1, 3, 2}, {1, 1, 4}, {2, 2, 2} } do check(table.unpack(shape)) end
            picture = avips.target{ dimension = 1, context = { image = {4, 6, 3} }, logdensity = function(x, c) return -(x[1] - c[2])^2 end }
            grey, ragged = nested(avips.random.normal(4, { columns = 6, seed = 1 }), 1), nested(avips.random.normal(4, { columns = 18, seed = 1 }), 3)
            ragged[2][5][4] = 1
            short = nested(avips.random.normal(4, { columns = 18, seed = 1 }), 3)
            short[3][6] = nil
            """) == nil)
        for (context, part) in [
            ("grey", "element 1, element 1 must be a pixel of 3 channels, got a list of 1"),
            ("ragged", "element 2, element 5 must be a pixel of 3 channels, got a list of 4"),
            ("{ragged, ragged}", "element 5 must be a pixel of 3 channels, got a list of 4"),
            ("short", "element 3 must be a row of 6 pixels, as the first one is, got a list of 5"),
        ] {
            let message = fixture.message("picture:logpdf({0}, \(context))") ?? "no error"
            #expect(message.contains(part), "\(context): \(message)")
        }
    }
}
