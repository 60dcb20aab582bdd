"""Whether the database itself is whole."""

import sqlalchemy as sa


def damage(conn: sa.Connection) -> list[str]:
    """Return what SQLite finds wrong with the file; empty when nothing is, or on PostgreSQL, which
    looks after its files itself.
    """
    if conn.dialect.name != "sqlite":
        return []
    found = [str(row[0]) for row in conn.exec_driver_sql("PRAGMA quick_check(5)")]
    dangling = conn.exec_driver_sql("PRAGMA foreign_key_check").all()
    if dangling:
        found.append(f"{len(dangling)} rows refer to rows that are not there")
    return [what for what in found if what != "ok"]
