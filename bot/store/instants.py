"""How instants are kept in a database."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Dialect


class Utc(sa.TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970 in UTC: it sorts and never loses
    its zone, on SQLite too.
    """

    impl = sa.BigInteger
    cache_ok = True
    _EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
    _UNIT = timedelta(microseconds=1)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuse a naive datetime: it would mean the host's zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored; pass one with a zone")
        return (value - self._EPOCH) // self._UNIT

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Give the datetime back in UTC."""
        if value is None:
            return None
        return self._EPOCH + value * self._UNIT
