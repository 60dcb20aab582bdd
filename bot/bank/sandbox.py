"""The template, a process started by `bot.bank.run_code`: it runs each program in a fork of itself.

Reads a JSON object from standard input, {"programs": [...], "seeds": [...], "limits": {...}}, and
writes how each program ended to standard output, a JSON object a line in the order of the programs:

- "code": the exit code of the program's process, minus the signal's number if one ended it;
- "late": whether it was killed because it ran too long;
- "said": the last line of its standard error;
- "results": what it wrote, a JSON array with {"seed", "printed"} for each seed up to the first
  {"seed", "failed"}. Nothing vouches for it where the code is not 0.

The template itself only imports: what a program does stays in its fork. Uses nothing of the bot, so
that it can run isolated (`python -I`).
"""

import builtins
import contextlib
import gc
import importlib
import io
import json
import os
import random
import re
import resource
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from typing import IO, Any

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
SLOW = (*(entry[:2] for entry in GENERATORS), ("optim", "torch._dynamo"))
"""Words in a program, and the module that the template then imports for this and all later ones.
PyTorch imports the last one when the first optimiser is made, and takes over a second for it."""


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


def prepare(program: str) -> None:
    """Import the modules of SLOW that the program names. One that fails does so in the fork again,
    where it is the program's failure.

    Raises RuntimeError when threads run now: a fork would have their locks, but not them.
    """
    for words, module in SLOW:
        if module not in sys.modules and re.search(rf"\b({words})\b", program):
            with contextlib.suppress(Exception):
                importlib.import_module(module)
            gc.collect()
            gc.freeze()
    if threads() > 1:
        raise RuntimeError("the libraries that it imports leave threads running")


def threads() -> int:
    """Return how many threads this process has; without /proc, how many Python knows of."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def run_forked(program: str, seeds: list[int], limits: dict[str, Any]) -> dict[str, Any]:
    """Run a program on the seeds in a fork, and return how it ended (see the module)."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        tempfile.TemporaryFile() as results,
        tempfile.TemporaryFile() as errors,
    ):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _enclose(folder, results.fileno(), errors.fileno(), limits)
                _run_all(program, seeds, limits, results)
                code = 0
            except BaseException:  # noqa: BLE001 - nothing may get back into the template's code
                traceback.print_exc()
            finally:
                os._exit(code)
        code, late = _wait(child, limits["wall_seconds"])
        results.seek(0)
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip().splitlines() or [""]
        return {
            "code": code,
            "late": late,
            "said": said[-1][:300],
            "results": results.read().decode(errors="replace"),
        }


def _wait(child: int, seconds: float) -> tuple[int, bool]:
    """Return the exit code of a child that leads a session, and whether it was killed after
    `seconds`. Nothing of its group is left.
    """
    late = False

    def end(*_: object) -> None:
        nonlocal late
        late = True
        with contextlib.suppress(OSError):
            os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    _, status = os.waitpid(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    with contextlib.suppress(OSError):  # mostly nothing is left
        os.killpg(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(status), late


def _enclose(folder: str, results: int, errors: int, limits: dict[str, Any]) -> None:
    """Put a fork into a session and a folder of its own; of what the template has open, it keeps
    the two files.
    """
    os.setsid()
    # Should the template be killed, nobody else would end this.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits["wall_seconds"] + 1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for there, here in ((nowhere, 0), (nowhere, 1), (errors, 2)):
        os.dup2(there, here)
    os.closerange(3, results)
    os.closerange(results + 1, 256)  # the template has a handful
    os.chdir(folder)
    os.environ.update(HOME=folder, TMPDIR=folder)
    tempfile.tempdir = None


def _run_all(program: str, seeds: list[int], limits: dict[str, Any], results: IO[bytes]) -> None:
    """Run a program on each seed up to the first that fails, and write its results."""
    found: list[dict[str, Any]] = []
    try:
        code = compile(program, "<program>", "exec")
    except (SyntaxError, ValueError) as error:
        found.append({"seed": 0, "failed": f"it is not Python: {error}"})
    else:
        generators = seeders(program)
        _limit(limits)
        _guard(os.getcwd())
        for seed in seeds:
            for set_seed in generators:
                set_seed(seed)
            found.append(run(code, seed))
            if "failed" in found[-1]:
                break
    results.write(json.dumps(found).encode())
    results.flush()


def main() -> None:
    """Do what the JSON object on standard input says."""
    task = json.load(sys.stdin)
    # What libraries print when they are imported must not mix with the reports.
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for program in task["programs"]:
        prepare(program)
        json.dump(run_forked(program, task["seeds"], task["limits"]), reports)
        reports.write("\n")
        reports.flush()


if __name__ == "__main__":
    main()
