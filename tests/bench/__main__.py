"""Runs the benchmarks and prints their tables."""

import asyncio
import importlib
import pkgutil
import sys

from rich.console import Console

import tests.bench


def main(wanted: list[str]) -> int:
    """Run the named modules, or all of them. 2: there is no such module."""
    console = Console()
    modules = [module.name for module in pkgutil.iter_modules(tests.bench.__path__)]
    modules = [name for name in modules if not name.startswith("_")]
    unknown = [name for name in wanted if name not in modules]
    if unknown:
        console.print(f"No benchmark {', '.join(unknown)}. There are: {', '.join(modules)}.")
        return 2
    for name in wanted or modules:
        with console.status(f"{name} …"):
            table = asyncio.run(importlib.import_module(f"tests.bench.{name}").table())
        console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
