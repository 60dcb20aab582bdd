"""Migrations: every step with rows in the tables, all or nothing, and quiet."""

import asyncio
import io
import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.store import Store, migrations
from bot.store.migrations import REVISIONS, configuration, upgrade, version
from bot.store.tables import metadata
from tests.store.rows import everything, fill

HEADER = """
revision = {new!r}
down_revision = {old!r}
branch_labels = depends_on = None

import sqlalchemy as sa
from alembic import op

def upgrade():
"""


@pytest.fixture
def parsed(url: str) -> sa.URL:
    return sa.make_url(url)


@pytest.fixture
def engine(parsed: sa.URL):
    engine = sa.create_engine(parsed.set(drivername="sqlite"))
    yield engine
    engine.dispose()


@pytest.fixture
def add_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that adds a migration after the newest one; it returns its revision."""
    here = tmp_path / "migrations"
    shutil.copytree(migrations.HERE, here, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrations, "HERE", here)

    def add(body: str) -> str:
        old = REVISIONS[-1]
        new = f"{int(old) + 1:04}"
        file = here / "versions" / f"{new}_step.py"
        file.write_text(HEADER.format(new=new, old=old) + f"    {body}\n")
        monkeypatch.setattr(migrations, "REVISIONS", (*REVISIONS, new))
        return new

    return add


async def test_from_nothing_to_the_tables_that_the_program_uses(parsed, engine, capfd):
    await upgrade(parsed)
    with engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert version(conn) == REVISIONS[-1]
        # Alembic does not compare this one.
        made = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
        assert set(conn.exec_driver_sql(made).scalars()) == {
            table.name
            for table in metadata.tables.values()
            if table.dialect_options["sqlite"]["autoincrement"]
        }
    assert capfd.readouterr() == ("", "")


async def test_each_step_keeps_the_rows_of_the_version_before(parsed, engine):
    """Every migration is met by a database of the version before it, with rows in all tables."""
    await upgrade(parsed, to=REVISIONS[0])
    with engine.begin() as conn:
        fill(conn)
    for before, after in pairwise(REVISIONS):
        with engine.connect() as conn:
            assert version(conn) == before
            counts = {name: len(rows) for name, rows in everything(conn).items()}
        await upgrade(parsed, to=after)
        with engine.connect() as conn:
            assert version(conn) == after
            kept = {name: len(rows) for name, rows in everything(conn).items() if name in counts}
        assert kept == counts


async def test_at_the_newest_version_nothing_is_done(parsed, engine, monkeypatch):
    await upgrade(parsed)
    with engine.begin() as conn:
        fill(conn)
        before = everything(conn)
    monkeypatch.setattr(command, "upgrade", None)
    await upgrade(parsed)
    with engine.connect() as conn:
        assert everything(conn) == before


async def test_two_processes_that_start_at_once(parsed, engine):
    await asyncio.gather(*(upgrade(parsed) for _ in range(3)))
    with engine.connect() as conn:
        assert version(conn) == REVISIONS[-1]


async def test_a_step_that_fails_leaves_everything_as_it_was(parsed, engine, add_step):
    await upgrade(parsed)
    with engine.begin() as conn:
        fill(conn)
        before = everything(conn)
    add_step(
        "op.execute('DELETE FROM answers'); op.drop_table('hints'); op.add_column('servers', "
        "sa.Column('new', sa.Text())); raise ZeroDivisionError"
    )
    with pytest.raises(ZeroDivisionError):
        await upgrade(parsed, to=migrations.REVISIONS[-1])
    with engine.connect() as conn:
        assert everything(conn) == before
        assert version(conn) == REVISIONS[-1]


async def test_building_a_table_anew_keeps_the_rows_that_refer_to_it(parsed, engine, add_step):
    await upgrade(parsed)
    with engine.begin() as conn:
        fill(conn)
        before = everything(conn)
    new = add_step(
        "with op.batch_alter_table('rounds', recreate='always') as batch: "
        "batch.alter_column('note', existing_type=sa.Text(), server_default='-')"
    )
    await upgrade(parsed, to=new)
    with engine.connect() as conn:
        assert version(conn) == new
        assert everything(conn) == before


async def test_a_step_that_would_leave_dangling_rows_is_undone(parsed, engine, add_step):
    await upgrade(parsed)
    with engine.begin() as conn:
        fill(conn)
        before = everything(conn)
    new = add_step("op.execute('DELETE FROM rounds WHERE id = 1')")
    with pytest.raises(RuntimeError, match="refer to nothing"):
        await upgrade(parsed, to=new)
    with engine.connect() as conn:
        assert everything(conn) == before


async def test_a_database_that_a_newer_program_wrote_is_not_touched(parsed, url, add_step):
    new = add_step("op.drop_table('hints')")
    await upgrade(parsed, to=new)
    migrations.REVISIONS = REVISIONS
    with pytest.raises(migrations.OperatorError, match="newer version"):
        await Store.open(url)


def test_files_are_named_by_their_revisions_in_one_line():
    script = ScriptDirectory.from_config(configuration())
    chain = [step.revision for step in script.walk_revisions()]
    assert tuple(reversed(chain)) == REVISIONS
    assert script.get_heads() == [REVISIONS[-1]]


def test_every_step_speaks_postgresql():
    sql = io.StringIO()
    options = {"as_sql": True, "output_buffer": sql}
    context = MigrationContext.configure(dialect_name="postgresql", opts=options)
    with Operations.context(context):
        for step in reversed(list(ScriptDirectory.from_config(configuration()).walk_revisions())):
            step.module.upgrade()
    for table in metadata.tables:
        assert f"CREATE TABLE {table} (" in sql.getvalue()
    assert not re.search("BOOLEAN DEFAULT [01]", sql.getvalue()), "PostgreSQL wants true or false"


def test_migrations_do_not_depend_on_the_program():
    for file in migrations.HERE.glob("versions/*.py"):
        assert "bot" not in file.read_text().split(), f"{file.name} imports the program"
