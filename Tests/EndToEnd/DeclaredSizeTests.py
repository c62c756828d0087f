"""Files that declare far more than they hold are refused before memory is taken for it."""

import json
import os
import struct

from support import ProgramTest

MEGABYTE = 1 << 20


class DeclaredSizes(ProgramTest):
    def write_tensors(self, name, metadata, tensors):
        """A file of tensors of 32-bit zeros, by name and shape."""
        header, offset = {"__metadata__": metadata}, 0
        for key, shape in tensors.items():
            count = 4
            for extent in shape:
                count *= extent
            header[key] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + count]}
            offset += count
        text = json.dumps(header).encode()
        path = os.path.join(self.home, name)
        with open(path, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text + bytes(offset))
        return path

    def growth(self, call):
        """What a call that fails adds to the greatest memory of its process, and what it says."""
        script = self.write("load.lua", f"""
            local function peak() return tonumber(io.open '/proc/self/status':read 'a':match 'VmHWM:%s*(%d+)') end
            pcall(avips.model, 'planar_3link')
            local before = peak()
            local loaded, message = pcall({call})
            print(loaded, (peak() - before) * 1024, message)
            """)
        result = self.run_program(script)
        loaded, added, message = result.stdout.rstrip("\n").split("\t", 2)
        self.assertEqual((loaded, result.stderr), ("false", ""))
        return int(added), message

    def test_models(self):
        configuration = {"components": 256, "hidden": [8192, 8192], "covariance": "full", "leastDeviation": 0.001, "greatestDeviation": 1, "isConditioned": True, "seed": 1}
        metadata = {
            "format": "avips conditional mixture 1", "configuration": json.dumps(configuration), "subject": "density", "name": "x", "temperature": "1",
            "space": json.dumps({"names": ["x"], "middle": [0], "halfRange": [1]}), "contexts": json.dumps({"named": {"_0": ["a"]}}),
        }
        path = self.write_tensors("small.safetensors", metadata, {"encoding.offset": [1], "encoding.scale": [1]})
        self.assertLess(os.path.getsize(path), 1500)
        added, message = self.growth(f"avips.model, {path!r}")
        self.assertIn("small.safetensors is not a usable model", message)
        self.assertLess(added, 20 * MEGABYTE)

    def test_checkpoints(self):
        script = self.write("train.lua", """
            local student = avips.model{ robot = 'planar_3link', components = 2, hidden = {16}, seed = 1 }
            student:train{ steps = 2, batch = 16, seed = 1, checkpoint = 'c.safetensors' }
            """)
        self.assertEqual(self.run_program(script).returncode, 0)
        with open(os.path.join(self.home, "c.safetensors"), "rb") as file:
            bytes_ = file.read()
        length = struct.unpack("<Q", bytes_[:8])[0]
        header = json.loads(bytes_[8:8 + length])
        configuration = json.loads(header["__metadata__"]["configuration"])
        configuration.update(components=64, hidden=[8192, 4096])
        header["__metadata__"]["configuration"] = json.dumps(configuration)
        text = json.dumps(header).encode()
        path = os.path.join(self.home, "wide.safetensors")
        with open(path, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text + bytes_[8 + length:])
        added, message = self.growth(f"avips.model, {path!r}")
        self.assertIn("wide.safetensors is not a usable model: tensor 'trunk.0.weight' has the shape", message)
        self.assertLess(added, 20 * MEGABYTE)

    def test_networks_and_headers(self):
        path = self.write_tensors("net.safetensors", {
            "format": "avips network 1", "widths": "[4096, 8192, 1024]", "activation": "tanh", "steps": "0"}, {"layers.0.bias": [1]})
        added, message = self.growth(f"avips.network, {path!r}")
        self.assertIn("net.safetensors", message)
        self.assertLess(added, 20 * MEGABYTE)
        # A tensor that is longer than the file, and a header of a hundred megabytes that is not there.
        long = os.path.join(self.home, "long.safetensors")
        header = json.dumps({"x": {"dtype": "F32", "shape": [100_000_000], "data_offsets": [0, 400_000_000]}}).encode()
        for content in (struct.pack("<Q", len(header)) + header + bytes(16), struct.pack("<Q", 99_000_000) + b"{}"):
            with open(long, "wb") as file:
                file.write(content)
            added, message = self.growth(f"avips.model, {long!r}")
            self.assertIn("is truncated", message)
            self.assertLess(added, 20 * MEGABYTE)

    def test_pipes_and_devices_are_not_waited_for(self):
        pipe = os.path.join(self.home, "pipe.safetensors")
        os.mkfifo(pipe)
        _, message = self.growth(f"avips.model, {pipe!r}")
        self.assertIn("is a device or a pipe, not a file", message)
