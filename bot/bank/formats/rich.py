"""From HTML and other programs' Markdown to the Markdown that Discord shows, and back.

A question's texts are Markdown. HTML is read for what members can see of it; a picture, which a
question cannot hold, is told.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import count, repeat

from bot.bank.formats.literal import literal

LONGEST = 20_000
"""Characters of HTML that are looked at; no text of a question is a tenth as long."""

_INLINE = {
    "b": "**",
    "strong": "**",
    "i": "*",
    "em": "*",
    "code": "`",
    "kbd": "`",
    "tt": "`",
    "u": "__",
    "s": "~~",
    "del": "~~",
    "strike": "~~",
}
_BLOCK_TAGS = """
p div br hr tr table ul ol li h1 h2 h3 h4 h5 h6 pre blockquote article aside caption center dd
details dl dt fieldset figcaption figure footer form header legend main nav section summary"""
_SILENT_TAGS = """
span a font tbody thead tfoot td th colgroup col sub sup small big label abbr acronym address bdi
bdo body cite dfn head html ins link mark meta q rb rp rt ruby samp var wbr"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_SILENT = frozenset(_SILENT_TAGS.split())
"""Tags of HTML that change nothing of what a post can show; others, as in List<int>, are text."""
_MEDIA = {
    "img": "a picture",
    "embed": "an embedded object",
    "applet": "an embedded program",
    "canvas": "a drawing",
    "input": "a field to fill in",
    "select": "a field to fill in",
    "textarea": "a field to fill in",
    "audio": "a sound",
    "video": "a video",
    "iframe": "an embedded page",
    "object": "an embedded object",
    "svg": "a drawing",
    "math": "a formula in MathML",
}
_HIDDEN = frozenset(("script", "style", "title"))
_FORMULA = re.compile(r"equation_image|Wirisformula|\btex\b")
"""Classes of pictures that are formulas, by Canvas, WIRIS and Moodle's TeX filter."""
_LANGUAGE = re.compile(r"\b(?:language|lang|brush:)[-_ ]?([a-z]\w{0,15})\b")
_LETTERS = {"a": "abcdefghijklmnopqrstuvwxyz", "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_NO_TAG = re.compile(r"<(?!/?[a-zA-Z](?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>)")
"""A < that begins no whole tag. To html.parser it would be one that goes on, and it looks for the
end again at each: minutes for a text made for that."""
_CODE_SPAN = re.compile(r"(`+[^`]*`+)")
_FENCE = re.compile(r"(```+)([\w+-]*) *")


@dataclass(frozen=True, slots=True)
class Rich:
    """A text and what of it cannot be shown."""

    text: str
    media: tuple[str, ...] = ()
    """What a post of text cannot show, such as 'a picture (a map)', each once."""
    hidden: tuple[str, ...] = ()
    """What no reader of the page saw either, such as 'a script'."""


def from_html(html: str) -> Rich:
    """Return HTML as Discord's Markdown. What only looks like a tag (List<int>) stays as it is."""
    if len(html) > LONGEST:
        return Rich(html.strip())
    if not re.search(r"[<&]", html):
        return from_plain(" ".join(html.split()))
    reader = _Reader()
    reader.feed(_NO_TAG.sub("&lt;", _without_comments(html, reader)))
    reader.close()
    media, hidden = dict.fromkeys(reader.media), dict.fromkeys(reader.unseen)
    return Rich(reader.text(), tuple(media), tuple(hidden))


def _without_comments(html: str, reader: "_Reader") -> str:
    parts: list[str] = []
    at = 0
    while (start := html.find("<!--", at)) >= 0 and (end := html.find("-->", start + 4)) >= 0:
        reader.unseen.append("a comment in the HTML")
        parts.append(html[at:start])
        at = end + 3
    return "".join([*parts, html[at:]])


def from_auto(text: str) -> Rich:
    """Return Moodle's 'auto-format' as Markdown: plain lines in which HTML may stand."""
    if re.search(r"</?[a-zA-Z]|&#?\w+;", text):
        return from_html(text.replace("\n", "<br>"))
    return from_plain("\n".join(line.strip() for line in text.split("\n")))


def from_plain(text: str) -> Rich:
    """Return plain text so that it shows as it is."""
    return Rich(literal(text.strip()))


def from_markdown(text: str) -> Rich:
    """Return Markdown in which `<` and `&` are written as entities, outside code."""
    prose, code = _parted(text)
    parts = _CODE_SPAN.split(prose)
    for at in range(0, len(parts), 2):
        parts[at] = parts[at].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return Rich(("".join(parts) + code).strip())


def to_markdown(text: str) -> str:
    """Return a question's text for programs that take HTML in Markdown; see `from_markdown`."""
    prose, code = _parted(text)
    parts = _CODE_SPAN.split(prose)
    for at in range(0, len(parts), 2):
        parts[at] = parts[at].replace("&", "&amp;").replace("<", "&lt;")
    return "".join(parts) + code


def with_code(prompt: str, code: str | None) -> str:
    """Return prompt and code as one Markdown text, the code in a fence."""
    if not code:
        return prompt
    fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", prompt + code)), default=0))
    return f"{prompt}\n{fence}python\n{code}\n{fence}"


def split_code(text: str) -> tuple[str, str | None]:
    """Return a prompt and the Python in a fence that ends it; the fence of another language, whose
    code a question would show as Python, stays in the prompt.
    """
    prose, fenced = _parted(text)
    lines = fenced.strip().split("\n")
    opened = _FENCE.fullmatch(lines[0].rstrip())
    if opened is None or opened[2] not in ("", "python", "py", "python3"):
        return text, None
    return prose.strip(), "\n".join(lines[1:-1]).strip() or None


def _parted(text: str) -> tuple[str, str]:
    """Return a text in two: up to the fence that ends it, and that fence ('' for none)."""
    lines = text.rstrip().split("\n")
    last = _FENCE.fullmatch(lines[-1].rstrip())
    if last is None or last[2]:
        return text, ""
    # Longer and shorter fences are text to this one.
    marks = [
        at
        for at, line in enumerate(lines)
        if (found := _FENCE.fullmatch(line.rstrip())) and found[1] == last[1]
    ]
    opened: int | None = None
    for at in marks[:-1]:
        closes = opened is not None and lines[at].rstrip() == last[1]
        opened = None if closes else at if opened is None else opened
    if opened is None:
        return text, ""
    start = sum(len(line) + 1 for line in lines[:opened])
    return text[:start], text[start:]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.media: list[str] = []
        self.unseen: list[str] = []
        self.links: list[str] = []
        self.hidden = 0
        self.verbatim = 0
        self.spans = 0
        self.cells = 0
        self.lists: list[Iterator[str]] = []
        """What stands before the items to come, for each list that is open."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in _HIDDEN:
            self.hidden += 1
            self.unseen.append(f"a {tag}")
        elif tag == "pre":
            self.verbatim += 1
            language = _LANGUAGE.search(told.get("class", "").casefold())
            self.parts.append(f"\n```{language[1] if language else 'python'}\n")
        elif tag in _INLINE:
            self.spans += _INLINE[tag] == "`"
            self.parts.append("" if self.verbatim else _INLINE[tag])
        elif tag in ("ul", "ol"):
            self.lists.append(_marks(told) if tag == "ol" else repeat("-"))
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append(f"\n{next(self.lists[-1]) if self.lists else '-'} ")
        elif tag == "a":
            href = told.get("href", "")
            self.links.append(href if re.match(r"https?://", href) else "")
            self.parts.append("[" if self.links[-1] else "")
        elif tag in ("td", "th"):
            self.parts.append(" | " if self.cells else "")
            self.cells += 1
        elif tag in _BLOCKS:
            self.cells = 0 if tag in ("tr", "table") else self.cells
            self.parts.append("\n")
        elif tag in _MEDIA:
            what = "a formula" if _FORMULA.search(told.get("class", "")) else _MEDIA[tag]
            described = told.get("data-equation-content") or told.get("alt")
            self.media.append(what + (f" ({described})" if described else ""))
        elif tag in ("sup", "sub"):
            self.parts.append("^" if tag == "sup" else "_")
        elif tag not in _SILENT and ":" not in tag:
            self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag == "pre" and self.verbatim:
            self.verbatim -= 1
            self.parts.append("\n```\n")
        elif tag in _INLINE:
            self.spans = max(0, self.spans - (_INLINE[tag] == "`"))
            self.parts.append("" if self.verbatim else _INLINE[tag])
        elif tag == "a" and self.links:
            href = self.links.pop()
            self.parts.append(f"]({href})" if href else "")
        elif tag in _BLOCKS and tag != "li":
            if tag in ("ul", "ol") and self.lists:
                self.lists.pop()
            self.parts.append("\n")
        elif tag not in _BLOCKS | _SILENT | _MEDIA.keys() | {"pre"} and ":" not in tag:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        if not self.verbatim:
            data = re.sub(r"\s+", " ", data)
            data = data if self.spans else literal(data, lines=False)
        self.parts.append(data)

    def text(self) -> str:
        joined = "".join(self.parts)
        blocks = re.split(r"(```\w+\n.*?\n```)", joined, flags=re.DOTALL)
        for at in range(0, len(blocks), 2):
            stripped = (line.strip() for line in blocks[at].split("\n"))
            blocks[at] = re.sub(r"\n{2,}", "\n", "\n".join(stripped))
        return re.sub(r"\n{2,}```", "\n```", "".join(blocks)).strip()


def _marks(attributes: Mapping[str, str]) -> Iterator[str]:
    """Yield what an ordered list puts before its items: '1.', '2.' or 'a.', 'b.' …"""
    start = attributes.get("start", "1")
    letters = _LETTERS.get(attributes.get("type", ""), "")
    for number in count(int(start) if re.fullmatch(r"\d{1,6}", start) else 1):
        # A list of Markdown cannot be lettered; such a line is text.
        yield f"{letters[number - 1]}." if 1 <= number <= len(letters) else f"{number}."
