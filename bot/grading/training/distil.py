"""A teacher's probabilities as targets: any saved pair model, larger or an average of runs."""

from collections.abc import Sequence

import torch
from torch import Tensor

from bot.grading import pair
from bot.grading.tokens import Triple
from bot.grading.training.config import Teacher
from bot.grading.training.loop import Targets
from bot.grading.training.pairs import Pair


def teacher_of(teacher: Teacher | None, device: str) -> Targets | None:
    """Load the teacher; return what gives its softened probabilities, float (pairs, 3)."""
    if teacher is None:
        return None
    model = pair.load(teacher.folder).to(device)
    known: dict[Triple, Tensor] = {}

    def targets(pairs: Sequence[Pair]) -> Tensor:
        triples = [Triple(one.question, one.reference, one.answer) for one in pairs]
        new = [triple for triple in dict.fromkeys(triples) if triple not in known]
        if new:
            logits = torch.from_numpy(model.predict(new))
            known.update(zip(new, torch.softmax(logits / teacher.temperature, dim=1), strict=True))
        return torch.stack([known[triple] for triple in triples])

    return targets
