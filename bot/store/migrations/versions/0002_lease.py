"""the lease that the running process holds"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """One more table."""
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False, comment="what is leased"),
        sa.Column("host", sa.Text(), nullable=False, comment="the machine's name, for people"),
        sa.Column("machine", sa.Text(), nullable=False, comment="its boot and space of pids"),
        sa.Column("process", sa.BigInteger(), nullable=False, comment="the process id"),
        sa.Column("began", sa.Text(), nullable=False, comment="tells it from a later same id"),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
        comment="Which process runs on this database; see bot/store/lease.py.",
    )
