"""Saves figures as PNG and PDF and reads them with other programs' eyes; sees what terminals that show pictures are sent."""

import base64
import json
import re
import shutil
import struct
import subprocess
import unittest
import zlib
from pathlib import Path

from support import ProgramTest

BROWSER = next((found for found in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if found), None)
FIGURE = "local plot = avips.plot.compare{ a = { seconds = {1, 2, 3}, loss = 3 }, b = { seconds = {3, 4, 6}, loss = -1 } } "


def read_png(data):
    """Width, height, rows of RGB bytes and texts, with all checksums proven."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, packed, notes, size = 8, b"", {}, None
    while place < len(data):
        length, = struct.unpack(">I", data[place:place + 4])
        kind, body = data[place + 4:place + 8], data[place + 8:place + 8 + length]
        assert struct.unpack(">I", data[place + 8 + length:place + 12 + length])[0] == zlib.crc32(kind + body)
        if kind == b"IHDR":
            size = struct.unpack(">II", body[:8])
        elif kind == b"IDAT":
            packed += body
        elif kind == b"iTXt":
            key, rest = body.split(b"\0", 1)
            notes[key.decode()] = rest[4:].decode()
        place += 12 + length
    raw = zlib.decompress(packed)
    step = 3 * size[0] + 1
    assert len(raw) == step * size[1]
    rows = []
    for row in range(size[1]):
        kind, line = raw[step * row], bytearray(raw[step * row + 1:step * (row + 1)])
        assert kind == 0
        rows.append(bytes(line))
    return size, rows, notes


def read_foreign_png(data):
    """The grey of a PNG that another program wrote, in any filter, with three or four channels."""
    place, packed, size, channels = 8, b"", None, 3
    while place < len(data):
        length, = struct.unpack(">I", data[place:place + 4])
        kind, body = data[place + 4:place + 8], data[place + 8:place + 8 + length]
        if kind == b"IHDR":
            size, channels = struct.unpack(">II", body[:8]), {2: 3, 6: 4}[body[9]]
        elif kind == b"IDAT":
            packed += body
        place += 12 + length
    raw, step, rows, before = zlib.decompress(packed), channels * size[0], [], bytearray(channels * size[0])
    for row in range(size[1]):
        kind, line = raw[(step + 1) * row], bytearray(raw[(step + 1) * row + 1:(step + 1) * (row + 1)])
        for i in range(step):
            left, up = line[i - channels] if i >= channels else 0, before[i]
            corner = before[i - channels] if i >= channels else 0
            if kind == 4:
                guess = left + up - corner
                distances = (abs(guess - left), abs(guess - up), abs(guess - corner))
                line[i] = line[i] + (left, up, corner)[distances.index(min(distances))] & 255
            else:
                line[i] = line[i] + (0, left, up, (left + up) // 2)[kind] & 255
        before = line
        rows.append(line)
    return size, rows, channels


class PictureTests(ProgramTest):
    def save(self, ending, options=""):
        path = Path(self.home) / f"figure.{ending}"
        result = self.run_program("-e", FIGURE + f'plot:save("{path}", {{ {options} }})')
        self.assertEqual(result.returncode, 0, result.stderr)
        return path.read_bytes()

    def test_a_png_has_the_size_and_the_page_that_were_asked_for(self):
        size, rows, notes = read_png(self.save("png", "width = 400, height = 360, scale = 3, dark = true"))
        self.assertEqual(size, (1200, 1080))
        self.assertEqual(tuple(rows[2][6:9]), (0x15, 0x18, 0x1C))
        self.assertGreater(len({rows[540][i:i + 3] for i in range(0, 3600, 3)}), 3)
        self.assertRegex(notes["program"], r"^avips \d")
        self.assertRegex(notes["date"], r"^\d{4}-\d\d-\d\dT")

    def test_a_pdf_is_one_page_of_lines(self):
        data = self.save("pdf", "width = 320, height = 300")
        self.assertTrue(data.startswith(b"%PDF-1.4") and data.endswith(b"%%EOF\n"))
        self.assertIn(b"/MediaBox [0 0 240 225]", data)
        # Every object is where the table says.
        start = int(re.search(rb"startxref\n(\d+)", data).group(1))
        for number, place in enumerate(re.findall(rb"(\d{10}) 00000 n", data[start:]), 1):
            self.assertTrue(data[int(place):].startswith(b"%d 0 obj" % number))
        content = zlib.decompress(data[data.index(b"stream\n") + 7:data.index(b"\nendstream")])
        self.assertGreater(content.count(b" c\n"), 200)
        self.assertNotIn(b"/Font", data)

    def test_provenance_can_be_left_out(self):
        text = self.save("svg").decode()
        facts = json.loads(re.search(r"<metadata>(.*?)</metadata>", text).group(1).replace("&quot;", '"').replace("&amp;", "&"))
        self.assertLessEqual({"program", "seed", "date"}, facts.keys())
        self.assertNotIn("<metadata>", self.save("svg", "provenance = false").decode())
        self.assertEqual(self.save("pdf", "provenance = false"), self.save("pdf", "provenance = false"))

    def test_other_endings_are_refused(self):
        result = self.run_program("-e", FIGURE + 'plot:save("figure.jpg")')
        self.assertNotEqual(result.returncode, 0)
        self.assertIn(".svg, .png or .pdf", result.stderr)

    @unittest.skipUnless(BROWSER, "needs Chromium")
    def test_a_png_looks_as_the_svg_does_in_a_browser(self):
        size, rows, _ = read_png(self.save("png", "scale = 1"))
        self.save("svg")
        shot = Path(self.home) / "shot.png"
        subprocess.run([BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={size[0]},{size[1]}",
                        "--blink-settings=preferredColorScheme=1", f"--screenshot={shot}", (Path(self.home) / "figure.svg").as_uri()],
                       capture_output=True, timeout=120)
        other, theirs, channels = read_foreign_png(shot.read_bytes())
        self.assertEqual(size, other)
        # Letters may come from another font; blocks of eight pixels are of the same grey but for those.
        def blocks(rows, channels):
            return [sum(rows[y + j][channels * (x + i) + 1] for j in range(8) for i in range(8)) / 64
                    for y in range(0, size[1] - 8, 8) for x in range(0, size[0] - 8, 8)]
        pairs = list(zip(blocks(rows, 3), blocks(theirs, channels)))
        different = sum(abs(a - b) > 24 for a, b in pairs)
        self.assertLess(different / len(pairs), 0.04)
        self.assertGreater(sum(a < 250 for a, _ in pairs), 100)


    def shown(self, **env):
        """What a terminal is sent for a figure."""
        session = self.session(env=env)
        session.child.send("avips.plot.compare{ a = { seconds = {1, 2, 3} } }\r")
        session.answer()
        return session.child.before

    def test_terminals_that_show_pictures_are_sent_one(self):
        kitty = self.shown(KITTY_WINDOW_ID="1")
        pieces = re.findall(r"\x1b_G(.*?);(.*?)\x1b\\", kitty, re.DOTALL)
        self.assertRegex(pieces[0][0], r"^a=T,f=100,q=2,c=100,m=[01]$")
        self.assertTrue(all(len(data) <= 4096 for _, data in pieces))
        size, _, _ = read_png(base64.b64decode("".join(data for _, data in pieces)))
        self.assertEqual(size[0], 1760)
        iterm = re.search(r"\x1b\]1337;File=inline=1;size=(\d+);width=100:(.*?)\x07", self.shown(TERM_PROGRAM="iTerm.app"), re.DOTALL)
        data = base64.b64decode(iterm.group(2))
        self.assertEqual(len(data), int(iterm.group(1)))
        read_png(data)
        self.assertRegex(self.shown(AVIPS_PICTURES="sixel"), r'\x1bPq"1;1;800;\d+#')

    def test_others_are_drawn_in(self):
        for env in ({}, {"TMUX": "x", "KITTY_WINDOW_ID": "1"}, {"AVIPS_PICTURES": "none", "KITTY_WINDOW_ID": "1"}):
            self.assertIn("┘", self.shown(**env))
        # Nor is a pipe sent a picture.
        self.assertIn("┘", self.run_program("-e", FIGURE + "print(plot)", env={"KITTY_WINDOW_ID": "1"}).stdout)


if __name__ == "__main__":
    unittest.main()
