"""One world for the examples that hypothesis makes up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.forging import Stage, stage


@pytest.fixture(scope="module")
def playing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A world in which one question is open and bob has answered it."""
    folder: Path = tmp_path_factory.mktemp("stage")
    with stage(folder) as staged:
        staged.play(_begin(staged))
        yield staged


async def _begin(staged: Stage) -> None:
    await staged.world.ask()
    await staged.world.react(staged.world.bob, "B")
