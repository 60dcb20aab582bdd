"""what moderators write for their server's banks and have not saved yet"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """One more table: the banks themselves fit into `questions` as it is."""
    op.create_table(
        "drafts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False, comment="the moderator"),
        sa.Column("kind", sa.Text(), nullable=False, comment="question, import"),
        sa.Column(
            "question_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="what is edited; null: a new one",
        ),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("bank_title", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False, comment="[values of a question]"),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_drafts_question_id_questions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        comment="What a moderator wrote or uploaded and has not saved in the server's bank yet.",
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_drafts_server_id_user_id"), "drafts", ["server_id", "user_id"], unique=False
    )
