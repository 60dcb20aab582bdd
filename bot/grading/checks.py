"""Cheap checks of a text before the model reads it. They can refuse a text or note something about
it; none of them ever accepts one. They know nothing of the subject, and they read the cleaned text,
without what is said to the grader.
"""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from bot.grading.clean import sentences
from bot.grading.surface import denies_itself
from bot.grading.tokens import Pieces

EMPTY = "empty"
TOO_SHORT = "too_short"
GIBBERISH = "gibberish"
ECHO = "echo"
KEYWORD_LIST = "keyword_list"
LANGUAGE = "language"
UNDECIDED = "undecided"
TAKEN_BACK = "taken_back"
COPIED_REFERENCE = "copied_reference"
INJECTION = "injection"
"""Something in it was said to the grader (`orders`); the rest was graded."""

REFUSING = frozenset(
    {EMPTY, TOO_SHORT, GIBBERISH, ECHO, KEYWORD_LIST, LANGUAGE, UNDECIDED, TAKEN_BACK}
)
"""A text with one of these flags is `incorrect`, whatever the model says of it."""

FEWEST_WORDS = 3
ECHO_RATIO = 90
COPY_RATIO = 92
LETTERS_A_PIECE = 2.0
"""English has four to five letters a word piece; random letters have between one and two."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ITEMS = re.compile(r"[,;|\n•]+|(?<!\d)/+|/+(?!\d)")
_UNDECIDED = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"\bor (?:else )?(?:maybe|perhaps|possibly)\b",
        r"\b(?:maybe|perhaps)\b.+\bor (?:it is|it's)\b",
        (
            r"\bI (?:cannot|can['’]t|can not|could ?n['’]t|do ?n['’]t|am not|['’]m not)"
            r" (?:tell|say|decide|know|sure) which\b"
        ),
        r"\bnot sure (?:whether|if)\b.+\bor\b",
    )
)
"""Two things said, and left open which of them holds."""
_SAME_LETTER = re.compile(r"(.)\1{4,}")

_FUNCTION_WORDS = {
    "en": "the a an of to in is are was were be been it its this that these those and or but not "
    "no so as at by for from with on if then when because which who what how than into they them "
    "their there he she we you i can could will would do does did has have had may might must "
    "should only all more less each any some such very also while where why one none nothing "
    "something anything everything nobody everybody both either neither",
    "de": "der die das den dem des ein eine einen ist sind war und oder aber nicht kein weil wenn "
    "dass mit von zu auf für durch auch nur wird werden sich es sie er wir ihr bei nach",
    "fr": "le la les un une des du est sont et ou mais ne pas parce que qui dans pour avec sur par "
    "il elle nous vous ce cette ces plus aussi quand car donc être",
    "es": "el los las una unos es son y o pero no porque que en para con por del al se su sus más "
    "cuando este esta como también lo",
    "pt": "o os as um uma é são e ou mas não porque que em para com por do da dos das se seu sua "
    "mais quando este esta como também",
    "it": "il lo gli un una è sono e o ma non perché che di in per con su del della dei delle si "
    "più quando questo questa come anche",
    "nl": "de het een is zijn en of maar niet omdat als dat met van te op voor door ook wordt "
    "worden zich ze hij wij bij naar",
}
_SETS = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
_ENGLISH = _SETS["en"]


def flags(answer: str, question: str, references: Sequence[str], pieces: Pieces) -> tuple[str, ...]:
    """Return what there is to say of a cleaned answer: no flag, or one that refuses it, or the
    note that it was copied.
    """
    words = [word.lower() for word in _WORD.findall(answer)]
    # '(2n)² = 4n²' says something: numbers count where it is asked whether there is enough.
    count = len(words) + len(_NUMBER.findall(answer))
    if not words and count < 2:
        return (EMPTY,)
    if _is_other_script(answer) or _is_other_language(words):
        return (LANGUAGE,)
    if count < FEWEST_WORDS:
        return (TOO_SHORT,)
    if _is_gibberish(words, pieces):
        return (GIBBERISH,)
    if _is_echo(answer, question, references):
        return (ECHO,)
    if _is_keyword_list(answer, words):
        return (KEYWORD_LIST,)
    if any(pattern.search(answer) for pattern in _UNDECIDED):
        return (UNDECIDED,)
    if denies_itself(sentences(answer), pieces):
        return (TAKEN_BACK,)
    if any(_alike(answer, reference) >= COPY_RATIO for reference in references):
        return (COPIED_REFERENCE,)
    return ()


def _is_gibberish(words: Sequence[str], pieces: Pieces) -> bool:
    if len(words) >= 6 and len(set(words)) <= min(4, len(words) // 3):
        return True  # the same few words again and again
    # Variables of one or two letters stand in formulas; they say nothing either way.
    longer = [word for word in words if len(word) >= 3]
    letters = sum(len(word) for word in longer)
    if sum(len(word) for word in longer if _SAME_LETTER.search(word)) * 2 > letters:
        return True
    return len(longer) > 1 and letters < LETTERS_A_PIECE * pieces(" ".join(longer))


def _is_echo(answer: str, question: str, references: Sequence[str]) -> bool:
    if _alike(answer, question) < ECHO_RATIO and not _is_part(answer, question):
        return False
    # Where the reference is nearly the question's own words, saying them is an answer.
    return all(_alike(answer, reference) <= _alike(answer, question) for reference in references)


def _is_part(answer: str, question: str) -> bool:
    """Tell whether the answer is a longer piece of the question, word by word."""
    long_enough = len(answer) * 10 >= len(question) * 6
    return (
        long_enough
        and len(answer) <= len(question)
        and (fuzz.partial_ratio(_plain(answer), _plain(question)) >= 95)
    )


def _is_keyword_list(answer: str, words: Sequence[str]) -> bool:
    if any(part in _ENGLISH for word in words for part in re.split("['’]", word)):
        return False
    items = [item for item in _ITEMS.split(answer) if item.strip()]
    if len(items) >= 4 and len(words) <= 2 * len(items):
        return True
    return len(words) >= 9 and "." not in answer.rstrip(". ")


def _is_other_script(answer: str) -> bool:
    letters = [letter for letter in answer if letter.isalpha()]
    latin = sum(letter < "\u0250" or "\u1e00" <= letter < "\u1f00" for letter in letters)
    return latin * 2 < len(letters)


def _is_other_language(words: Sequence[str]) -> bool:
    found = {name: sum(word in known for word in words) for name, known in _SETS.items()}
    english = found.pop("en")
    most = max(found.values())
    return most >= 3 and most > 2 * english


def _alike(one: str, other: str) -> float:
    return fuzz.ratio(_plain(one), _plain(other))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
