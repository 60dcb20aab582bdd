"""what moderators did, and where it is told"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """One more table, and a channel for each server."""
    op.add_column(
        "servers",
        sa.Column(
            "audit_channel_id",
            sa.BigInteger(),
            nullable=True,
            comment="where moderators' actions are told",
        ),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("done_by", sa.BigInteger(), nullable=False, comment="0: forgotten"),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False, comment="the command: 'schedule pause'"),
        sa.Column("subject", sa.Text(), nullable=False, comment="a name, where there is one"),
        sa.Column(
            "round_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="what it was done to, if to a round",
        ),
        sa.Column("before", sa.JSON(), nullable=False, comment="{field: value}"),
        sa.Column("after", sa.JSON(), nullable=False, comment="{field: value}"),
        sa.Column(
            "channel_id", sa.BigInteger(), nullable=True, comment="where to post it; none: nowhere"
        ),
        sa.Column(
            "posted_at",
            sa.BigInteger(),
            nullable=True,
            comment="when it was seen to stand in that channel",
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_audit_round_id_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        comment="What moderators did. Only ever added to; the last two columns tell of its post.",
    )
    op.create_index("ix_audit_server_id", "audit", ["server_id", "id"], unique=False)
    op.create_index(
        "ix_audit_unposted",
        "audit",
        ["id"],
        unique=False,
        sqlite_where=sa.text("posted_at IS NULL"),
        postgresql_where=sa.text("posted_at IS NULL"),
    )
