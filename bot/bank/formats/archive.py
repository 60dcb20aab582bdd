"""Zip files from strangers: looked at before anything is unpacked, and unpacked in memory alone."""

import io
import re
import zipfile
import zlib

from bot.bank.formats.draft import UnreadableFileError
from bot.bank.formats.limits import MAX_UNPACKED

MAX_MEMBERS = 2_000
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\0")


def members(raw: bytes, most: int = MAX_UNPACKED) -> dict[str, bytes]:
    """Return the files of a zip by their names. Raises UnreadableFileError for one that is broken,
    locked, unpacks to more than `most` bytes, or names a place outside itself.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            # One without a name breaks zipfile's own look at its last letter.
            listed = [one for one in archive.infolist() if one.filename[-1:] != "/"]
            _check(listed, most)
            return {one.filename: archive.read(one) for one in listed}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise UnreadableFileError(1, "is a broken zip file; export it again") from error
    except (RuntimeError, OSError) as error:
        raise UnreadableFileError(1, "is a zip file that cannot be opened here") from error


def _check(listed: list[zipfile.ZipInfo], most: int) -> None:
    if len(listed) > MAX_MEMBERS:
        raise UnreadableFileError(1, f"holds more than {MAX_MEMBERS:,} files; nothing was unpacked")
    if any(one.flag_bits & 1 for one in listed):
        raise UnreadableFileError(1, "is locked by a password; save it without one")
    if any(one.compress_type not in _PACKED for one in listed):
        # Those that are rarer unpack to any size before zipfile looks at it.
        raise UnreadableFileError(
            1, "is packed as few programs do; save it as an ordinary zip file"
        )
    # zipfile itself stops at the size that a member's header tells, so the sum is what can come.
    if sum(one.file_size for one in listed) > most:
        what = f"unpacks to more than {most // 2**20} MiB; nothing was unpacked"
        raise UnreadableFileError(1, what)
    for one in listed:
        if not one.filename or _OUTSIDE.search(one.filename):
            name = one.filename[:40]
            what = f"names a place outside itself ({name!r}); nothing was unpacked"
            raise UnreadableFileError(1, what)
