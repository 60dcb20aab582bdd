"""What holds for all tables."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from bot.store.instants import Utc
from bot.store.tables import metadata

OF_NO_SERVER = {"meta", "leases", "consents"}
DIALECT = sqlite.dialect()


@settings(derandomize=True, database=None)
@given(
    st.datetimes(
        datetime(1, 1, 2),  # noqa: DTZ001
        timezones=st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours))),
    )
)
def test_a_time_comes_back_to_the_microsecond_in_utc(moment):
    utc = Utc()
    back = utc.process_result_value(utc.process_bind_param(moment, DIALECT), DIALECT)
    assert back == moment
    assert back.tzinfo is UTC


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="naive"):
        Utc().process_bind_param(datetime(2025, 1, 1), DIALECT)  # noqa: DTZ001


def test_no_time_is_no_time():
    assert Utc().process_bind_param(None, DIALECT) is None
    assert Utc().process_result_value(None, DIALECT) is None


def test_every_table_about_a_server_says_which():
    for table in metadata.sorted_tables:
        assert table.name in OF_NO_SERVER or not table.c["server_id"].nullable


def test_no_column_holds_a_time_without_its_zone():
    types = [type(column.type) for table in metadata.sorted_tables for column in table.columns]
    assert sa.DateTime not in types
    assert sa.TIMESTAMP not in types
