"""Insert-or-update, in the dialect of the connection; SQLite and PostgreSQL spell it alike."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert into `table` that has `on_conflict_do_update`, `on_conflict_do_nothing` and
    `excluded`.

    Both take `index_elements=` (columns) and, with an update, `set_=`; leave `constraint=` alone:
    only PostgreSQL has it.
    """
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
