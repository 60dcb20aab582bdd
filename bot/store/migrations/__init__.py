"""Alembic migrations, forward only: `versions/` holds one file a step, `env.py` is Alembic's own
entry, and `upgrade` runs them in-process at every start.

A revision's id is the number that its file's name begins with, so that the newest version is known
without Alembic, whose import takes longer than all the rest of opening a database.
"""

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import OperatorError
from bot.store.engine import configure_sqlite
from bot.store.errors import in_plain_words, place, require_driver

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
REVISIONS = tuple(sorted(file.name.split("_")[0] for file in HERE.glob("versions/[0-9]*.py")))
"""Oldest first."""


async def upgrade(url: sa.URL, to: str = REVISIONS[-1]) -> None:
    """Bring the database to the newest version (or to `to`), in one transaction: all or nothing.

    Creates the file and its folder where there is none. Raises OperatorError.
    """
    require_driver(url)
    if url.get_backend_name() == "sqlite":
        await asyncio.to_thread(_make_folder, url)
    engine = create_async_engine(url, poolclass=NullPool)
    if url.get_backend_name() == "sqlite":
        # Without foreign keys: a migration that builds a table anew drops the old one, which would
        # take along all rows that refer to it. They are checked before the commit instead.
        configure_sqlite(
            engine.sync_engine, "BEGIN IMMEDIATE", "journal_mode=WAL", "synchronous=FULL"
        )
    try:
        with in_plain_words(url):
            async with engine.begin() as connection:
                await connection.run_sync(_upgrade, url, to)
    finally:
        await engine.dispose()


def version(connection: sa.Connection) -> str | None:
    """Return the revision that the database stands at; None: it has no tables yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(sa.text("SELECT version_num FROM alembic_version"))


def configuration(connection: sa.Connection | None = None) -> "Config":
    """Return Alembic's configuration for this folder, bound to `connection` if one is given."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: sa.Connection, url: sa.URL, to: str) -> None:
    if connection.dialect.name == "postgresql":
        # Another process may be at it; SQLite's BEGIN IMMEDIATE has seen to that already.
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('tutor migrations'))"))
    before = version(connection)
    if before is None and sa.inspect(connection).get_table_names():
        raise OperatorError(
            f"The database {place(url)} belongs to another program: it has tables, and none of "
            "them says a version of the tutor. Name another file in [database] url."
        )
    if before is not None and before not in REVISIONS:
        raise OperatorError(
            f"The database {place(url)} is from a newer version of the tutor (its version is "
            f"{before}, this program knows up to {REVISIONS[-1]}). Install that version or a later "
            "one, or restore a backup from before."
        )
    if before is not None and before >= to:
        return
    from alembic import command

    logging.getLogger("alembic").setLevel(logging.WARNING)
    command.upgrade(configuration(connection), to)
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if dangling:
            raise RuntimeError(f"the migration to {to} left rows that refer to nothing: {dangling}")
    log.info("Database %s brought from version %s to %s", place(url), before or "none", to)


def _make_folder(url: sa.URL) -> None:
    folder = Path(url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OperatorError(
            f"The folder {folder} for the database cannot be made: {error.strerror}. Correct the "
            "path in [database] url, or the permissions."
        ) from error
