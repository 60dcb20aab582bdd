"""`tutor check`: everything that is wrong with a folder of banks, by a table of small checks.

A check takes what it is about and yields findings; each finding says what to do.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from bot.bank.duplicates import Asked, ask_the_same, asked
from bot.bank.examples import same_examples, too_few_examples
from bot.bank.giveaway import gives_away
from bot.bank.lines import Lines
from bot.bank.load import BankFile, Finding, Placed, read_folder
from bot.bank.text import named_by_print, normal
from bot.domain.question import Question

POST_LIMIT = 3_500
"""UTF-16 units that prompt, code and options may have together. They stand in the description of
one embed, and Discord takes 4,096 there (developer documentation, 'Message', 'Embed limits'). The
rest is for letters, code fence, how to answer and when the round closes, in any language."""
REVEAL_LIMIT = 3_700
"""The same for prompt, code, options and explanation, which the reveal shows; there the rest is for
the counts in words."""

ENOUGH_QUESTIONS = 8
"""Below this many questions nothing is said about a habit: a few alike are no pattern."""
CHANCE_LIMIT = 0.01
"""A habit is reported when chance alone would bring it about less often than this."""

Folder: TypeAlias = Sequence[BankFile]
QuestionCheck: TypeAlias = Callable[[BankFile, Placed], Iterator[Finding]]
_NOWHERE = Path("-")
"""Stands for the file of what lies in no file."""


def check_folder(folder: Path) -> list[Finding]:
    """Return every finding about the banks in a folder, by file and line."""
    files, findings = read_folder(folder)
    for file in files:
        findings.extend(file.findings)
        for placed in file.placed:
            for check in QUESTION_CHECKS:
                findings.extend(check(file, placed))
        for check_bank in BANK_CHECKS:
            findings.extend(check_bank(file))
    for check_all in FOLDER_CHECKS:
        findings.extend(check_all(files))
    return sorted(set(findings))


def check_question(question: Question) -> list[str]:
    """Return what is found about one question by itself, without its id."""
    return _said(QUESTION_CHECKS, question)


def does_not_fit(question: Question) -> list[str]:
    """Return why Discord would not take the question's post or its reveal; nothing: it would."""
    return _said((too_long_together,), question)


def check_bank(questions: Sequence[Question]) -> list[str]:
    """Return what is found about questions together, as a bank."""
    placed = tuple(Placed(index, question) for index, question in enumerate(questions))
    file = BankFile(_NOWHERE, "", placed, Lines(), ())
    return [finding.what for check in BANK_CHECKS for finding in check(file)]


def _said(checks: Sequence[QuestionCheck], question: Question) -> list[str]:
    placed = Placed(0, question)
    file = BankFile(_NOWHERE, "", (placed,), Lines(), ())
    prefix = f"{question.id}: "
    return [
        finding.what.removeprefix(prefix) for check in checks for finding in check(file, placed)
    ]


def equal_options(file: BankFile, placed: Placed) -> Iterator[Finding]:
    """Two options that read alike: both would be right, or neither."""
    question = placed.question
    seen: dict[str, int] = {}
    for index, option in enumerate(question.options):
        # Signs matter in code ('a = 1' is not 'a == 1'), so only case and space are levelled.
        text = " ".join(option.casefold().split())
        if text in seen:
            letters = f"{question.letters[seen[text]]} and {question.letters[index]}"
            what = f"options {letters} read the same; change one"
            yield file.finding(placed, ("options", index), what)
        seen.setdefault(text, index)


def equal_hints(file: BankFile, placed: Placed) -> Iterator[Finding]:
    """A hint that says what an earlier one said: members pay for each."""
    seen: dict[str, int] = {}
    for index, hint in enumerate(placed.question.hints):
        text = normal(hint)
        if text in seen:
            what = f"hint {index + 1} says what hint {seen[text] + 1} says; go a step further"
            yield file.finding(placed, ("hints", index), what)
        seen.setdefault(text, index)


def given_away(file: BankFile, placed: Placed) -> Iterator[Finding]:
    """A hint that holds the text of an option (see `bot.bank.giveaway`)."""
    question = placed.question
    for index, hint in enumerate(question.hints):
        for letter in gives_away(question, hint):
            name = f"the key ({letter})" if letter == question.answer else f"option {letter}"
            what = f"hint {index + 1} gives {name} away; say it in other words"
            yield file.finding(placed, ("hints", index), what)


def too_long_together(file: BankFile, placed: Placed) -> Iterator[Finding]:
    """A post, or a reveal, that would not fit into one embed."""
    question = placed.question
    post = sum(map(_units, (question.prompt, question.code or "", *question.options)))
    reveal = post + _units(question.explanation)
    if post > POST_LIMIT:
        what = f"prompt, code and options have {post:,} characters together"
        yield file.finding(
            placed, ("prompt",), f"{what}; shorten them to {POST_LIMIT:,} for a post"
        )
    elif reveal > REVEAL_LIMIT:
        what = f"prompt, code, options and explanation have {reveal:,} characters together"
        what += f"; shorten them to {REVEAL_LIMIT:,} for a reveal"
        yield file.finding(placed, ("explanation",), what)


def breaks_the_code_block(file: BankFile, placed: Placed) -> Iterator[Finding]:
    """Code that would end the code block it is shown in."""
    if "```" in (placed.question.code or ""):
        what = "the code holds ```, which ends Discord's code block; write it another way"
        yield file.finding(placed, ("code",), what)


def prints_no_key(file: BankFile, placed: Placed) -> Iterator[Finding]:
    """A program whose output does not stand for the key, whatever it does when it runs."""
    question = placed.question
    if question.program is None:
        return
    named = named_by_print(question, question.program.prints)
    if named != {question.answer}:
        which = " and ".join(sorted(named)) if named else "no option"
        what = (
            f"the program prints {question.program.prints!r}, which is in {which}, but the key is "
            f"{question.answer}; the key alone must hold it"
        )
        yield file.finding(placed, ("program", "prints"), what)


def key_longest(file: BankFile) -> Iterator[Finding]:
    """A key that is the longest option too often: members learn to choose by length.

    Counts the questions whose key is longer than every distractor. By chance that happens once in
    as many as there are options. Reported for banks of ENOUGH_QUESTIONS or more, when so many or
    more would come by chance with a probability below CHANCE_LIMIT (one-sided, Poisson-binomial).
    """
    questions = [placed.question for placed in file.placed]
    longest = sum(map(_is_key_longest, questions))
    chances = [1 / len(question.options) for question in questions]
    if len(questions) >= ENOUGH_QUESTIONS and at_least(longest, chances) < CHANCE_LIMIT:
        what = (
            f"the key is the longest option in {longest} of {len(questions)} questions, which "
            "gives it away; shorten keys or lengthen distractors"
        )
        yield Finding(file.path, file.lines.top.get("title", 1), what)


def key_position(file: BankFile) -> Iterator[Finding]:
    """A topic whose keys lean on one letter.

    Reported for topics of ENOUGH_QUESTIONS or more, when one letter would hold so many keys by
    chance with a probability below CHANCE_LIMIT, divided by the number of letters (Bonferroni).
    """
    topics: dict[str, list[Placed]] = defaultdict(list)
    for placed in file.placed:
        topics[placed.question.topic].append(placed)
    for topic, members in topics.items():
        letter, count = Counter(placed.question.answer for placed in members).most_common(1)[0]
        widest = max(len(placed.question.options) for placed in members)
        chances = [1 / len(placed.question.options) for placed in members]
        limit = CHANCE_LIMIT / widest
        if len(members) >= ENOUGH_QUESTIONS and at_least(count, chances) < limit:
            what = (
                f"in the topic {topic!r} the key is {letter} in {count} of {len(members)} "
                "questions; put some keys elsewhere"
            )
            yield Finding(file.path, file.lines.of(members[0].index, ("answer",)), what)


def one_id_in_two_banks(files: Folder) -> Iterator[Finding]:
    """An id that another bank uses too: reports and imports name questions by it."""
    first: dict[str, BankFile] = {}
    for file in files:
        for placed in file.placed:
            other = first.setdefault(placed.question.id, file)
            if other is not file:
                what = f"the id is used in {other.path.name} too; choose another"
                yield file.finding(placed, ("id",), what)


def near_duplicates(files: Folder) -> Iterator[Finding]:
    """Two questions that ask the same (see `bot.bank.duplicates`)."""
    earlier: list[tuple[BankFile, Placed, Asked]] = []
    for file in files:
        for placed in file.placed:
            question = placed.question
            this = asked(question.prompt, question.code, question.options[question.key])
            for other_file, other, that in earlier:
                if ask_the_same(this, that):
                    line = other_file.lines.of(other.index, ("prompt",))
                    what = (
                        f"asks nearly what {other.question.id} asks "
                        f"({other_file.path.name}:{line}); drop one, or say how they differ"
                    )
                    yield file.finding(placed, ("prompt",), what)
            earlier.append((file, placed, this))


QUESTION_CHECKS: tuple[QuestionCheck, ...] = (
    equal_options,
    equal_hints,
    given_away,
    too_long_together,
    breaks_the_code_block,
    prints_no_key,
    too_few_examples,
    same_examples,
)
BANK_CHECKS: tuple[Callable[[BankFile], Iterator[Finding]], ...] = (key_longest, key_position)
FOLDER_CHECKS: tuple[Callable[[Folder], Iterator[Finding]], ...] = (
    one_id_in_two_banks,
    near_duplicates,
)


def at_least(count: int, chances: Sequence[float]) -> float:
    """Return the probability that `count` or more of independent events with these chances happen
    (the Poisson-binomial distribution, by adding one event after the other).
    """
    exactly = [1.0]
    for chance in chances:
        exactly = [
            stay * (1 - chance) + step * chance
            for stay, step in zip([*exactly, 0.0], [0.0, *exactly], strict=True)
        ]
    return sum(exactly[count:])


def _is_key_longest(question: Question) -> bool:
    key = len(question.options[question.key])
    return all(
        len(option) < key for index, option in enumerate(question.options) if index != question.key
    )


def _units(text: str) -> int:
    # Clients count emoji and rare signs as two: so never less than what Discord counts.
    return len(text.encode("utf-16-le")) // 2
