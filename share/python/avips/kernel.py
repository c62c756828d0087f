"""A Jupyter kernel: cells of Lua, figures as SVG, completion, Ctrl-C. Needs the package ipykernel.

    avips kernel install                    # or python3 -m avips.kernel install, with share/python on PYTHONPATH
"""

import json
import os
import re
import sys
import tempfile
from pathlib import Path

try:
    from ipykernel.kernelbase import Kernel
except ImportError:
    sys.exit("the kernel needs Jupyter's package ipykernel: python3 -m pip install ipykernel")

import avips

# What a value is shown as: a figure by its drawing, the rest as the prompt shows it.
_SHOW = """
function __shown(value)
  local text = tostring(value)
  local ok, svg = pcall(function() return type(value) == "userdata" and value:svg() end)
  return { text = text, svg = ok and svg or nil }
end
function __fields(path)
  local value = _G
  for name in path:gmatch "[^.:]+" do
    if type(value) ~= "table" then value = nil break end
    value = rawget(value, name)
  end
  local names = {}
  if type(value) == "table" then for name in pairs(value) do if type(name) == "string" then names[#names + 1] = name end end end
  table.sort(names)
  return names
end
"""


class AvipsKernel(Kernel):
    implementation = "avips"
    implementation_version = "1"
    language = "lua"
    language_version = "5.4"
    language_info = {"name": "lua", "mimetype": "text/x-lua", "file_extension": ".lua"}
    banner = "avips: amortized variational inference by policy search, a Lua session"

    def __init__(self, **keywords):
        super().__init__(**keywords)
        self.lua = avips.Session()
        self.lua.run(_SHOW)
        self.printed = 0

    def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False):
        if not code.strip():
            return {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}
        try:
            shown = self.lua.eval(self._showing(code))
        except KeyboardInterrupt:
            self._tell()
            return self._failed("KeyboardInterrupt", "interrupted", silent)
        except avips.Error as error:
            self._tell(before=str(error).split("\n")[0])
            return self._failed(error.kind, str(error), silent)
        self._tell()
        if not silent and shown:
            data = {"text/plain": shown["text"]}
            if "svg" in shown:
                data["image/svg+xml"] = shown["svg"]
            self.send_response(self.iopub_socket, "execute_result", {"execution_count": self.execution_count, "data": data, "metadata": {}})
        return {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}

    @staticmethod
    def _showing(code):
        """The code with its value handed to what shows it; a final semicolon keeps it quiet, as at the prompt."""
        quoted = avips._quoted(code)
        quiet = "true" if code.rstrip().endswith(";") else "false"
        return (
            f"(function() local f, m = load('return ' .. {quoted}, '=cell') if not f then f, m = load({quoted}, '=cell') end "
            f"if not f then error(m, 0) end local value = f() if value ~= nil and not {quiet} then _ = value return __shown(value) end end)()")

    def _tell(self, before=None):
        """Passes on what was printed since; not an error's own message, which the notebook shows by itself."""
        text = self.lua.messages()
        new, self.printed = text[self.printed:], len(text)
        if before and before in new:
            new = new[:new.rindex("\n", 0, new.index(before)) + 1] if "\n" in new[:new.index(before)] else ""
        if new:
            self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": new})

    def _failed(self, name, message, silent):
        if not silent:
            self.send_response(self.iopub_socket, "error", {"ename": name, "evalue": message, "traceback": [message]})
        return {"status": "error", "execution_count": self.execution_count, "ename": name, "evalue": message, "traceback": [message]}

    def do_complete(self, code, cursor_pos):
        match = re.search(r"((?:[A-Za-z_]\w*[.:])*)([A-Za-z_]\w*)?$", code[:cursor_pos])
        path, word = match.group(1).rstrip(".:"), match.group(2) or ""
        names = [name for name in self.lua.eval("__fields(path)", path=path) or [] if name.startswith(word) and not name.startswith("__")]
        return {"status": "ok", "matches": names, "cursor_start": cursor_pos - len(word), "cursor_end": cursor_pos, "metadata": {}}

    def do_inspect(self, code, cursor_pos, detail_level=0, omit_sections=()):
        match = re.search(r"[A-Za-z_][\w.:]*$", code[:cursor_pos])
        end = re.match(r"\w*", code[cursor_pos:]).group()
        try:
            text = self.lua.eval("avips.help(topic)", topic=(match.group() if match else "") + end) if match else None
        except avips.Error:
            text = None
        return {"status": "ok", "found": text is not None, "data": {"text/plain": text} if text else {}, "metadata": {}}

    def do_is_complete(self, code):
        check = f"(function() local f, m = load('return ' .. {avips._quoted(code)}) if not f then f, m = load({avips._quoted(code)}) end return m or '' end)()"
        message = self.lua.eval(check)
        return {"status": "complete" if not message else "incomplete" if message.endswith("<eof>") else "invalid", "indent": "  "}

    def do_shutdown(self, restart):
        self.lua.close()
        return {"status": "ok", "restart": restart}


def install(prefix=None):
    """Registers the kernel for the user, or below a directory."""
    from jupyter_client.kernelspec import KernelSpecManager

    specification = {
        "argv": [sys.executable, "-m", "avips.kernel", "-f", "{connection_file}"], "display_name": "avips (Lua)", "language": "lua",
        "interrupt_mode": "signal",
        "env": {"PYTHONPATH": str(Path(__file__).resolve().parents[1]), **({"AVIPS": os.environ["AVIPS"]} if "AVIPS" in os.environ else {})},
    }
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "kernel.json").write_text(json.dumps(specification, indent=1))
        return KernelSpecManager().install_kernel_spec(directory, "avips", user=prefix is None, prefix=prefix)


if __name__ == "__main__":
    if sys.argv[1:2] == ["install"]:
        print(install(*sys.argv[2:3]))
    else:
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance(kernel_class=AvipsKernel)
