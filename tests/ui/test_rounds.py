"""A post fits into Discord's limits, however long its question is."""

from datetime import UTC, datetime

import pytest

from bot.domain.question import Example
from bot.domain.round import Manner, Outcome, Round, State, Tally
from bot.ui import rounds
from tests.support.questions import a_question

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_round(question, **changes) -> Round:
    values = {
        "id": 2**53,
        "server_id": 1,
        "channel_id": 2,
        "schedule_id": 3,
        "local_date": NOW.date(),
        "due_at": NOW,
        "state": State.OPEN,
        "manner": Manner.CONCEALED,
        "open_minutes": 60,
        "role_id": None,
        "thread": False,
        "bank": "b" * 64,
        "bank_title": "T" * 80,
        "question_id": 4,
        "question": question,
        "message_id": 5,
        "opened_at": NOW,
        "closes_at": NOW,
        "revealed_at": None,
        "late": True,
    }
    return Round(**values | changes)


def longest(options: int):
    """The longest question that `tutor check` lets pass: prompt, code and options hold 3,500
    characters together, and 3,700 with the explanation (bot/bank/check.py).
    """
    texts = [str(n) + "o" * 149 for n in range(options)]
    room = 3500 - sum(map(len, texts)) - 1000
    code = "c" * min(1800, room)
    rest = 3700 - sum(map(len, texts)) - 1000 - len(code)
    return a_question(
        prompt="p" * 1000,
        code=code,
        options=tuple(texts),
        explanation="e" * min(1200, rest),
        topic="t" * 60,
        source="s" * 500,
    )


@pytest.mark.parametrize("options", [2, 4, 6])
def test_the_longest_question_fits(options: int) -> None:
    round_ = a_round(longest(options))
    tally = Tally(tuple(range(1000, 1000 + options)), 1000, 999)
    best = tuple((2**63 - n, 10**6) for n in range(3))
    for embed in (
        rounds.post_embed(None, round_, NOW),
        rounds.reveal_embed(None, round_, Outcome(tally, best)),
        rounds.cancelled_embed(None, round_),
    ):
        assert len(embed.description or "") <= 4096
        assert len(embed.author.name or "") <= 256
        assert len(embed.footer.text or "") <= 2048
        assert all(len(field.value or "") <= 1024 for field in embed.fields)
        assert len(embed) <= 6000
    assert len(rounds.chart_alt(None, round_, tally)) <= 1024


def test_a_late_post_says_when_it_was_due() -> None:
    words = rounds.post_embed(None, a_round(a_question()), NOW).description
    assert f"it was due <t:{int(NOW.timestamp())}:f>" in words
    words = rounds.post_embed(None, a_round(a_question(), late=False), NOW).description
    assert "late" not in words


@pytest.mark.parametrize(
    ("tally", "words"),
    [
        (Tally((0, 0, 0, 0), 0, 0), "Nobody answered this time."),
        (Tally((1, 0, 0, 0), 1, 0), "**One answer:** 🇦 100 %."),
        (Tally((1, 2, 1, 0), 1, 1), "**4 answers:** 🇧 50 %, 🇦 25 %, 🇨 25 %. One explanation was"),
        (Tally((0, 0, 0, 0), 0, 2), "Nobody answered this time. 2 explanations were written."),
    ],
)
def test_the_tally_in_words(tally: Tally, words: str) -> None:
    assert rounds.tally_words(None, tally).startswith(words)


def test_graded_examples_stay_with_the_grader() -> None:
    secret = "zebra crossing"
    examples = (Example(text=secret, label="correct"), Example(text=secret, label="incorrect"))
    round_ = a_round(a_question(examples=examples))
    shown = [
        rounds.post_embed(None, round_, NOW),
        rounds.reveal_embed(None, round_, Outcome(Tally((1, 0, 0, 0), 1, 0), ())),
        rounds.cancelled_embed(None, round_),
    ]
    assert secret not in str([embed.to_dict() for embed in shown])


def test_a_reveal_leaves_out_what_the_question_does_not_have() -> None:
    bare = a_question(
        hints=(), explanation="", key_points=(), misconceptions={}, source="", licence=""
    )
    post = rounds.post_embed("en", a_round(bare), NOW)
    assert "Explain" not in str(post.description)
    assert "Explain" in str(rounds.post_embed("en", a_round(a_question()), NOW).description)
    embed = rounds.reveal_embed("en", a_round(bare), Outcome(Tally((1, 0, 0, 0), 1, 0), ()))
    assert embed.fields == []
    assert "\n\n\n" not in str(embed.description)
    # The buttons stay: they tell that there is none, and the post is known by them.
    assert [child.item.label for child in rounds.post_view("en", a_round(bare)).children] == [
        "Hint",
        "Explain",
    ]
