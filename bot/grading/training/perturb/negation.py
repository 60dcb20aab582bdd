"""Negations put in and taken out, at the verb that makes the statement."""

import random
import re

from bot.grading.training.pairs import Pair
from bot.grading.training.perturb.meaning import is_negated, with_articles
from bot.grading.training.perturb.text import (
    bare,
    capital,
    content,
    function_words,
    group,
    is_word,
    like,
    lists,
    sentences,
    small,
    stems,
    tokens,
    words,
)
from bot.grading.training.perturb.verbs import Verb, is_clause, neighbours_of, stating_verbs
from bot.grading.training.perturb.vocabulary import past, third, verb_forms

_SHORT = {
    "is": "isn't",
    "are": "aren't",
    "was": "wasn't",
    "were": "weren't",
    "does": "doesn't",
    "do": "don't",
    "did": "didn't",
    "has": "hasn't",
    "have": "haven't",
    "had": "hadn't",
    "can": "can't",
    "could": "couldn't",
    "will": "won't",
    "would": "wouldn't",
    "should": "shouldn't",
}
_LONG = {short: word for word, short in _SHORT.items()}
_PLAIN = {"third": "does", "plain": "do", "past": "did"}
_LEAVE = re.compile(
    r"\bnot (?:only|just|necessarily|even|until|because|so much|always|all|every|if|or)\b"
    r"|\b(?:or|if|but|whether|may|might|why|and) not\b|\bno (?:matter|one|more|less|doubt|idea)\b"
    r"|\b(?:unless|until|either|neither|nor|anymore|any more|yet|otherwise|nothing|none|hardly"
    r"|whether|even|everything|anything|anyone|anybody|if|when|as long as)\b",
    re.IGNORECASE,
)  # fmt: skip


def negate(text: str, rng: random.Random) -> str | None:
    """Negate the finite verb of one clause that states something, in one sentence."""
    ways = [way for sentence in sentences(text) for way in _negations(text, sentence, rng)]
    return rng.choice(ways) if ways else None


def negate_point(pair: Pair, rng: random.Random) -> str | None:
    """Negate the answer where it speaks of what the reference speaks of."""
    found = sentences(pair.answer)
    wanted = stems(content(pair.reference))
    if len(found) > 1:
        found = [part for part in found if len(stems(content(part)) & wanted) >= 2]
    ways = [way for sentence in found for way in _negations(pair.answer, sentence, rng)]
    return rng.choice(ways) if ways else None


def _negations(text: str, sentence: str, rng: random.Random) -> list[str]:
    if sentence.endswith("?"):
        return []
    found = tokens(sentence)
    at = text.index(sentence)
    made = [_negated(found, verb, rng) for verb in stating_verbs(found)]
    return [text[:at] + way + text[at + len(sentence) :] for way in made if way is not None]


def _negated(found: list[str], verb: Verb, rng: random.Random) -> str | None:
    new = list(found)
    word = new[verb.place]
    before, after = neighbours_of(found, verb.place)
    if after in {"still", "also", "too", "already", "only", "just", "necessarily", "almost"}:
        return _around_adverb(new, verb, after)
    if verb.kind == "order":
        new[verb.place] = like(word, rng.choice(["do not", "don't", "never"])) + " " + word.lower()
        return "".join(new)
    if verb.kind in {"third", "plain", "past"}:
        if verb.base == "have" and after in {"a", "an"}:
            return _with_no(new, verb.place)
        if rng.random() < 0.15 and before != "there":
            new[verb.place] = f"never {word}" if word.islower() else f"never {word.lower()}"
        else:
            helper = _PLAIN[verb.kind]
            short = rng.random() < 0.35
            new[verb.place] = f"{_SHORT[helper] if short else helper + ' not'} {verb.base}"
        return "".join(new)
    lower = word.lower()
    if verb.kind == "be" and before == "there" and after in {"a", "an"}:
        return _with_no(new, verb.place)
    if lower in {"may", "might", "can"}:
        new[verb.place] = like(word, rng.choice(["cannot", "cannot", "can't"]))
    elif lower in _SHORT and rng.random() < 0.35:
        new[verb.place] = like(word, _SHORT[lower])
    else:
        new[verb.place] = word + " not"
    return "".join(new)


def _with_no(found: list[str], place: int) -> str:
    """has a gap -> has no gap; there is an error -> there is no error."""
    article = next(p for p in range(place + 1, len(found)) if found[p].strip())
    found[article] = "no"
    return "".join(found)


def _around_adverb(found: list[str], verb: Verb, after: str) -> str | None:
    """is still open -> is no longer open; is also open -> is also not open. Others are left."""
    place = next(p for p in range(verb.place + 1, len(found)) if found[p].strip())
    if verb.kind in {"be", "modal", "have"} and after == "still":
        found[place] = "no longer"
        return "".join(found)
    if verb.kind in {"be", "modal", "have"} and after == "also":
        found[place] = "also not"
        return "".join(found)
    return None


def affirm(text: str, rng: random.Random) -> str | None:
    """Take the one negation of one sentence out: 'does not learn' -> 'learns'."""
    ways: list[str] = []
    for sentence in sentences(text):
        new = _affirmed(sentence)
        if new is not None:
            at = text.index(sentence)
            ways.append(text[:at] + new + text[at + len(sentence) :])
    return rng.choice(ways) if ways else None


_NEGATION = re.compile(r"\b(?:not|never|no|cannot|without)\b|n['’]t\b", re.IGNORECASE)
_ANSWER = re.compile(r"^\W*(?:no|yes)\b[,.!]?", re.IGNORECASE)


def _affirmed(sentence: str) -> str | None:
    head = _ANSWER.match(sentence)
    start = head.end() if head else 0
    body = sentence[start:]
    if len(_NEGATION.findall(body)) != 1 or _LEAVE.search(body) or sentence.endswith("?"):
        return None
    for rewrite in (_drop_short, _drop_do, _drop_not, _drop_no):
        new = rewrite(body)
        if new is not None:
            new = re.sub(r"\s*\bat all\b", "", re.sub(r"\bany\b", "some", new))
            return sentence[:start] + new
    return None


def _drop_short(body: str) -> str | None:
    match = re.search(r"\b(\w+n['’]t)\b", body)
    if not match:
        return None
    word = match[1].replace("’", "'")
    long = _LONG.get(word.lower())
    if long is None:
        return None
    opened = body[: match.start()] + like(word, long) + " not" + body[match.end() :]
    return _drop_do(opened) or _drop_not(opened)


def _drop_do(body: str) -> str | None:
    match = re.search(r"\b(does|do|did) not (\w+)\b", body)
    if not match:
        return None
    helper, base = match[1], match[2]
    if not any(form.kind == "base" for form in verb_forms().get(base, ())) and base != "have":
        return body[: match.start()] + f"{helper} {base}" + body[match.end() :]
    if base == "have":
        said = {"does": "has", "do": "have", "did": "had"}[helper]
    else:
        said = {"does": third(base), "do": base, "did": past(base)}[helper]
    return body[: match.start()] + said + body[match.end() :]


def _drop_not(body: str) -> str | None:
    if re.search(r"\bcannot\b", body):
        return re.sub(r"\bcannot\b", "can", body)
    helpers = "is|are|was|were|am|has|have|had|can|could|will|would|should|must|be"
    match = re.search(rf"\b({helpers}) not\b", body, re.IGNORECASE)
    return body[: match.end(1)] + body[match.end() :] if match else None


def _drop_no(body: str) -> str | None:
    for old, new in (("no longer", "still"), ("never", "always"), ("without", "with")):
        match = re.search(rf"\b{old}\b", body)
        if match:
            return body[: match.start()] + new + body[match.end() :]
    match = re.search(r"\b((?:is|was|has|have|had|contains|makes|with)) no (?=(\w+))", body)
    if match and not match[2].endswith("s") and match[2] not in group("adverbs"):
        return with_articles(body[: match.end(1)] + " a " + body[match.end() :], match.end(1) + 3)
    match = re.search(r"\b(are|were|have) no (?=\w+s\b)", body)
    return body[: match.end(1)] + " " + body[match.end() :] if match else None


def flip_answer(pair: Pair, rng: random.Random) -> str | None:
    """Yes becomes no, where the reference begins with the same word."""
    del rng
    match = re.match(r"\s*(yes|no)\b(?=\s*(?:[,.!;:-]|$)|\s+(\w+))", pair.answer, re.IGNORECASE)
    if match and match[2] and match[2].lower() not in function_words():
        return None  # 'no convergence' does not answer a question
    if not match or not re.match(rf"\s*{match[1]}\b", pair.reference, re.IGNORECASE):
        return None
    other = "no" if match[1].lower() == "yes" else "yes"
    return pair.answer[: match.start(1)] + like(match[1], other) + pair.answer[match.end(1) :]


def deny(text: str, rng: random.Random) -> str | None:
    """Deny a one-sentence text as a whole: 'It is not true that ...', 'It is not because ...'."""
    found = sentences(text)
    if len(found) != 1 or is_negated(text) or len(words(text)) > 30 or text.endswith("?"):
        return None
    said = bare(text)
    if said.lower().startswith("because ") and len(words(said)) >= 4:
        return rng.choice(["It is not ", "That is not "]) + small(said) + "."
    if not is_clause(tokens(said)):
        return None
    return f"{rng.choice(lists('phrases')['denials'])} {small(said)}."


def denied_negation(text: str, rng: random.Random) -> str | None:
    """Deny the negation of a one-sentence text, which says the text again."""
    if len(sentences(text)) != 1 or not is_clause(tokens(bare(text))) or is_negated(text):
        return None
    negated = negate(text, rng)
    if negated is None or len(words(text)) > 20:
        return None
    return f"{rng.choice(lists('phrases')['denials'])} {small(bare(negated))}."


_OPENING = re.compile(r"^\W*(?:because|so|and|but|yes|no)\b,?\s*", re.IGNORECASE)


def contradict_after(pair: Pair, rng: random.Random) -> str | None:
    """The right answer, and after it (now and then before it) its negation."""
    found = [part for part in sentences(pair.answer) if any(is_word(t) for t in tokens(part))]
    negated = [new for part in found if (new := negate(part, rng)) is not None]
    if not negated or len(words(pair.answer)) > 60:
        return None
    wrong = bare(_OPENING.sub("", rng.choice(negated)))
    right = pair.answer.strip()
    right = right if right.endswith((".", "!")) else right + "."
    turn = rng.choice(lists("phrases")["turns"])
    if rng.random() < 0.2:
        return f"{capital(wrong)}. {right}"
    return f"{right} {turn} {small(wrong)}." if turn else f"{right} {capital(wrong)}."


def hedge(pair: Pair, rng: random.Random) -> str | None:
    """A, and the negation of it or of one of its sentences, as a choice that nobody makes."""
    if len(words(pair.answer)) > 60:
        return None
    said = _OPENING.sub("", bare(pair.answer))
    negated = [new for part in sentences(said) if (new := negate(part, rng)) is not None]
    if not negated:
        return None
    one, other = small(said), small(bare(_OPENING.sub("", rng.choice(negated))))
    if rng.random() < 0.4:
        one, other = other, one
    ways = [*lists("phrases")["hedges"], *lists("phrases")["choices"]]
    return capital(rng.choice(ways).format(one, other))
