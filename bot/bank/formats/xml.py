"""XML from strangers, by defusedxml, with the line of each element."""

from typing import Any, cast
from xml.etree.ElementTree import Element, ParseError, TreeBuilder  # only types and the builder
from xml.sax.saxutils import escape, quoteattr

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from bot.bank.formats.draft import UnreadableFileError

DEEPEST = 100
"""Levels of elements; what is read here has fewer than twenty."""
MOST = 200_000
"""Elements of a document: a thousand questions with all that Moodle writes have a tenth of them."""
_LINE = "\0line"
"""An attribute that no XML can have: where the element stood."""


class _Lined(TreeBuilder):
    parser: Any = None
    depth = 0
    count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        """Begin an element, and note its line."""
        self.depth += 1
        self.count += 1
        if self.count > MOST:
            raise UnreadableFileError(
                self.line(), f"has more than {MOST:,} elements; split it into several files"
            )
        if self.depth > DEEPEST:
            raise UnreadableFileError(
                self.line(), f"has elements in more than {DEEPEST} others; it is no question file"
            )
        return super().start(tag, {**attrs, _LINE: str(self.line())})

    def end(self, tag: str, /) -> Element:
        """End an element."""
        self.depth -= 1
        return super().end(tag)

    def line(self) -> int:
        """Return the line, from 1, that the parser has come to."""
        return int(self.parser.parser.CurrentLineNumber)


def read(raw: bytes) -> Element:
    """Return the root element. Raises UnreadableFileError for what is no XML, or defines entities
    or reads others' files.
    """
    target = _Lined()
    parser = cast("Any", DefusedXMLParser)(target=target)
    target.parser = parser
    try:
        parser.feed(raw)
        return cast("Element", parser.close())
    except ParseError as error:
        line = error.position[0]
        what = f"is not XML: {str(error).partition(':')[0]}; export it again"
        raise UnreadableFileError(line, what) from error
    except DefusedXmlException as error:
        what = "defines entities or reads other files, as no question needs; nothing was read"
        raise UnreadableFileError(target.line(), what) from error
    except (LookupError, ValueError) as error:
        raise UnreadableFileError(1, "has an unknown encoding; save it as UTF-8") from error


def line_of(element: Element) -> int:
    """Return the line, from 1, where an element began."""
    return int(element.get(_LINE, "1"))


def bare(element: Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def first(element: Element, *path: str) -> Element | None:
    """Return the first descendant along a path of names, whatever their namespace."""
    found: Element | None = element
    for name in path:
        if found is None:
            return None
        found = next((child for child in found if bare(child) == name), None)
    return found


def every(element: Element, name: str) -> list[Element]:
    """Return all descendants of a name, in order, whatever their namespace."""
    return [one for one in element.iter() if bare(one) == name]


def text_of(element: Element | None) -> str:
    """Return the text inside an element; '' for none."""
    return "".join(element.itertext()).strip() if element is not None else ""


def markup_of(element: Element | None) -> str:
    """Return the text inside an element; '' for none. Where it is HTML that its author did not
    escape, so that it came as elements, return it as HTML again.
    """
    if element is None or not len(element):
        return text_of(element)
    return _markup(element).strip()


def _markup(element: Element) -> str:
    parts = [escape(element.text or "")]
    for child in element:
        told = "".join(
            f" {key.rpartition('}')[2]}={quoteattr(value)}"
            for key, value in child.attrib.items()
            if key != _LINE
        )
        name = bare(child)
        parts += [f"<{name}{told}>", _markup(child), f"</{name}>", escape(child.tail or "")]
    return "".join(parts)
