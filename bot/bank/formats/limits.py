"""How much of a file is read, so that a hostile one ends in a sentence and not in a full memory."""

from bot.bank.formats.draft import UnreadableFileError

MAX_BYTES = 4 * 1024 * 1024
"""Of a file, and of all that a package or spreadsheet unpacks to five times as much."""
MAX_UNPACKED = 5 * MAX_BYTES
MAX_LINE = 64 * 1024
"""Characters of a line, in formats that are written by lines."""
MAX_QUESTIONS = 1_000
"""Of one file. Each is held against every other, so the work grows with the square."""

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", ""),
    (b"\x00\x00\xfe\xff", ""),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
"""Byte order marks and what they stand for; UTF-32, which no program here writes, is refused."""


def check_size(raw: bytes) -> None:
    """Raise UnreadableFileError for a file that is empty or too large."""
    if not raw.strip():
        raise UnreadableFileError(1, "is empty; choose another file")
    if len(raw) > MAX_BYTES:
        size, most = len(raw) / 2**20, MAX_BYTES // 2**20
        raise UnreadableFileError(1, f"has {size:.1f} MiB; split it into files of up to {most} MiB")


def decode(raw: bytes) -> str:
    """Return a text file's text, newlines as \\n. UTF-8 with or without a byte order mark, or
    UTF-16 with one; raises UnreadableFileError for anything else.
    """
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding) if encoding else ""
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UnreadableFileError(line, "is not UTF-8 here; save the file as UTF-8") from error
    if not encoding or "\0" in text:
        raise UnreadableFileError(1, "is not a text file in UTF-8; save it as one")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines(text: str) -> list[str]:
    """Return a text's lines, without their ends. Raises UnreadableFileError for one too long."""
    found = text.split("\n")
    for number, line in enumerate(found, 1):
        if len(line) > MAX_LINE:
            what = f"the line has {len(line):,} characters; no more than {MAX_LINE:,} are read"
            raise UnreadableFileError(number, what)
    return found


def check_count(count: int, what: str = "questions") -> None:
    """Raise UnreadableFileError for more questions (or `what`) than are read at once."""
    if count > MAX_QUESTIONS:
        raise UnreadableFileError(
            1, f"has more than {MAX_QUESTIONS:,} {what}; split it into several files"
        )
