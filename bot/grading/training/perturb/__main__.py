"""`python -m bot.grading.training.perturb FILE --seed 0 --each 5`: samples for a reader."""

import gzip
import json
import random
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.grading.training.pairs import Pair
from bot.grading.training.perturb import GENERATORS, of_reference


def main(
    file: Annotated[
        Path, typer.Argument(help="JSON lines as in shared/data/asag, gzipped or not.")
    ],
    seed: Annotated[int, typer.Option()] = 0,
    each: Annotated[int, typer.Option(help="Samples of each generator.")] = 5,
    only: Annotated[str, typer.Option(help="Generators, with commas; all by default.")] = "",
    references: Annotated[bool, typer.Option(help="Perturb the references, not answers.")] = False,
) -> None:
    """Print what each generator makes of pairs of a file."""
    pairs = _read(file)
    if references:
        pairs = list({pair.reference: of_reference(pair) for pair in pairs}.values())
    for name in [name for name in only.split(",") if name] or GENERATORS:
        rng = random.Random(f"{seed} {name}")  # noqa: S311 - samples, not secrets
        rng.shuffle(pairs)
        made = 0
        tried = 0
        for pair in pairs:
            if made == each:
                break
            tried += pair.label in GENERATORS[name].takes
            new = GENERATORS[name](pair, _others(pair, pairs, rng), rng)
            if new is None:
                continue
            made += 1
            if made == 1:
                typer.echo(f"\n== {name}")
            typer.echo(f"  {pair.answer!r} [{pair.label}]\n    -> {new.answer!r} [{new.label}]")
            if new.reference != pair.reference:
                typer.echo(f"       reference {new.reference!r}")
        typer.echo(f"   ({made} of {tried} tried)")


def _others(pair: Pair, pairs: list[Pair], rng: random.Random) -> list[str]:
    some = rng.sample(pairs, min(50, len(pairs)))
    return [one.answer for one in some if one.label == "correct" and one.group != pair.group]


def _read(file: Path) -> list[Pair]:
    raw = file.read_bytes()
    text = (gzip.decompress(raw) if file.suffix == ".gz" else raw).decode("utf-8")
    rows: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    return [
        Pair(
            row["question"],
            row["references"][0],
            row["answer"],
            row["label3"],
            1.0,
            row["question_id"],
            row["dataset"],
        )
        for row in rows
    ]


if __name__ == "__main__":
    typer.run(main)
