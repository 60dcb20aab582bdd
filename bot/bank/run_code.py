"""`tutor check --run-code`: run each question's program and prove that the key is true.

A program proves its key when it prints exactly `program.prints` on every seed, and that output
stands for the key and for no distractor (`bot.bank.text.named_by_print`).

How a program runs, and what holds (POSIX only):

- in a process of its own (`python -I`, a new session), with nothing of the bot's environment: no
  token, no settings; its folder is a temporary one that is deleted afterwards;
- with limits of the kernel on CPU time, address space and the size of files, no core dumps, and
  a limit on wall-clock time after which the whole process group is killed;
- without network: in a network namespace of its own where the kernel allows one (Linux, `unshare`),
  and everywhere by an audit hook that refuses sockets, new processes, and writing outside the
  folder. The hook is a guard against accidents, not against an attacker: code with ctypes can go
  round it, and files that the operator may read can be read. So run the code of banks that you
  have read;
- once for each seed, which goes to `random`, and to numpy and torch where the program names them;
  a program that seeds itself just overrides that. The runs of one process share its modules but no
  variables. They are split over two processes, so that an order that hangs on Python's hash
  randomisation shows as well.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from bot.bank.text import named_by_print
from bot.domain.question import Question
from bot.errors import OperatorError

SANDBOX = Path(__file__).with_name("sandbox.py")
SEEDS: Sequence[int] = range(20)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process may use; it runs a program on several seeds."""

    wall_seconds: float = 120
    cpu_seconds: int = 120
    memory_bytes: int = 4 * 1024**3
    """Address space, on top of what numpy and torch take when they are imported."""
    file_bytes: int = 16 * 1024**2


def prove(
    question: Question,
    *,
    seeds: Sequence[int] = SEEDS,
    processes: int = 2,
    limits: Limits | None = None,
) -> list[str]:
    """Return why the question's program does not prove its key, each with what to do; empty when
    it does. A question without a program proves nothing and has no findings.
    """
    program = question.program
    if program is None:
        return []
    source = program.source or question.code or ""
    wanted = program.prints.strip()
    printed: dict[str, list[int]] = {}
    for part in range(min(processes, len(seeds))):
        outputs, trouble = run(source, seeds[part::processes], limits=limits)
        if trouble:
            return [f"the program fails: {trouble}; mend it, or make it smaller"]
        for seed, output in outputs.items():
            printed.setdefault(output.strip(), []).append(seed)
    if len(printed) > 1:
        counts = ", ".join(
            f"{_short(output)} on {len(on)}"
            for output, on in sorted(printed.items(), key=lambda item: -len(item[1]))
        )
        what = f"what the program prints is not the same on every seed ({counts} of {len(seeds)})"
        return [f"{what}, so the key is not always true; ask for what always holds"]
    output = next(iter(printed))
    if output != wanted:
        what = f"the program prints {_short(output)}, not {_short(wanted)}"
        return [f"{what}; correct `prints` and, if need be, the key"]
    if named_by_print(question, output) != {question.answer}:
        what = f"the program prints {_short(output)}, which the key ({question.answer})"
        return [f"{what} and no other option must be or hold; correct the options or the key"]
    return []


def run(
    source: str, seeds: Sequence[int], *, limits: Limits | None = None
) -> tuple[dict[int, str], str]:
    """Run a program once for each (different) seed in one process.

    Returns what it printed by seed, and what went wrong ('' when nothing did). Raises OperatorError
    on Windows, which has no such limits.
    """
    if os.name != "posix":
        raise OperatorError(
            "Programs of banks are run on Linux and macOS only: Windows has no limits on memory "
            "and CPU time for them. Run `tutor check --run-code` in WSL or in a container."
        )
    limits = limits or Limits()
    task = json.dumps({"program": source, "seeds": list(seeds), "limits": asdict(limits)})
    command = [*_without_network(), sys.executable, "-I", "-B", "-X", "utf8", str(SANDBOX)]
    with tempfile.TemporaryDirectory(prefix="tutor-") as folder:
        process = subprocess.Popen(  # noqa: S603 - our own command; the program is its input
            command,
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
        )
        try:
            out, err = process.communicate(task, timeout=limits.wall_seconds)
        except subprocess.TimeoutExpired:
            return {}, f"it runs longer than {limits.wall_seconds:g} seconds"
        finally:
            _end(process)
    outputs: dict[int, str] = {}
    for line in out.splitlines():
        result = cast("dict[str, Any]", json.loads(line))
        if "failed" in result:
            return outputs, f"{result['failed']} (seed {result['seed']})"
        outputs[result["seed"]] = result["printed"]
    if process.returncode or len(outputs) < len(seeds):
        return outputs, _death(process.returncode, err, limits)
    return outputs, ""


def _environment(folder: str) -> dict[str, str]:
    # One thread: sums of floats come out the same everywhere, and small programs run faster.
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": folder,
        "TMPDIR": folder,
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


@cache
def _without_network() -> tuple[str, ...]:
    """Return the command before a command that takes the network away; () where there is none."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    for options in (("--net",), ("--user", "--map-current-user", "--net")):
        command = (unshare, *options, "--")
        tried = subprocess.run((*command, "true"), capture_output=True, check=False)  # noqa: S603
        if tried.returncode == 0:
            return command
    return ()


def _end(process: "subprocess.Popen[str]") -> None:
    """Kill what is left of the process's group, and collect it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _death(code: int, err: str, limits: Limits) -> str:
    if code == -signal.SIGXCPU or (code == -signal.SIGKILL and not err):
        return f"it was killed; it may use {limits.cpu_seconds} seconds of CPU time"
    if code == -signal.SIGXFSZ:
        return f"it writes a file larger than {limits.file_bytes // 1024**2} MiB"
    last = (err.strip().splitlines() or ["nothing was said"])[-1][:300]
    return f"its process ended early (exit code {code}: {last})"


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")
