"""Alembic migrations, forward only: `versions/` holds one file a step, `env.py` is Alembic's own
entry, and `upgrade` runs them in-process at every start.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import AsyncEngine

HERE = Path(__file__).parent


def configuration(connection: sa.Connection | None = None) -> Config:
    """Return Alembic's configuration for this folder, bound to `connection` if one is given."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


async def upgrade(engine: AsyncEngine) -> None:
    """Bring the database to the newest version."""
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.upgrade(configuration(c), "head"))
