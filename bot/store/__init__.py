"""The database: tables, queries and migrations. The only place that speaks SQL.

`Store.read` and `Store.write` run a query (a plain function of a connection, in `queries/`, one
module a subject) and return what it returns; `write` returns once the change is on the disk.
"""

from bot.store.store import Store

__all__ = ["Store"]
