"""Texts that look like an answer and are none: other answers, echoes, lists, shuffles, tricks."""

import random
from collections.abc import Sequence
from itertools import pairwise

from bot.grading.training.pairs import Pair
from bot.grading.training.perturb.text import (
    bare,
    capital,
    content,
    group,
    lists,
    overlap,
    sentences,
    small,
    stem,
    stems,
    tokens,
    words,
)

MOST_SHARED = 0.34
"""An answer to another question that shares more of its content with this reference might be right
here too."""
LONGEST_CHOICE = 110
"""Words of two answers between which a choice is left open, at most."""


def other_answer(pair: Pair, neighbours: Sequence[str], rng: random.Random) -> str | None:
    """A right answer to another question, which says little of what the reference says and at
    least two things that neither reference nor question mention.
    """
    here = stems(content(pair.reference)) | stems(content(pair.question))
    fitting = [
        text
        for text in neighbours
        if len(words(text)) >= 3
        and overlap(text, pair.reference) <= MOST_SHARED
        and overlap(pair.reference, text) <= MOST_SHARED
        and len(stems(content(text)) - here) >= 2
    ]
    return rng.choice(fitting) if fitting else None


def left_open(pair: Pair, neighbours: Sequence[str], rng: random.Random) -> str | None:
    """The answer and one that does not answer this question, as a choice that nobody makes."""
    other = other_answer(pair, neighbours, rng)
    if other is None or len(words(pair.answer)) + len(words(other)) > LONGEST_CHOICE:
        return None
    both = [small(bare(pair.answer)), small(bare(other))]
    rng.shuffle(both)
    return capital(rng.choice(lists("phrases")["choices"]).format(*both))


def echo(pair: Pair, rng: random.Random) -> str | None:
    """The question said back, whole or as a statement that says nothing."""
    question = bare(pair.question)
    if len(words(question)) < 4 or overlap(pair.reference, question) > 0.6:
        return None
    last = bare(sentences(pair.question)[-1])
    first = (words(last) or [""])[0].lower()
    ways = [pair.question.strip(), question.lower()]
    if first in group("question_words"):
        ways.append(last + ".")
        ways.append("The question is " + small(last) + ".")
    if first in {"why", "how"}:
        rest = " ".join(last.split()[1:])
        ways.append(f"That is {first} {_said(rest)}.")
    ways.append(
        " ".join(word for word in last.split() if word.lower() not in group("question_words")) + "."
    )
    return rng.choice(ways)


def _said(rest: str) -> str:
    """Take the helping verb of a question away: 'does the loss rise' -> 'the loss rise'."""
    parts = rest.split()
    return " ".join(parts[1:]) if parts and parts[0].lower() in {"does", "do", "did"} else rest


def keyword_list(pair: Pair, rng: random.Random) -> str | None:
    """The reference's words of meaning, without a sentence around them."""
    found = content(pair.reference)
    if len(found) < 3:
        return None
    if rng.random() < 0.5:
        rng.shuffle(found)
    if rng.random() < 0.3:
        found += [word for word in content(pair.question) if word not in found][:3]
    return rng.choice([", ", " ", "\n", "; ", " / "]).join(found[: rng.randint(4, 14)])


def shuffle(pair: Pair, rng: random.Random) -> str | None:
    """All words in another order, few of them beside their old neighbours."""
    return _shuffled(pair.answer, rng)


def shuffle_reference(pair: Pair, rng: random.Random) -> str | None:
    """The reference's words in another order."""
    return _shuffled(pair.reference, rng)


def _shuffled(text: str, rng: random.Random) -> str | None:
    found = words(text)
    if len(set(found)) < 6:
        return None
    old = set(pairwise(found))
    for _ in range(10):
        new = found[:]
        rng.shuffle(new)
        kept = sum(two in old for two in pairwise(new))
        if kept * 5 <= len(new):
            text = " ".join(new)
            return rng.choice([text, text.lower(), capital(text.lower()) + "."])
    return None


def key_words(pair: Pair) -> list[str]:
    """What of the answer's content the reference has and the question has not, in lower case."""
    wanted = stems(content(pair.reference)) - stems(content(pair.question))
    return [word for word in content(pair.answer) if stem(word) in wanted]


def without_key_words(pair: Pair, rng: random.Random) -> str | None:
    """The answer without the one to three words that make it one, wherever they stand."""
    del rng
    keys = set(key_words(pair))
    if not 1 <= len(keys) <= 3 or len(words(pair.answer)) > 12 * len(keys):
        return None
    kept = [token for token in tokens(pair.answer) if token.lower() not in keys]
    text = " ".join("".join(kept).split()).replace(" .", ".").replace(" ,", ",")
    if not content(text) or len(words(text)) < 3 or overlap(pair.reference, text) >= 0.5:
        return None
    return text


def cut_off(pair: Pair, rng: random.Random) -> str | None:
    """The beginning of the answer, which ends before anything the question did not say."""
    keys = set(key_words(pair))
    found = pair.answer.split()
    if not keys or len(found) < 6:
        return None
    ends = [
        end
        for end in range(3, len(found) * 2 // 3)
        if not keys & {word.lower() for word in words(" ".join(found[:end]))}
    ]
    return bare(" ".join(found[: rng.choice(ends)])) if ends else None


def evasion(pair: Pair, rng: random.Random) -> str | None:
    """Something that fits every question and answers none."""
    del pair
    return rng.choice(lists("phrases")["evasions"])


def off_topic(pair: Pair, rng: random.Random) -> str | None:
    """Two or three sentences about something else."""
    found = [text for text in lists("phrases")["off_topic"] if overlap(text, pair.reference) == 0]
    return " ".join(rng.sample(found, rng.randint(2, 3))) if len(found) >= 3 else None


def padded_off_topic(pair: Pair, rng: random.Random) -> str | None:
    """The (wrong) answer within talk of something else."""
    padding = off_topic(pair, rng)
    if padding is None:
        return None
    answer = _ended(pair.answer)
    return rng.choice([f"{padding} {answer}", f"{answer} {padding}"])


def dressed_up(pair: Pair, rng: random.Random) -> str | None:
    """The (wrong) answer with words that sound sure and learned."""
    before = rng.choice(lists("phrases")["learned_before"])
    after = rng.choice(lists("phrases")["learned_after"])
    answer = small(pair.answer.strip())
    return rng.choice([f"{before} {answer}", f"{_ended(pair.answer)} {after}"])


def injection(pair: Pair, rng: random.Random) -> str | None:
    """The (wrong) answer with an order to the grader."""
    order = rng.choice(lists("phrases")["injections"])
    answer = _ended(pair.answer)
    return rng.choice([f"{order} {answer}", f"{answer} {order}", f"{answer}\n{order}"])


def injection_alone(pair: Pair, rng: random.Random) -> str | None:
    """An order to the grader, alone or with the question said back."""
    order = rng.choice(lists("phrases")["injections"])
    return rng.choice([order, f"{pair.question.strip()} {order}"])


def _ended(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."
