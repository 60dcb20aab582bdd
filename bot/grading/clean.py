"""A member's text as the grader reads it: without what cannot be seen and what is only dress."""

import re
import unicodedata

_CODE_FENCE = re.compile(r"```(?:[\w+-]{1,20}\n)?(.*?)```", re.DOTALL)
_LINK = re.compile(r"\[([^\]]{1,300})\]\((?:https?://)[^)\s]{1,2000}\)")
_URL = re.compile(r"<?https?://\S+>?")
_DISCORD_TAG = re.compile(r"<(?:@[!&]?|#|a?:\w{1,40}:|t:|id:|/[^:<>]{1,100}:)[^<>\s]{0,40}>")
_LINE_START = re.compile(
    r"^[ \t]*(?:#{1,3}[ \t]+|-#[ \t]+|>{1,3}[ \t]+|[-*+•][ \t]+)", re.MULTILINE
)
_PAIRED = tuple(
    re.compile(rf"(?<![\w*_~|]){mark}(?=\S)(.+?)(?<=\S){mark}(?![\w*_~|])", re.DOTALL)
    for mark in (r"\*\*\*", r"\*\*", r"\*", "__", "_", "~~", r"\|\|", "``", "`")
)
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
_MARKS = re.compile(r"([̀-ͯ]{2})[̀-ͯ]+")
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")

_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕԁһвкмнтАВЕКМНОРСТУХІЈЅαοορνικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhbkmhtABEKMHOPCTYXIJSaoopvikABEZHIKMNOPTYX",
)
"""Cyrillic and Greek letters that are drawn like Latin ones."""


def clean(text: str, longest: int) -> str:
    """Return the text in NFKC, without invisible characters and Discord's markdown, cut to
    `longest` characters. Lines stay lines. Look-alike letters inside Latin words become Latin.
    """
    text = unicodedata.normalize("NFKC", text[: 4 * longest])
    text = "".join(character for character in text if _is_visible(character))
    text = _MARKS.sub(r"\1", text)
    text = _WORD.sub(lambda word: _latin(word[0]), text)
    text = _CODE_FENCE.sub(r"\1", text)
    for pattern, replacement in ((_LINK, r"\1"), (_DISCORD_TAG, " "), (_URL, " ")):
        text = pattern.sub(replacement, text)
    text = _LINE_START.sub("", text)
    for pattern in _PAIRED:
        text = pattern.sub(r"\1", text)
    text = _LINES.sub("\n", _SPACES.sub(" ", text)).strip()
    return text[:longest].rstrip()


def sentences(text: str) -> list[str]:
    """Return the sentences of a cleaned text; lines end sentences too."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def _is_visible(character: str) -> bool:
    if character in "\n\t":
        return True
    # Cf: zero-width, bidirectional and soft-hyphen marks; Cc: controls; Co, Cs: private, broken.
    if unicodedata.category(character) in {"Cf", "Cc", "Co", "Cs"}:
        return False
    return not ("\ufe00" <= character <= "\ufe0f" or character == "\u3164" or character == "\u115f")


def _latin(word: str) -> str:
    if word.isascii() or not any("a" <= letter.lower() <= "z" for letter in word):
        return word
    return word.translate(_LOOK_ALIKES)
