"""appeals, reviews, what moderators skipped, and consents to training"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Four more tables."""
    op.create_table(
        "appeals",
        _explanation(),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("appealed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("explanation_id", name=op.f("pk_appeals")),
        _to_explanations("appeals"),
        comment="A member's request for a review, once a grade.",
    )
    op.create_table(
        "reviews",
        _explanation(),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column(
            "remembered",
            sa.Boolean(),
            nullable=False,
            comment="the grader knows the wording as right",
        ),
        sa.Column("decided_by", sa.BigInteger(), nullable=False, comment="0: forgotten"),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "told_at",
            sa.BigInteger(),
            nullable=True,
            comment="when the member was shown it; never before the reveal",
        ),
        sa.PrimaryKeyConstraint("explanation_id", name=op.f("pk_reviews")),
        _to_explanations("reviews"),
        comment="A moderator's word on a grade; it wins.",
    )
    op.create_table(
        "review_skips",
        _explanation(),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("skipped_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("explanation_id", "user_id", name=op.f("pk_review_skips")),
        _to_explanations("review_skips"),
        comment="Which moderator wants to see a grade after the rest.",
    )
    op.create_table(
        "consents",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_consents")),
        comment="Members whose reviewed explanations may train the grader, in every server.",
    )


def _explanation() -> sa.Column[int]:
    return sa.Column(
        "explanation_id",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        autoincrement=False,
        nullable=False,
    )


def _to_explanations(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["explanation_id"],
        ["explanations.id"],
        name=op.f(f"fk_{table}_explanation_id_explanations"),
        ondelete="CASCADE",
    )
