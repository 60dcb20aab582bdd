"""Reviews: a moderator's word on a grade; it wins."""

from enum import StrEnum


class Decision(StrEnum):
    """What a moderator says of an explanation."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"

    @property
    def share(self) -> float:
        """What the explanation is worth, 0..1, in place of the grade's score."""
        return _SHARES[self]


_SHARES = {Decision.ACCEPTED: 1.0, Decision.PARTLY: 0.5, Decision.REJECTED: 0.0}


class Why(StrEnum):
    """Why a grade waits for a moderator."""

    APPEALED = "appealed"
    UNSURE = "unsure"
    """The grader says that it is not sure."""
    DISAGREES = "disagrees"
    """The member chose the right option, and the grader accepts nothing that they wrote."""
