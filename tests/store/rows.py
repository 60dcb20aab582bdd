"""Rows for every table of any version of the schema, made from what the database says of itself."""

import sqlalchemy as sa


def fill(conn: sa.Connection, count: int = 3) -> None:
    """Put `count` rows into every table. Row n of a table refers to row n of the others."""
    metadata = sa.MetaData()
    metadata.reflect(conn)
    for table in metadata.sorted_tables:
        if table.name == "alembic_version":
            continue
        for number in range(1, count + 1):
            conn.execute(table.insert().values({c.name: _value(c, number) for c in table.columns}))


def everything(conn: sa.Connection) -> dict[str, list[dict[str, object]]]:
    """Return all rows of all tables, in the order of their values."""
    metadata = sa.MetaData()
    metadata.reflect(conn)
    return {
        table.name: [
            dict(row) for row in conn.execute(table.select().order_by(*table.c)).mappings()
        ]
        for table in metadata.sorted_tables
        if table.name != "alembic_version"
    }


def _value(column: sa.Column, number: int) -> object:
    if isinstance(column.type, sa.JSON):
        return [number]
    if column.foreign_keys or column.type.python_type in (int, float):
        return number
    if column.type.python_type is str:
        return f"{column.name} {number}"
    if column.type.python_type is bool:
        return number % 2 == 0
    return column.type.python_type(2025, 1, number)
