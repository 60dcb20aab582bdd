"""From HTML and other programs' Markdown to the Markdown that Discord shows, and back.

A question's texts are Markdown. HTML is read for what members can see of it; a picture, which a
question cannot hold, is told.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

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
}
_BLOCKS = frozenset("p div br hr tr table ul ol li h1 h2 h3 h4 h5 h6 pre blockquote".split())  # noqa: SIM905
_SILENT = frozenset("span a font tbody thead td th sub sup small big center label".split())  # noqa: SIM905
_LOST = {
    "img": "a picture",
    "audio": "a sound",
    "video": "a video",
    "iframe": "an embedded page",
    "object": "an embedded object",
    "svg": "a drawing",
    "math": "a formula in MathML",
}
_HIDDEN = frozenset(("script", "style"))
_CODE_SPAN = re.compile(r"(`+[^`]*`+)")
_FENCE = re.compile(
    r"(?:^|\n)(?P<fence>```+)(?P<language>[\w+-]*)[ ]*\n"
    r"(?P<code>(?:(?!\n(?P=fence)`*[ ]*\n)[\s\S])*?)\n(?P=fence)\s*$"
)


@dataclass(frozen=True, slots=True)
class Rich:
    """A text and what of it cannot be shown."""

    text: str
    lost: tuple[str, ...] = ()
    """Such as 'a picture', each once."""


def from_html(html: str) -> Rich:
    """Return HTML as Discord's Markdown. What only looks like a tag (List<int>) stays as it is."""
    if len(html) > LONGEST or not re.search(r"[<&]", html):
        return Rich(html.strip())
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Rich(reader.text(), tuple(dict.fromkeys(reader.lost)))


def from_auto(text: str) -> Rich:
    """Return Moodle's 'auto-format' as Markdown: plain lines in which HTML may stand."""
    return (
        from_html(text.replace("\n", "<br>"))
        if re.search(r"</?[a-zA-Z]|&\w+;", text)
        else Rich(text.strip())
    )


def from_plain(text: str) -> Rich:
    """Return plain text as it is."""
    return Rich(text.strip())


def from_markdown(text: str) -> Rich:
    """Return Markdown in which `<` and `&` are written as entities, outside code."""
    parts = _CODE_SPAN.split(text)
    for at in range(0, len(parts), 2):
        parts[at] = parts[at].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return Rich("".join(parts).strip())


def to_markdown(text: str) -> str:
    """Return a question's text for programs that take HTML in Markdown; see `from_markdown`."""
    parts = _CODE_SPAN.split(text)
    for at in range(0, len(parts), 2):
        parts[at] = parts[at].replace("&", "&amp;").replace("<", "&lt;")
    return "".join(parts)


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
    found = _FENCE.search(text)
    if found is None or found["language"] not in ("", "python", "py", "python3"):
        return text, None
    return text[: found.start()].strip(), found["code"].strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.lost: list[str] = []
        self.hidden = 0
        self.verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self.hidden += 1
            self.lost.append(f"a {tag}")
        elif tag == "pre":
            self.verbatim += 1
            self.parts.append("\n```python\n")
        elif tag in _INLINE:
            self.parts.append("" if self.verbatim else _INLINE[tag])
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in _LOST:
            described = next((value for name, value in attrs if name == "alt" and value), "")
            self.lost.append(_LOST[tag] + (f" ({described})" if described else ""))
        elif tag in ("sup", "sub"):
            self.parts.append("^" if tag == "sup" else "_")
        elif tag not in _SILENT:
            self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag == "pre" and self.verbatim:
            self.verbatim -= 1
            self.parts.append("\n```\n")
        elif tag in _INLINE:
            self.parts.append("" if self.verbatim else _INLINE[tag])
        elif tag in _BLOCKS and tag != "li":
            self.parts.append("\n")
        elif tag not in _BLOCKS | _SILENT | _LOST.keys() | {"pre"}:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        self.parts.append(data if self.verbatim else re.sub(r"\s+", " ", data))

    def text(self) -> str:
        joined = "".join(self.parts)
        blocks = re.split(r"(```python\n.*?\n```)", joined, flags=re.DOTALL)
        for at in range(0, len(blocks), 2):
            stripped = (line.strip() for line in blocks[at].split("\n"))
            blocks[at] = re.sub(r"\n{2,}", "\n", "\n".join(stripped))
        return re.sub(r"\n{2,}```", "\n```", "".join(blocks)).strip()
