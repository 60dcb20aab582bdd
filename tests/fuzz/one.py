"""Fuzzes one parser in this process: `python -m tests.fuzz.one NAME SECONDS`."""

import sys
import tempfile
from pathlib import Path

import atheris

# What is imported here is watched, where it is named: what is fuzzed, and Python's own libraries
# that it reads with.
with atheris.instrument_imports(
    include=[
        *("bot.bank", "bot.configuration", "bot.grading.lines", "bot.ui.regrading"),
        *("csv", "html", "json", "lark", "tomllib"),
    ]
):
    from tests.fuzz.parsers import LONGEST, PARSERS, SECONDS


def main(name: str, seconds: str) -> None:
    """Fuzz until the time is over or something is found; it ends the process."""
    parser = PARSERS[name]
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number, seed in enumerate(parser.seeds):
            (corpus / str(number)).write_bytes(seed)
        words = Path(folder, "words")
        words.write_text("".join(map(_escaped, parser.words)), encoding="ascii")
        options = {
            "max_total_time": seconds,
            "max_len": max(LONGEST, *map(len, parser.seeds)),
            "timeout": SECONDS,
            "rss_limit_mb": 4_096,
            "artifact_prefix": f"build/fuzz/{name}-",
        }
        if parser.words:
            options["dict"] = words
        arguments = [f"-{key}={value}" for key, value in options.items()]
        atheris.Setup([sys.argv[0], *arguments, str(corpus)], parser.read)
        atheris.Fuzz()


def _escaped(word: str) -> str:
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"\n'


if __name__ == "__main__":
    main(*sys.argv[1:])
