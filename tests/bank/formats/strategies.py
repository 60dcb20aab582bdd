"""Questions as hypothesis makes them: texts full of what the formats give a meaning to."""

import re

from hypothesis import strategies as st

_ALPHABET = "~=#{}:\\%[]<>&`*_'\"+-@,;|/.$ \nabcAT10äß漢字😀\u00a0\u200b"
_WORDS = ["####", "::", "->", "=%50%", "[html]", "//", "&lt;", "&amp;", "ANSWER: A", "]]>", "A. "]


def texts(most: int, *, lines: bool = True) -> st.SearchStrategy[str]:
    """Texts that are not blank, without white space at their ends, as a question has them."""
    piece = st.text(_ALPHABET, max_size=min(most // 3, 15))
    joined = st.tuples(piece, st.sampled_from(["", *_WORDS]), piece).map("".join).map(str.strip)
    if not lines:
        joined = joined.map(lambda text: " ".join(text.split()))
    # Code in a fence at the end of a prompt comes back as code: it is what it is.
    return joined.filter(lambda text: bool(text) and len(text) <= most and "```" not in text)


@st.composite
def questions(draw: st.DrawFn, *, lines: bool = True, code: bool = True) -> dict[str, object]:
    """A question with all its keys but program and examples."""
    count = draw(st.integers(2, 6))
    options = draw(st.lists(texts(100, lines=lines), min_size=count, max_size=count))
    answer = draw(st.sampled_from("ABCDEF"[:count]))
    distractors = [letter for letter in "ABCDEF"[:count] if letter != answer]
    values: dict[str, object] = {
        "id": draw(st.from_regex(re.compile(r"[a-z0-9][a-z0-9-]{3,30}", re.ASCII), fullmatch=True)),
        "prompt": draw(texts(200, lines=lines)),
        "options": options,
        "answer": answer,
        "hints": draw(st.lists(texts(100), min_size=3, max_size=3)),
        "explanation": draw(texts(200)),
        "key_points": draw(st.lists(texts(100), min_size=1, max_size=4)),
        "misconceptions": {letter: draw(texts(100)) for letter in distractors},
        "topic": draw(texts(60, lines=False)),
        "difficulty": draw(st.integers(1, 5)),
        "source": draw(texts(100)),
        "licence": draw(texts(60, lines=False)),
    }
    if code and draw(st.booleans()):
        values["code"] = draw(texts(200))
    return values
