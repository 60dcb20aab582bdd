"""`tutor check --run-code`: run each question's program and prove that the key is true.

A program proves its key when it prints exactly `program.prints` on every seed, and that output
stands for the key and for no distractor (`bot.bank.text.named_by_print`).

How programs run, and what holds (POSIX only):

- a template, a process of its own (`python -I`, a new session) with nothing of the bot's
  environment (no token, no settings), imports the libraries that the programs name. It forks for
  each program: a process in a session of its own, with a temporary folder of its own that is
  deleted afterwards. That is what makes it quick: Python starts and PyTorch is imported once;
- each program's process has limits of the kernel on CPU time, address space and the size of files,
  no core dumps, and a limit on wall-clock time after which its whole process group is killed;
- without network and out of reach of other processes: in namespaces of their own where the kernel
  allows them (Linux, `unshare`), and everywhere by an audit hook that refuses sockets, new
  processes, and writing outside the folder. The hook is a guard against accidents, not against an
  attacker: code with ctypes can go round it, and files that the operator may read can be read. So
  run the code of banks that you have read;
- once for each seed, which goes to `random`, and to numpy and torch where the program names them;
  a program that seeds itself just overrides that. The runs of one process share its modules but no
  variables. They are split over two templates, so that an order that hangs on Python's hash
  randomisation shows as well;
- whatever happens to one program's process, the others are run. Should a template die, the program
  that it was at has a finding, and a new template runs those after it.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from bot.bank.text import named_by_print
from bot.domain.question import Question
from bot.errors import OperatorError

SANDBOX = Path(__file__).with_name("sandbox.py")
SEEDS: Sequence[int] = range(20)
Ran = tuple[dict[int, str], str]
"""What a program printed by seed, and what went wrong ('' when nothing did)."""


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
    """Return what `prove_all` yields for one question."""
    (found,) = prove_all([question], seeds=seeds, processes=processes, limits=limits)
    return found


def prove_all(
    questions: Sequence[Question],
    *,
    seeds: Sequence[int] = SEEDS,
    processes: int = 2,
    limits: Limits | None = None,
) -> Iterator[list[str]]:
    """Yield for each question why its program does not prove its key, each with what to do; empty
    when it does. A question without a program proves nothing and has no findings.

    The seeds are split over `processes` templates; programs that name PyTorch have their own, as a
    process with it takes three times as long to fork. All work ahead of the one that is waited for.
    Raises OperatorError on Windows, which has no such limits.
    """
    sources = [_source(question) for question in questions if question.program]
    parts = [seeds[part::processes] for part in range(min(processes, len(seeds)))]
    runs = {
        torch: zip(
            *(
                run_all([each for each in sources if ("torch" in each) is torch], part, limits)
                for part in parts
            ),
            strict=True,
        )
        for torch in (False, True)
    }
    for question in questions:
        run = runs["torch" in _source(question)]
        yield _findings(question, next(run), len(seeds)) if question.program else []


def _source(question: Question) -> str:
    return (question.program and question.program.source) or question.code or ""


def _findings(question: Question, runs: Sequence[Ran], seeds: int) -> list[str]:
    printed: dict[str, list[int]] = {}
    for outputs, trouble in runs:
        if trouble:
            return [f"the program fails: {trouble}; mend it, or make it smaller"]
        for seed, output in outputs.items():
            printed.setdefault(output.strip(), []).append(seed)
    if len(printed) > 1:
        counts = ", ".join(
            f"{_short(output)} on {len(on)}"
            for output, on in sorted(printed.items(), key=lambda item: -len(item[1]))
        )
        what = f"what the program prints is not the same on every seed ({counts} of {seeds})"
        return [f"{what}, so the key is not always true; ask for what always holds"]
    output = next(iter(printed))
    wanted = question.program.prints.strip() if question.program else ""
    if output != wanted:
        what = f"the program prints {_short(output)}, not {_short(wanted)}"
        return [f"{what}; correct `prints` and, if need be, the key"]
    if named_by_print(question, output) != {question.answer}:
        what = f"the program prints {_short(output)}, which the key ({question.answer})"
        return [f"{what} and no other option must be or hold; correct the options or the key"]
    return []


def run_all(
    sources: Sequence[str], seeds: Sequence[int], limits: Limits | None = None
) -> Generator[Ran]:
    """Run programs one after the other, each in one process once for each (different) seed, and
    yield what came of each. Raises OperatorError on Windows.
    """
    if os.name != "posix":
        raise OperatorError(
            "Programs of banks are run on Linux and macOS only: Windows has no limits on memory "
            "and CPU time for them. Run `tutor check --run-code` in WSL or in a container."
        )
    limits = limits or Limits()
    done = 0
    while done < len(sources):
        for ran in _template(sources[done:], seeds, limits):
            yield ran
            done += 1


def _template(sources: Sequence[str], seeds: Sequence[int], limits: Limits) -> Generator[Ran]:
    """Yield what came of the programs in one template; if it dies, of those up to its death."""
    task = {"programs": list(sources), "seeds": list(seeds), "limits": asdict(limits)}
    command = [*apart(), sys.executable, "-I", "-B", "-X", "utf8", str(SANDBOX)]
    with (
        tempfile.TemporaryDirectory(prefix="tutor-", ignore_cleanup_errors=True) as folder,
        tempfile.TemporaryFile("w+", encoding="utf-8") as stdin,
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as stderr,
    ):
        json.dump(task, stdin)
        stdin.seek(0)
        process = subprocess.Popen(  # noqa: S603 - our own command; the programs are its input
            command,
            cwd=folder,
            env=_environment(folder),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
            encoding="utf-8",
        )
        assert process.stdout
        with process:
            try:
                for _ in sources:
                    report = process.stdout.readline()
                    if not report.endswith("\n"):
                        code = process.wait()
                        stderr.seek(0)
                        said = (stderr.read().strip().splitlines() or [""])[-1]
                        yield {}, _ended_early(code, said)
                        return
                    yield _ran(json.loads(report), len(seeds), limits)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)


def _ran(report: dict[str, Any], seeds: int, limits: Limits) -> Ran:
    """Return what a template's report on a program says (see `bot.bank.sandbox`)."""
    outputs: dict[int, str] = {}
    if report["late"]:
        return outputs, f"it runs longer than {limits.wall_seconds:g} seconds"
    try:
        for result in cast("list[dict[str, Any]]", json.loads(report["results"])):
            if "failed" in result:
                return outputs, f"{result['failed']} (seed {result['seed']})"
            outputs[result["seed"]] = str(result["printed"])
    except (ValueError, TypeError, KeyError):
        outputs = {}  # it was killed before it wrote them, or wrote something else there
    if report["code"] or len(outputs) < seeds:
        return outputs, _death(report["code"], report["said"], limits)
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
def apart() -> tuple[str, ...]:
    """Return the command before a command that takes away the network and, where it can, puts
    other processes out of reach: then whatever it starts ends with it. () where there is none.
    """
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    for processes in (("--pid", "--fork", "--kill-child"), ()):
        for user in ((), ("--user", "--map-current-user")):
            command = (unshare, "--net", *processes, *user, "--")
            tried = subprocess.run((*command, "true"), capture_output=True, check=False)  # noqa: S603
            if tried.returncode == 0:
                return command
    return ()


def _death(code: int, said: str, limits: Limits) -> str:
    if code == -signal.SIGXCPU or (code == -signal.SIGKILL and not said):
        return f"it was killed; it may use {limits.cpu_seconds} seconds of CPU time"
    if code == -signal.SIGXFSZ:
        return f"it writes a file larger than {limits.file_bytes // 1024**2} MiB"
    return _ended_early(code, said)


def _ended_early(code: int, said: str) -> str:
    return f"its process ended early (exit code {code}: {said[:300] or 'nothing was said'})"


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")
