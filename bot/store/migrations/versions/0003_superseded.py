"""the reactions that may still stand although they were dealt with"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOST_OPTIONS = 6


def upgrade() -> None:
    """A column more; of an open round each answer's own reaction may stand."""
    op.add_column(
        "answers",
        sa.Column(
            "processed",
            sa.JSON(),
            nullable=False,
            server_default="[]",
            comment="options whose reactions were dealt with and not seen to go",
        ),
    )
    answers = sa.table(
        "answers",
        sa.column("round_id", sa.Integer()),
        sa.column("option", sa.Integer()),
        sa.column("processed", sa.JSON()),
    )
    rounds = sa.table("rounds", sa.column("id", sa.Integer()), sa.column("state", sa.Text()))
    still_open = sa.select(rounds.c.id).where(rounds.c.state == "open")
    for option in range(MOST_OPTIONS):
        op.execute(
            answers.update()
            .where(answers.c.round_id.in_(still_open), answers.c.option == option)
            .values(processed=[option])
        )
