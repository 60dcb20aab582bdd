"""when moderators were told last that reviews wait"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """One more table, with a row a server."""
    op.create_table(
        "review_reminders",
        sa.Column("server_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False, comment="the study day of its post"),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "begun_at", sa.BigInteger(), nullable=False, comment="what waits since then is new"
        ),
        sa.Column("waiting", sa.Integer(), nullable=False, comment="how many, as its post says"),
        sa.Column(
            "oldest_at", sa.BigInteger(), nullable=True, comment="since when the oldest waits"
        ),
        sa.Column(
            "message_id", sa.BigInteger(), nullable=True, comment="none: it may not stand yet"
        ),
        sa.PrimaryKeyConstraint("server_id", name=op.f("pk_review_reminders")),
        comment="Each server's latest post that reviews wait.",
    )
