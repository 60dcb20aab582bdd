"""Where the finite verbs of a sentence are, as far as words and their order tell. What it is not
sure of it leaves out: precision over recall.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.grading.training.perturb.text import function_words, group, is_word, lists
from bot.grading.training.perturb.vocabulary import Form, adjectives, comparatives, verb_forms

_BE = frozenset({"is", "are", "was", "were", "am"})
_HAVE = frozenset({"has", "have", "had"})
_DO = frozenset({"does", "do", "did"})
_SHORT = frozenset({"it's", "that's", "there's", "they're", "we're", "you're", "he's", "she's"})
_OPEN = frozenset({"because", "so", "but", "and", "or", "since", "therefore", "thus"})
"""What begins a clause that states something."""
_CLOSED = frozenset(
    {"if", "when", "whenever", "unless", "whether", "until", "before", "after", "once", "as"}
    | {"which", "who", "whose", "where", "what", "how", "why", "than", "whatever", "though"}
    | {
        "although",
        "till",
        "whichever",
        "like",
        "whereas",
        "while",
        "suppose",
        "assume",
        "supposing",
    }
)
"""What begins a clause whose negation would not deny the sentence."""
_UNSURE = frozenset(
    {"some", "any", "either", "neither", "nor", "no", "not", "never", "none", "nothing", "cannot"}
    | {"without", "hardly", "rarely", "barely", "only", "just", "always", "sometimes", "unless"}
    | {"otherwise", "except"}
)
"""Clauses with these words are left alone: a negation may fall on them, or is there already."""
_DEGREES = frozenset({"more", "less", "fewer"})
_UNSURE_SUBJECT = frozenset({"all", "every", "everything", "everyone", "each", "both", "most"})
"""The same, before the verb."""


@dataclass(frozen=True)
class Verb:
    """A finite verb at a place in the tokens. `kind`: be, modal, have (with a participle), do
    (with a base), third, plain, past, order; `base` of the last four, else the word itself.
    """

    place: int
    kind: str
    base: str


def stating_verbs(pieces: Sequence[str]) -> list[Verb]:
    """Return the one sure finite verb of each clause that states something and is not negated."""
    found: list[Verb] = []
    for begin, end, states in _clauses(pieces):
        clause = [piece.lower() for piece in pieces[begin:end]]
        if (
            not states
            or _compares(clause)
            or _UNSURE & set(clause)
            or any(word.endswith("n't") for word in clause)
        ):
            continue
        verb = _main_verb(pieces, begin, end)
        until = end < len(pieces) and pieces[end].lower() in {"until", "till"}
        if verb is not None and _UNSURE_SUBJECT & set(clause[: verb.place - begin]):
            continue
        if verb is not None and not until and not _is_unreal(pieces, verb):
            found.append(verb)
    return found


def _is_unreal(pieces: Sequence[str], verb: Verb) -> bool:
    """Tell whether a verb only supposes ('it were'), or stands after 'already'."""
    before, _ = neighbours_of(pieces, verb.place)
    unreal = pieces[verb.place].lower() == "were" and before in {"it", "he", "she", "i", "this"}
    return unreal or before in {"already", "even", "still"}


def _clauses(pieces: Sequence[str]) -> list[tuple[int, int, bool]]:
    """The clauses as (begin, end, whether it states something)."""
    clauses: list[tuple[int, int, bool]] = []
    begin, states, before = 0, True, ""
    for place, piece in enumerate(pieces):
        word = piece.lower()
        breaks = word in _OPEN or word in _CLOSED or word == "that" or piece in ",;:()—–-.!?\n"
        if breaks and piece.strip():
            clauses.append((begin, place, states))
            begin = place + 1
            if word == "that":
                states = (states and before in lists("verbs")["stating"]) or not before
            elif piece == "," or word in {"and", "or"}:
                # In 'if A and B, C' the clause C states; a list stays what it was.
                states = states if word in {"and", "or"} else True
            else:
                states = word not in _CLOSED
        if is_word(piece):
            before = word
    clauses.append((begin, len(pieces), states))
    return clauses


def _main_verb(pieces: Sequence[str], begin: int, end: int) -> Verb | None:
    places = [place for place in range(begin, end) if pieces[place].strip()]
    sure: list[Verb] = []
    likely: list[Verb] = []
    for at, place in enumerate(places):
        left = [pieces[p].lower() for p in places[:at]]
        right = [pieces[p].lower() for p in places[at + 1 :]]
        verb, certain = _finite(pieces[place].lower(), place, left, right)
        if verb is not None:
            (sure if certain else likely).append(verb)
    if len(sure) > 1 and _is_opinion(pieces, sure[0], places):
        sure = sure[1:]
    if len(sure) == 1:
        return None if _is_opinion(pieces, sure[0], places) else sure[0]
    return likely[0] if not sure and len(likely) == 1 else None


def _is_opinion(pieces: Sequence[str], verb: Verb, places: Sequence[int]) -> bool:
    at = places.index(verb.place)
    return (
        at > 0
        and pieces[places[at - 1]].lower() in {"i", "we", "you"}
        and verb.base in lists("verbs")["opinion"]
    )


def _finite(
    word: str, place: int, left: Sequence[str], right: Sequence[str]
) -> tuple[Verb | None, bool]:
    """Read a word as a finite verb, and tell whether that is sure."""
    before = _last_but_adverbs(left)
    after = _first_but_adverbs(right)
    if word in _SHORT:
        return Verb(place, "be", word), True
    if before == "to" or before in group("modals") or (before in _DO and word not in _BE):
        return None, False
    if word in group("modals"):
        return (Verb(place, "modal", word), True) if _may_follow(after) else (None, False)
    if word in _BE:
        return Verb(place, "be", word), True
    if word in _HAVE:
        if after == "been" or _is_participle(after, right):
            return Verb(place, "have", word), True
        plain = {"has": "third", "have": "plain", "had": "past"}[word]
        return (Verb(place, plain, "have"), True) if _is_noun(before) else (None, False)
    if word in _DO:
        is_helper = any(form.kind == "base" for form in verb_forms().get(after, ()))
        return (Verb(place, "do", word), True) if is_helper else (None, False)
    for form in verb_forms().get(word, ()):
        verb, certain = _main(form, word, place, left, right)
        if verb is not None:
            return verb, certain
    return None, False


def _main(
    form: Form, word: str, place: int, left: Sequence[str], right: Sequence[str]
) -> tuple[Verb | None, bool]:
    before = _last_but_adverbs(left)
    after = _first_but_adverbs(right)
    if not left and form.kind == "base":
        return _order(form, place, right)
    pronoun = before in group("subjects")
    if not _is_noun(before) or before in _BE or before in _HAVE:
        return None, False
    takes_object = after in group("articles") | group("determiners") | group("objects")
    if form.kind == "third" and before not in {"they", "we", "you", "i", "these", "those"}:
        if not form.nounish:
            return Verb(place, "third", form.base), True
        # 'The motor runs' ends a clause; 'the test results' could begin one.
        ends = _is_plain_subject(left) and (not after or after in group("prepositions") - {"of"})
        is_verb = pronoun or takes_object or ends
        return (Verb(place, "third", form.base), pronoun) if is_verb else (None, False)
    if form.kind == "base" and (before in {"they", "we", "you", "i"} or _is_plural(before)):
        goes_on = takes_object and not form.nounish
        goes_on = goes_on or after in group("prepositions")
        if before in {"they", "we", "you", "i"} or goes_on:
            return Verb(place, "plain", form.base), before in {"they", "we", "you", "i"}
        return None, False
    if form.kind == "past" and after != "by" and word not in {"left", "found", "felt", "saw"}:
        return Verb(place, "past", form.base), pronoun or not form.both
    return None, False


def _order(form: Form, place: int, right: Sequence[str]) -> tuple[Verb | None, bool]:
    """Read the first word of a clause as an order: 'Scratch the minerals together'."""
    after = right[0] if right else ""
    objects = group("articles") | group("objects") | {"your", "some", "each", "both", "all"}
    is_one = after in objects and place == 0
    return (Verb(place, "order", form.base), True) if is_one else (None, False)


def _is_plain_subject(left: Sequence[str]) -> bool:
    """Tell whether the words are an article and a noun that is no plural: 'the motor'."""
    if len(left) != 2 or left[1] in adjectives():
        return False
    return left[0] in group("articles") and not _is_plural(left[1])


def _compares(clause: Sequence[str]) -> bool:
    """Tell whether a clause is one of 'the more ..., the less ...'."""
    real = [word for word in clause if word.strip()]
    for one, two, three in zip(real, real[1:], [*real[2:], ""], strict=False):
        follows = three in group("articles") | group("subjects")
        if one == "the" and (two in _DEGREES or (two in comparatives() and follows)):
            return True
    return False


def _is_noun(word: str) -> bool:
    """Tell whether a word can end a subject: a pronoun, a noun, a name, a number."""
    if not word or word in {"that", "which", "who", "there"}:
        return word in {"which", "who"}
    if word in {"this", "these", "those", "one"} or word in group("subjects"):
        return True
    if word in lists("verbs")["nouns"]:
        return True
    if word in function_words() or word.endswith(("ly", "ful", "ous", "ive", "ing", "est")):
        return len(word) == 1 and word.isalpha() and word != "i"
    return word[:1].isalnum()


def _is_plural(word: str) -> bool:
    return (
        word.endswith("s")
        and not word.endswith(("ss", "us", "is"))
        and word not in function_words()
    )


def _is_participle(word: str, right: Sequence[str]) -> bool:
    """Tell whether what follows 'has' is its participle, and not a noun's adjective."""
    if not any(
        f.kind == "participle" or (f.kind == "past" and f.both) for f in verb_forms().get(word, ())
    ):
        return False
    rest = list(right[list(right).index(word) + 1 :]) if word in right else []
    return not rest or not rest[0][:1].isalpha() or rest[0] in function_words()


def _may_follow(word: str) -> bool:
    """Tell whether a word can follow a modal: a base, be, have; unknown words are let through."""
    return bool(word) and word not in group("articles") | group("modals") | _BE | {"of", "not"}


def _last_but_adverbs(left: Sequence[str]) -> str:
    return next((word for word in reversed(left) if not _is_adverb(word)), "")


def _first_but_adverbs(right: Sequence[str]) -> str:
    return next((word for word in right if not _is_adverb(word)), "")


def _is_adverb(word: str) -> bool:
    return word in group("adverbs") or (word.endswith("ly") and len(word) > 4)


def clause_of(pieces: Sequence[str], place: int) -> tuple[int, int]:
    """Where the clause that holds a place begins and ends."""
    for begin, end, _ in _clauses(pieces):
        if begin <= place < end:
            return begin, end
    return place, place


def is_clause(pieces: Sequence[str]) -> bool:
    """Tell whether the pieces begin with a subject and hold exactly one sure finite verb."""
    verbs = stating_verbs(pieces)
    first = next((piece.lower() for piece in pieces if is_word(piece)), "")
    starts = first in group("articles") | group("subjects") | group("determiners")
    orders = any(
        form.kind in {"base", "third"} and not form.nounish for form in verb_forms().get(first, ())
    )
    is_subject = starts or (first not in function_words() and not orders)
    is_subject = is_subject and first not in {"that", "i", "which", "who"}
    return len(verbs) == 1 and is_subject and verbs[0].place > 0


def neighbours_of(pieces: Sequence[str], place: int) -> tuple[str, str]:
    """The words before and after a place, in lower case, "" at the ends."""
    real = [p for p, piece in enumerate(pieces) if piece.strip()]
    around = dict(pairwise(real))
    back = {after: before for before, after in around.items()}
    left, right = back.get(place), around.get(place)
    return (
        pieces[left].lower() if left is not None else "",
        pieces[right].lower() if right is not None else "",
    )
