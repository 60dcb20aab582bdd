"""What is exported and imported again is the same question, in all that its format holds."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.bank.exports import export
from bot.bank.formats.table import BY_NAME
from bot.bank.imports import Report, report_on
from tests.bank.formats.strategies import questions

# Without shrinking: a failing question is small already, and shrinking takes minutes.
BRIEFLY = settings(max_examples=60, phases=(Phase.explicit, Phase.reuse, Phase.generate))
BOTH_WAYS = [one.name for one in BY_NAME.values() if one.read and one.write]


def there_and_back(name: str, values: dict[str, object]) -> tuple[Report, dict[str, object]]:
    done = export(name, "A bank", [values])
    held = {key: one for key, one in values.items() if key in BY_NAME[name].holds and one}
    return report_on(f"bank{BY_NAME[name].suffixes[0]}", done.raw, format_name=name), held


# Every format takes each question: to make one up takes longer than to write and read it.
@given(values=questions())
@BRIEFLY
def test_a_question_comes_back_as_it_was(values: dict[str, object]):
    for name in BOTH_WAYS:
        if name == "aiken":
            continue
        report, held = there_and_back(name, values)
        assert not report.unreadable, (name, report)
        assert not report.refused, (name, report)
        (back,) = report.incoming
        assert {key: back.values[key] for key in held} == held, name
        assert set(back.values) == set(held), f"{name}: something was made up"


@given(values=questions(lines=False, code=False))
@BRIEFLY
def test_aiken_brings_back_what_it_takes(values: dict[str, object]):
    done = export("aiken", "A bank", [values])
    if not done.count:
        assert any("begins like an option" in what for what in done.left_out)
        return
    report, held = there_and_back("aiken", values)
    (back,) = report.incoming
    assert {key: back.values[key] for key in held} == held


@given(several=st.lists(questions(lines=False, code=False), min_size=2, max_size=4))
@settings(BRIEFLY, max_examples=20)  # of three questions each, as a rule
def test_several_questions_stay_apart(several: list[dict[str, object]]):
    for name in BOTH_WAYS:
        done = export(name, "A bank", several)
        report = report_on("bank", done.raw, format_name=name)
        if not done.count:
            assert report.unreadable, name
            continue
        assert not report.unreadable, name
        assert len(report.incoming) + len(report.refused) == done.count, name
        assert not report.refused, name


def test_an_export_says_what_it_leaves_out():
    values: dict[str, object] = {
        "id": "a-question",
        "prompt": "What is it?",
        "code": "print(1)",
        "options": ["this", "that"],
        "answer": "A",
        "hints": ["one", "two", "three"],
    }
    gift = export("gift", "A bank", [values])
    assert gift.left_out == ("Moodle GIFT has no place for `hints`: left out of 1 question",)
    aiken = export("aiken", "A bank", [values])
    assert (aiken.count, aiken.left_out) == (
        0,
        ("a-question: has code, and Aiken holds one line a question",),
    )
    xml = export("moodle-xml", "A bank", [{**values, "prompt": "a\x0bb"}])
    assert (xml.count, xml.left_out) == (
        0,
        ("a-question: holds a control character, which other programs do not take",),
    )


def test_a_format_that_is_only_read_is_not_written():
    with pytest.raises(ValueError, match="Kahoot's spreadsheet is read and not written"):
        export("kahoot", "A bank", [])
