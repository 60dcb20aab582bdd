"""The same said otherwise: synonyms, contractions, frames, padding, order. Labels stay."""

import random
import re

from bot.grading.training.pairs import Pair
from bot.grading.training.perturb.meaning import with_articles
from bot.grading.training.perturb.text import (
    capital,
    group,
    like,
    lists,
    sentences,
    small,
    tokens,
    words,
)
from bot.grading.training.perturb.verbs import is_clause

_TIED = frozenset(
    {"it", "this", "that", "they", "these", "those", "then", "so", "but", "however", "therefore"}
    | {"because", "also", "he", "she", "and", "or", "thus", "hence", "first", "second", "finally"}
    | {"next", "another", "otherwise", "instead", "its", "their", "yes", "no", "here", "such"}
    | {"meanwhile", "same", "beyond", "like", "after", "afterwards", "now", "later", "once", "even"}
    | {"which", "similarly", "consequently", "moreover", "further", "furthermore", "both", "one"}
)
"""A sentence that begins with one of these leans on the one before it."""


def synonyms(text: str, rng: random.Random) -> str | None:
    """Replace one to three wordings by others of the list."""
    ways: list[tuple[int, int, str]] = []
    lower = text.lower()
    for old, new in _wordings():
        for match in re.finditer(rf"(?<![\w-]){re.escape(old)}(?![\w-])", lower):
            before = (words(lower[: match.start()]) or [""])[-1]
            after = (words(lower[match.end() :]) or [""])[0]
            fits = before not in lists("synonyms")["never_after"]
            if fits and after not in lists("synonyms")["never_before"]:
                ways.append((match.start(), match.end(), new))
    if not ways or len(lower) != len(text):
        return None
    chosen: list[tuple[int, int, str]] = []
    for way in rng.sample(ways, min(len(ways), rng.randint(1, 3))):
        if all(way[1] <= other[0] or other[1] <= way[0] for other in chosen):
            chosen.append(way)
    for at, end, new in sorted(chosen, reverse=True):
        text = with_articles(text[:at] + like(text[at:end], new) + text[end:], at)
    return text


def _wordings() -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for entry in lists("synonyms")["words"]:
        one, sign, other = re.split(r" ([=>]) ", entry)
        pairs += [(one, other), (other, one)] if sign == "=" else [(one, other)]
    return pairs


_SHORTENED = {
    "is not": "isn't", "are not": "aren't", "was not": "wasn't", "were not": "weren't",
    "does not": "doesn't", "do not": "don't", "did not": "didn't", "has not": "hasn't",
    "have not": "haven't", "cannot": "can't", "could not": "couldn't", "will not": "won't",
    "would not": "wouldn't", "should not": "shouldn't", "it is": "it's", "they are": "they're",
    "that is": "that's", "there is": "there's", "we are": "we're", "you are": "you're",
    "I am": "I'm", "it will": "it'll", "they will": "they'll",
}  # fmt: skip


def contractions(text: str, rng: random.Random) -> str | None:
    """Write all contractions out, or contract all that can be; never before a mark or the end."""
    del rng
    text = text.replace("’", "'")
    long = text
    for full, short in _SHORTENED.items():
        unless = r"(?!\s+(?:been|got|had)\b)" if short.endswith("'s") else ""
        long = _each(rf"\b{short}\b{unless}", full, long)
    if long != text:
        return long
    for full, short in _SHORTENED.items():
        text = _each(rf"\b{full}\b(?=\s+\w)", short, text)
    return text


def _each(pattern: str, new: str, text: str) -> str:
    return re.sub(pattern, lambda match: like(match[0], new), text, flags=re.IGNORECASE)


def framed(text: str, rng: random.Random) -> str | None:
    """Put words around the text that neither add to it nor take from it."""
    text = text.strip()
    if rng.random() < 0.25:
        return f"{_ended(text)} {rng.choice(lists('phrases')['after'])}"
    first = (words(text) or [""])[0].lower()
    if first == "because":
        frame = rng.choice(lists("phrases")["frames_because"])
    elif is_clause(tokens(sentences(text)[0])) and first not in _TIED - {"it", "they", "this"}:
        frame = rng.choice(lists("phrases")["frames"])
    else:
        frame = rng.choice(lists("phrases")["frames_any"])
    return f"{frame} {small(text) if frame[-1] not in '.:' else text}"


def padded(pair: Pair, rng: random.Random) -> str | None:
    """The answer with a sentence about answering, or after the question said back."""
    answer = _ended(pair.answer.strip())
    padding = rng.choice(lists("phrases")["padding"])
    question = pair.question.strip()
    if len(words(question)) >= 4 and len(words(question)) <= 25 and rng.random() < 0.4:
        return rng.choice([f"{question} {answer}", f"{question}\n{answer}"])
    return rng.choice([f"{padding} {answer}", f"{answer} {padding}"])


_NAMED = re.compile(r"\b([Aa]n?|[Tt]he|[Ii]ts|[Tt]heir) (?=[a-z]{3})")
_HELPED = re.compile(r"\b(is|are|was|were|will|can|does|do|has|have|it|they) (?=[a-z])")
QUALIFIED = 0.6
"""How often a place that can be qualified is."""


def qualified(text: str, rng: random.Random) -> str | None:
    """Put words that sound learned and change nothing before nouns and after helping verbs."""

    def named(found: re.Match[str]) -> str:
        return _after(found, rng.choice(lists("phrases")["qualities"]))

    def helped(found: re.Match[str]) -> str:
        return _after(found, rng.choice(lists("phrases")["manners"]))

    def _after(found: re.Match[str], word: str) -> str:
        if rng.random() >= QUALIFIED:
            return found[0]
        article = found[1]
        if article.lower() in {"a", "an"}:
            article = like(article, "an" if word[0] in "aeiou" else "a")
        return f"{article} {word} "

    made = _HELPED.sub(helped, _NAMED.sub(named, text))
    if rng.random() < 0.4:
        made = f"{capital(rng.choice(lists('phrases')['manners']))}, {small(made)}"
    return made if made != text else None


def filled(pair: Pair, rng: random.Random) -> str:
    """A few words without meaning before or after the answer: set ones, or some of the question."""
    asked = words(pair.question.lower())
    filler = rng.choice(lists("phrases")["fillers"])
    if len(asked) >= 6 and rng.random() < 0.3:
        filler = " ".join(rng.sample(asked, rng.randint(2, 4)))
    return f"{filler} {pair.answer}" if rng.random() < 0.8 else f"{pair.answer} {filler}"


def sentence_order(text: str, rng: random.Random) -> str | None:
    """Two to five sentences in another order, where none leans on the one before it."""
    found = sentences(text)
    if not 2 <= len(found) <= 5 or not all(part.endswith((".", "!")) for part in found):
        return None
    if any(_leans(part) for part in found):
        return None
    new = found[:]
    rng.shuffle(new)
    return " ".join(new)


def _leans(sentence: str) -> bool:
    found = [word.lower() for word in words(sentence)]
    return (
        len(found) < 4 or found[0] in _TIED or sentence[0].isdigit() or found[0] in {"a", "b", "c"}
    )


_FRONTED = re.compile(r"^(If|When|Because|Since) ([^,.;?!]+), (?:then )?([^,.;?!]+)([.!]?)$")
_FOLLOWING = re.compile(r"^([^,.;?!]+?),? (if|when|because) ([^,.;?!]+?)([.!]?)$")


def clause_order(text: str, rng: random.Random) -> str | None:
    """'If A, B.' for 'B if A.' and back, in texts of one sentence with these two clauses."""
    del rng
    text = text.strip()
    match = _FRONTED.match(text)
    if match:
        link, one, other, end = match.groups()
        if _whole(one) and _whole(other):
            return f"{capital(other.strip())} {link.lower()} {one.strip()}{end}"
        return None
    match = _FOLLOWING.match(text)
    if match:
        one, link, other, end = match.groups()
        asks = words(one)[-1].lower() in lists("verbs")["asking"] if words(one) else True
        if _whole(one) and _whole(other) and not asks:
            return f"{capital(link)} {other.strip()}, {small(one.strip())}{end}"
    return None


def _whole(clause: str) -> bool:
    found = [word.lower() for word in words(clause)]
    joints = group("question_words") | {"if", "because", "so", "but", "and", "that", "then", "as"}
    inner = joints - {"is", "are", "can", "would", "do", "does", "did"}
    return len(found) >= 3 and not inner & set(found) and is_clause(tokens(clause))


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."
