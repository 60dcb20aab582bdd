"""Questions as items of a test: who chose what in a server's revealed rounds, summed up by the
database, so that a large server's answers never pass through the event loop.

Which rows are one item: a question's row is made anew whenever members would see something else
(`queries.questions`). Rows of a bank and slug that differ in nothing but hints, explanation and the
like are one item, because the same was asked. Where prompt, code, options or key differ they are
items of their own, each with its own figures; for a member's rest score none of them counts.

A member's first answer to an item counts: later ones are memories of its reveal.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, cast

import sqlalchemy as sa

from bot.domain.items import LEAST_OTHERS, Chosen, Item
from bot.domain.question import LETTERS
from bot.domain.round import State
from bot.store.queries import worth
from bot.store.tables import answers, explanations, hints, questions, results, rounds

_KEY = (questions.c.server_id, questions.c.bank, questions.c.slug)
_Version: TypeAlias = tuple[int, str, str, str, str | None, tuple[str, ...], str]
"""Owner, bank, slug, prompt, code, options and the key's letter."""
_HARDLY = 1e-9
"""Rest scores closer to their mean than this are the mean but for rounding."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was revealed in a server."""

    id: int
    """Of the newest row that is this item."""
    rows: tuple[int, ...]
    """Of all of them, the newest first."""
    owner: int
    """The server whose bank it is; 0 for the shipped ones."""
    bank: str
    slug: str
    prompt: str
    options: tuple[str, ...]
    key: int
    """Index of the right option, from 0."""
    current: bool
    """Whether it may be asked again as it is: neither changed since nor retired."""
    open: bool
    """Whether it, or another version of it, is open in the server: nothing may be told of it."""


def asked(conn: sa.Connection, *, server_id: int) -> list[Asked]:
    """Return the items of a server's revealed rounds, by bank, slug and newest version."""
    in_server = rounds.c.server_id == server_id
    revealed = sa.select(rounds.c.question_id).where(in_server, rounds.c.state == State.REVEALED)
    # Picked out by the database: a question's graded examples are most of it.
    content = {
        name: questions.c.content[name].as_string().label(name)
        for name in ("prompt", "code", "answer")
    }
    options = questions.c.content["options"].as_json().label("options")
    rows = conn.execute(
        sa.select(*_KEY, questions.c.id, questions.c.retired_at, *content.values(), options)
        .where(questions.c.id.in_(revealed))
        .order_by(questions.c.bank, questions.c.slug, questions.c.id.desc())
    )
    versions: defaultdict[_Version, list[tuple[int, bool]]] = defaultdict(list)
    for row in rows:
        what = (*row[:3], row.prompt, row.code, tuple(row.options), row.answer)
        versions[what].append((row.id, row.retired_at is None))
    hidden = sa.select(*_KEY).join(rounds, rounds.c.question_id == questions.c.id)
    hidden = hidden.where(in_server, rounds.c.state.in_((State.SENDING, State.OPEN)))
    shut = {tuple(row) for row in conn.execute(hidden)}
    return [
        Asked(
            id=same[0][0],
            rows=tuple(row_id for row_id, _ in same),
            owner=what[0],
            bank=what[1],
            slug=what[2],
            prompt=what[3],
            options=what[5],
            key=LETTERS.index(what[6]),
            current=any(current for _, current in same),
            open=what[:3] in shut,
        )
        for what, same in versions.items()
    ]


def figures(conn: sa.Connection, *, server_id: int, found: list[Asked]) -> dict[int, Item]:
    """Return what all of `asked` came to, by the item's id."""
    if not found:
        return {}
    # Which item a row is, and which question (of whatever version), as a table of its own.
    numbers: dict[tuple[int, str, str], int] = {}
    table = [
        (row, one.id, numbers.setdefault((one.owner, one.bank, one.slug), len(numbers)))
        for one in found
        for row in one.rows
    ]
    which = (
        sa.values(
            sa.column("row_id", sa.Integer),
            sa.column("item", sa.Integer),
            sa.column("family", sa.Integer),
            name="which",
            literal_binds=True,
        )
        .data(table)
        .cte("which")
    )
    chosen = _chosen(conn, server_id, which)
    help_ = _help(conn, server_id, which)
    items: dict[int, Item] = {}
    for one in found:
        options = tuple(chosen.get((one.id, index), Chosen()) for index in range(len(one.options)))
        item = Item(key=one.key, chosen=options)
        items[one.id] = replace(item, **help_.get(one.id, {}))
    return items


def _chosen(conn: sa.Connection, server_id: int, which: sa.CTE) -> dict[tuple[int, int], Chosen]:
    """Return who chose each option of each item."""
    right = sa.cast(results.c.right, sa.Integer).label("right")
    nth = sa.func.row_number().over(
        partition_by=(answers.c.user_id, which.c.item), order_by=(rounds.c.revealed_at, rounds.c.id)
    )
    every = (
        sa.select(
            answers.c.user_id,
            answers.c.option,
            which.c.item,
            which.c.family,
            right,
            nth.label("nth"),
        )
        .select_from(answers)
        .join(rounds, rounds.c.id == answers.c.round_id)
        .join(which, which.c.row_id == rounds.c.question_id)
        .join(
            results,
            (results.c.round_id == answers.c.round_id) & (results.c.user_id == answers.c.user_id),
        )
        .where(rounds.c.server_id == server_id, rounds.c.state == State.REVEALED)
        .subquery()
    )
    first = sa.select(every).where(every.c.nth == 1).subquery()
    member, family = first.c.user_id, (first.c.user_id, first.c.family)
    count, sum_right = sa.func.count(), sa.func.sum(first.c.right)
    others = count.over(partition_by=member) - count.over(partition_by=family)
    others_right = sum_right.over(partition_by=member) - sum_right.over(partition_by=family)
    counted = sa.select(
        first.c.item, first.c.option, others.label("others"), others_right.label("others_right")
    ).subquery()
    rest = sa.case(
        (
            counted.c.others >= LEAST_OTHERS,
            sa.cast(counted.c.others_right, sa.Float) / counted.c.others,
        )
    )
    ranked = sa.select(counted.c.item, counted.c.option, rest.label("rest")).subquery()
    mean = sa.func.avg(ranked.c.rest).over(partition_by=ranked.c.item)
    held = sa.select(
        ranked.c.item,
        ranked.c.option,
        ranked.c.rest,
        (ranked.c.rest - mean).label("above"),
    ).subquery()
    rows = conn.execute(
        sa.select(
            held.c.item,
            held.c.option,
            sa.func.count().label("members"),
            sa.func.count(held.c.rest).label("ranked"),
            sa.func.coalesce(sa.func.sum(held.c.rest), 0.0).label("rest"),
            sa.func.coalesce(sa.func.sum(held.c.above * held.c.above), 0.0).label("spread"),
            sa.func.sum(sa.case((held.c.above > _HARDLY, 1), else_=0)).label("well"),
        ).group_by(held.c.item, held.c.option)
    )
    return {
        (row.item, row.option): Chosen(row.members, row.ranked, row.rest, row.spread, row.well)
        for row in rows
    }


def _help(conn: sa.Connection, server_id: int, which: sa.CTE) -> Mapping[int, dict[str, Any]]:
    """Return the fields of Item about hints and explanations, by item."""
    shown = (rounds.c.server_id == server_id) & (rounds.c.state == State.REVEALED)
    taken = conn.execute(
        sa.select(
            which.c.item,
            sa.func.count(hints.c.user_id.distinct()).label("hinted"),
            sa.func.count().label("hints"),
        )
        .select_from(hints)
        .join(rounds, rounds.c.id == hints.c.round_id)
        .join(which, which.c.row_id == rounds.c.question_id)
        .where(shown)
        .group_by(which.c.item)
    )
    graded = conn.execute(
        sa.select(
            which.c.item,
            sa.func.count().label("graded"),
            sa.func.sum(sa.case((worth.ACCEPTED, 1), else_=0)).label("correct"),
            sa.func.sum(worth.SCORE).label("score"),
        )
        .select_from(worth.GRADED)
        .join(rounds, rounds.c.id == explanations.c.round_id)
        .join(which, which.c.row_id == rounds.c.question_id)
        .where(shown)
        .group_by(which.c.item)
    )
    found: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for row in (*taken.mappings(), *graded.mappings()):
        fields = dict(cast(Mapping[str, Any], row))
        found[fields.pop("item")] |= fields
    return found
