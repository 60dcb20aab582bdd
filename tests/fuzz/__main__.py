"""Fuzzes the parsers: `python -m tests.fuzz SECONDS [NAME …]`, or `make fuzz SECONDS=60`.

Each parser has a process of its own, as atheris never gives one back. An input that raises, or
takes too long, is kept in build/fuzz/ and named; then the exit status is 1.
"""

import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.fuzz.parsers import PARSERS

FOUND = Path("build/fuzz")


def main(arguments: list[str]) -> int:
    """Fuzz the named parsers, or all. 2: there is no such parser, or no time."""
    console = Console()
    seconds, *wanted = arguments or ["60"]
    if not seconds.isdigit() or not PARSERS.keys() >= set(wanted):
        console.print(f"python -m tests.fuzz SECONDS (NAME …). Names: {', '.join(PARSERS)}")
        return 2
    FOUND.mkdir(parents=True, exist_ok=True)
    table = Table("parser", "inputs", "places reached", "found")
    bad = False
    for name in wanted or PARSERS:
        with console.status(f"{name}, {seconds} s …"):
            row, is_bad = _fuzzed(name, seconds)
        bad = bad or is_bad
        table.add_row(name, *row)
    console.print(table)
    return int(bad)


def _fuzzed(name: str, seconds: str) -> tuple[list[str], bool]:
    """Run one parser; return what is to be told of it, and whether something was found."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.one", name, seconds],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    log = done.stdout + done.stderr
    (FOUND / f"{name}.log").write_text(log, encoding="utf-8")
    inputs = re.findall(r"^#(\d+)", log, re.MULTILINE)
    places = re.findall(r"\bcov: (\d+)", log)
    raised = re.findall(r"^(\w[\w.]*(?:Error|Exception)\b.*)$", log, re.MULTILINE)
    kept = re.findall(r"Test unit written to (\S+)", log)
    ended = [f"exit {done.returncode}"] if done.returncode else ["nothing"]
    last = [told[-1] if told else "0" for told in (inputs, places)]
    return [*last, "; ".join([*raised[:1], *kept] or ended)], done.returncode != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
