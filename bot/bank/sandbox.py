"""Runs in a process of its own, started by `bot.bank.run_code`: one program, once for each seed.

Reads a JSON object from standard input ({"program", "seeds", "limits"}) and writes one JSON object
a seed to standard output: {"seed", "printed"} or {"seed", "failed"}. Uses nothing of the bot, so
that it can run isolated (`python -I`).
"""

import builtins
import contextlib
import importlib
import io
import json
import os
import random
import re
import resource
import sys
from collections.abc import Callable
from typing import Any

LONGEST_OUTPUT = 10_000
"""Characters that a program may print in one run."""

REFUSED = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.kill",
    "pty.spawn",
    "urllib.Request",
    "ftplib.",
    "http.client.",
    "smtplib.",
)
"""Beginnings of audit events that are refused: the network and other processes."""
WRITES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.link", "os.symlink")
"""Audit events that change files; like opening one to write, refused outside the folder."""


GENERATORS = (("numpy|torch", "numpy.random", "seed"), ("torch", "torch", "manual_seed"))
"""Words in a program, and the module and function that then seed a generator. They are the
program's libraries, not the bot's: hence imported by name."""


class _Output(io.StringIO):
    def write(self, text: str, /) -> int:
        if self.tell() + len(text) > LONGEST_OUTPUT:
            raise RuntimeError(f"it prints more than {LONGEST_OUTPUT} characters")
        return super().write(text)


def _limit(limits: dict[str, int]) -> None:
    """Set the process's limits; unless it is root's, nothing in it can raise them again."""
    for name, value in (
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_AS, mapped_bytes() + limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS has no RLIMIT_AS to speak of
            resource.setrlimit(name, (value, value))


def mapped_bytes() -> int:
    """Return the address space in use, 0 where the system does not tell. Libraries count little
    for memory but much here: PyTorch's CUDA build alone maps more than most programs need.
    """
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def refused(event: str, args: tuple[Any, ...], inside: str) -> str:
    """Return why an audit event is refused, '' when it is not. `inside` is the folder that the
    program may write to, as a real path.
    """
    if event.startswith(REFUSED):
        return f"{event} is refused: no network and no other processes here"
    path = args[0] if args else None
    if event == "open":
        writes = args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    else:
        writes = event in WRITES
    if writes and isinstance(path, (str, bytes)):
        real = os.path.realpath(os.fsdecode(path))
        if not real.startswith(inside + os.sep) and real != os.devnull:
            return f"{event} is refused outside the temporary folder"
    return ""


def _guard(folder: str) -> None:
    """Refuse network, processes and changes outside `folder`, from now on."""
    inside = os.path.realpath(folder)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if why := refused(event, args, inside):
            raise PermissionError(why)

    sys.addaudithook(hook)


def seeders(program: str) -> list[Callable[[int], object]]:
    """Import the libraries of GENERATORS that the program names, and return what seeds each."""
    found: list[Callable[[int], object]] = [random.seed]
    for words, module, seed in GENERATORS:
        if re.search(rf"\b({words})\b", program):
            with contextlib.suppress(ImportError):
                found.append(getattr(importlib.import_module(module), seed))
    return found


def run(code: Any, seed: int) -> dict[str, Any]:
    """Run compiled code in fresh globals and return what it printed, or why it failed."""
    output = _Output()
    scope = {"__name__": "__main__", "__builtins__": builtins}
    try:
        with contextlib.redirect_stdout(output):
            exec(code, scope)  # noqa: S102 - running the program is what this process is for
    except SystemExit as error:
        if error.code not in (None, 0):
            return {"seed": seed, "failed": f"it ends with exit code {error.code}"}
    except MemoryError:
        return {"seed": seed, "failed": "it needs more memory than it may have"}
    except Exception as error:  # noqa: BLE001 - whatever the program raises is the finding
        return {"seed": seed, "failed": f"{type(error).__name__}: {error}"[:300]}
    return {"seed": seed, "printed": output.getvalue()}


def main() -> None:
    """Do what the JSON object on standard input says."""
    task = json.load(sys.stdin)
    # What the program writes past sys.stdout must not mix with the results.
    results = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        code = compile(task["program"], "<program>", "exec")
    except (SyntaxError, ValueError) as error:
        json.dump({"seed": 0, "failed": f"it is not Python: {error}"}, results)
        return
    seeds = seeders(task["program"])
    _limit(task["limits"])
    _guard(os.getcwd())
    for seed in task["seeds"]:
        for seeder in seeds:
            seeder(seed)
        json.dump(run(code, seed), results)
        results.write("\n")
        results.flush()


if __name__ == "__main__":
    main()
