"""Words and their forms: which forms a verb has, which words turn a meaning over."""

from dataclasses import dataclass
from functools import cache

from bot.grading.training.perturb.text import function_words, lists

_VOWELS = "aeiou"


@dataclass(frozen=True)
class Form:
    """One reading of a word as a verb. `kind`: base, third, past, participle, ing; a regular past
    is "past" and a participle as well, so `both` is true.
    """

    base: str
    kind: str
    both: bool
    nounish: bool


def third(base: str) -> str:
    """learn -> learns, pass -> passes, carry -> carries."""
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return base + "es"
    if base.endswith("y") and base[-2] not in _VOWELS:
        return base[:-1] + "ies"
    return base + "s"


def ing(base: str) -> str:
    """learn -> learning, make -> making, stop -> stopping, see -> seeing."""
    if base.endswith("ie"):
        return base[:-2] + "ying"
    if base.endswith("e") and not base.endswith(("ee", "oe", "ye")):
        return base[:-1] + "ing"
    return _doubled(base) + "ing"


def past(base: str) -> str:
    """The past of any verb: learned, stopped, carried, went."""
    if base in _irregular():
        return _irregular()[base][0]
    return base if base in lists("verbs")["unchanging"] else _regular_past(base)


def participle(base: str) -> str:
    """The participle of any verb: learned, gone."""
    return _irregular()[base][1] if base in _irregular() else past(base)


def _regular_past(base: str) -> str:
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2] not in _VOWELS:
        return base[:-1] + "ied"
    return _doubled(base) + "ed"


def _doubled(base: str) -> str:
    return base + base[-1] if base in lists("verbs")["doubling"] else base


@cache
def _irregular() -> dict[str, tuple[str, str]]:
    triples = (entry.split(" ") for entry in lists("verbs")["irregular"])
    return {base: (before, done) for base, before, done in triples}


@cache
def verb_forms() -> dict[str, tuple[Form, ...]]:
    """All forms of the listed verbs, with their readings."""
    found: dict[str, list[Form]] = {}
    named = lists("verbs")
    bases = {*named["pure"], *named["nounish"], *_irregular(), *named["unchanging"]}
    for base in sorted(bases):
        nounish = base in named["nounish"] or base in named["also_nouns"]
        same = past(base) == participle(base)
        found.setdefault(base, []).append(Form(base, "base", same, nounish))
        found.setdefault(third(base), []).append(Form(base, "third", same, nounish))
        found.setdefault(ing(base), []).append(Form(base, "ing", same, nounish))
        if base not in named["unchanging"]:
            found.setdefault(past(base), []).append(Form(base, "past", same, nounish))
            if not same:
                found.setdefault(participle(base), []).append(
                    Form(base, "participle", same, nounish)
                )
    return {word: tuple(forms) for word, forms in found.items()}


@cache
def adjective_forms(word: str) -> tuple[str, str, str]:
    """high -> high, higher, highest; big -> big, bigger, biggest; easy -> easy, easier, easiest."""
    if word.endswith("e"):
        return word, word + "r", word + "st"
    if word.endswith("y"):
        return word, word[:-1] + "ier", word[:-1] + "iest"
    if word in {"expensive", "complex", "distant", "murky", "harmful"}:
        return word, "more " + word, "most " + word
    doubled = (
        word + word[-1] if word in {"big", "hot", "thin", "wet", "dim", "flat", "sad"} else word
    )
    return word, doubled + "er", doubled + "est"


@cache
def antonyms() -> dict[str, tuple[str, ...]]:
    """Every form that has an antonym, with its antonyms in the same form; both ways round."""
    found: dict[str, dict[str, None]] = {}

    named = lists("antonyms")
    for one, other, back in _pairs(named["verbs"]):
        for form in (str, third, ing):
            _link(found, form(one), form(other), back)
        for mine, its in ((one, other), (other, one)):
            # 'learned' could be 'forgot' or 'forgotten': such a form has no antonym.
            if past(its) == participle(its) or past(mine) != participle(mine):
                _link(found, past(mine), past(its), False)
                _link(found, participle(mine), participle(its), False)
    for one, other, back in _pairs(named["graded"]):
        for mine, its in zip(_degrees(one), _degrees(other), strict=True):
            _link(found, mine, its, back)
    for one, other, back in _pairs(named["nouns"]):
        _link(found, one, other, back)
        _link(found, plural(one), plural(other), back)
    for one, other, back in _pairs([*named["adjectives"], *named["others"]]):
        _link(found, one, other, back)
    return {word: tuple(others) for word, others in found.items()}


def _link(found: dict[str, dict[str, None]], one: str, other: str, back: bool) -> None:
    if " " not in one:
        found.setdefault(one, {})[other] = None
    if back and " " not in other:
        found.setdefault(other, {})[one] = None


@cache
def adjectives() -> frozenset[str]:
    """The listed adjectives that have degrees, in their first."""
    return frozenset(word for pair in _pairs(lists("antonyms")["graded"]) for word in pair[:2])


@cache
def comparatives() -> frozenset[str]:
    """The comparatives of the listed adjectives."""
    return frozenset(_degrees(word)[1] for word in adjectives()) | {"better", "worse", "further"}


def _degrees(word: str) -> tuple[str, str, str]:
    """The degrees of an adjective; irregular ones have 'more' and 'most'."""
    return {
        "far": ("far", "farther", "farthest"),
        "sparse": ("sparse", "sparser", "sparsest"),
        "intact": ("intact", "more intact", "most intact"),
        "empty": ("empty", "emptier", "emptiest"),
    }.get(word) or adjective_forms(word)


def plural(noun: str) -> str:
    """cause -> causes, ability -> abilities; the few irregular ones by name."""
    irregular = {"child": "children", "prey": "prey", "loss": "losses"}
    return irregular.get(noun) or third(noun)


def _pairs(entries: list[str]) -> list[tuple[str, str, bool]]:
    """Read 'high low' and 'easy > hard' as (one, other, whether also the other way)."""
    found: list[tuple[str, str, bool]] = []
    for entry in entries:
        one, *sign, other = entry.split(" ")
        found.append((one, other, not sign))
    return found


@cache
def _protected() -> frozenset[str]:
    negations = "not no never none nothing nobody neither nor without cannot only unless except"
    numbers = "one two three four five six seven eight nine ten half twice double zero"
    return frozenset({*negations.split(), *numbers.split(), *antonyms()})


def is_protected(word: str) -> bool:
    """Tell whether a slip in this word could turn the meaning over."""
    word = word.lower()
    return word in _protected() or "'" in word or "’" in word


@cache
def known() -> frozenset[str]:
    """All words of all lists, with their forms."""
    plain = {word for entry in lists("synonyms")["words"] for word in entry.split()}
    return frozenset({*function_words(), *verb_forms(), *antonyms(), *plain})


def is_known(word: str) -> bool:
    """Tell whether a word is in any list."""
    return word in known()
