"""Asks avips from Python: one process is kept, and answers Lua code in milliseconds or less.

    import avips

    with avips.Session() as session:
        session.run('panda = avips.robot "panda"')
        pose = session.eval("panda:fk(q)", q=[0, 0, 0, -1.5, 0, 1.8, 0.7])
        answers = session.eval("panda:ik(pose, { count = 5 })", pose=...)

Objects of avips come back by their fields, as `avips.json.encode` writes them; keep them in Lua variables to go on with them.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

__all__ = ["Error", "Session"]

# Answers an entry with one row: what the code returns, or the error that it ends in.
_SERVER = """
function __ask(code, names, values)
  local chunk = "local " .. (#names > 0 and table.concat(names, ", ") or "_") .. " = ... "
  local f, message = load(chunk .. "return " .. code, "=python")
  if not f then f, message = load(chunk .. code, "=python") end
  if not f then error(message, 0) end
  local results = table.pack(f(table.unpack(avips.json.decode(values), 1, #names)))
  return { n = results.n, value = results[1], values = results.n > 1 and { table.unpack(results, 1, results.n) } or nil }
end
"""


class Error(Exception):
    """An error that Lua code ended in; `kind` is "runtime", "syntax", "interrupt" or "limit"."""

    def __init__(self, message, kind):
        super().__init__(message)
        self.kind = kind


def _program():
    """The program: $AVIPS, else that of the directory which holds this package, else the one on the path."""
    if "AVIPS" in os.environ:
        return os.environ["AVIPS"]
    own = Path(__file__).resolve().parents[3]
    for found in (own / ".build/release/avips", own / "scripts/avips", shutil.which("avips")):
        if found and os.access(found, os.X_OK):
            return str(found)
    raise FileNotFoundError("avips was not found: set the environment variable AVIPS to the program's path")


def _plain(value):
    """What JSON has: arrays of NumPy and the like by their `tolist`."""
    return value.tolist() if hasattr(value, "tolist") else list(value)


def _tables(value):
    """The value with its dicts as Lua's tables: those with the keys 1 to n are lists, others have strings as keys."""
    if isinstance(value, dict):
        if value and all(type(key) is int for key in value) and sorted(value) == list(range(1, len(value) + 1)):
            return [_tables(value[key]) for key in sorted(value)]
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"the keys of a dict must be strings, or the numbers 1 to n, got {key!r}")
        return {key: _tables(element) for key, element in value.items()}
    return [_tables(element) for element in value] if isinstance(value, (list, tuple)) else value


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYWORDS = frozenset(
    "and break do else elseif end false for function goto if in local nil not or repeat return then true until while".split())


def _checked(name):
    """A name of a local variable of Lua."""
    if not _NAME.fullmatch(name) or name in _KEYWORDS:
        raise ValueError(f"the name of a value must be a name of Lua, of letters without accents, digits and _, and no keyword, got {name!r}")
    return name


def _quoted(text):
    """A text as a literal of Lua on one line."""
    out = []
    for byte in text.encode():
        character = chr(byte)
        out.append(character if 32 <= byte < 127 and character not in '"\\' else f"\\{byte:03d}")
    return '"' + "".join(out) + '"'


class Session:
    """A process of avips with its variables.

    A session belongs to one thread. `program` and `arguments` choose what is started; with `safe=True` code may read below the
    working directory only and writes nothing.
    """

    def __init__(self, program=None, arguments=(), *, seed=None, safe=False, cwd=None):
        command = [program or _program(), "-i", "-q", "--json", "--no-progress", *arguments]
        if seed is not None:
            command += ["--seed", str(seed)]
        if safe:
            command.append("--safe")
        self._messages = tempfile.TemporaryFile("w+")
        # In a session of its own: Ctrl-C at the terminal is Python's, which passes it on.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._messages, cwd=cwd, start_new_session=True)
        try:
            self._send(" ".join(_SERVER.split("\n")))
        except BrokenPipeError:
            error = self._ended()
            self.close()
            raise error from None

    def run(self, code, **values):
        """Runs statements; names in `values` are local variables of the code.

        Values are numbers, strings, booleans, None, lists, arrays of NumPy, and dicts whose keys are strings or the numbers 1 to n.
        A name that is none of Lua is a ValueError, another key of a dict a TypeError, an error of the code or the end of the program an `Error`.
        """
        self._ask(code, values)

    def eval(self, code, **values):
        """The value of an expression, or what statements return; a list where there are several."""
        answer = self._ask(code, values)
        return answer.get("values", answer.get("value"))

    def messages(self):
        """What was printed so far, and warnings."""
        self._messages.seek(0)
        return self._messages.read()

    def close(self):
        """Ends the process."""
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        if self._process.poll() is None:
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process.stdout.close()
        self._messages.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _send(self, line):
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def _ask(self, code, values):
        names = "{" + ", ".join(_quoted(_checked(name)) for name in values) + "}"
        try:
            data = json.dumps([_tables(value) for value in values.values()], default=_plain, allow_nan=False)
        except RecursionError:
            raise ValueError("a value contains itself, or is nested too deeply") from None
        if self._process.stdin.closed:
            raise Error("the session is closed", "runtime")
        try:
            self._send(f"__ask({_quoted(code)}, {names}, {_quoted(data)})")
            row = self._row()
        except BrokenPipeError:
            row = b""
        if not row:
            raise self._ended()
        try:
            answer = json.loads(row)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise Error(f"the program is no avips: it answers {row[:200]!r}", "runtime")
        if "error" in answer:
            raise Error(answer["error"], answer["kind"])
        return answer["value"]

    def _ended(self):
        """The error that the process has ended, with what it said last."""
        return Error(f"avips has ended with exit code {self._process.wait()}: {self.messages().strip()[-2000:]}", "runtime")

    def _row(self):
        """The next row; an interruption is passed on, and the row that answers it is awaited."""
        try:
            return self._process.stdout.readline()
        except KeyboardInterrupt:
            self._process.send_signal(signal.SIGINT)
            self._process.stdout.readline()
            raise
