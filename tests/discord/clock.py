"""One clock for Discord, the bot's process and the script: real time plus an offset in a file."""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path


class SharedClock:
    """Return now (UTC), moved by what stands in `path`; every process that maps it sees a jump at
    once. Time only ever jumps forward.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(struct.pack("<q", 0))
        with path.open("r+b") as file:
            self._offset = mmap.mmap(file.fileno(), 8)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(microseconds=struct.unpack("<q", self._offset[:])[0])

    def begin(self, at: datetime) -> None:
        """Make it `at` now, whatever it was: before anything has begun."""
        self._offset[:] = struct.pack("<q", (at - datetime.now(UTC)) // timedelta(microseconds=1))

    def jump(self, to: datetime) -> None:
        """Make it `to` now. Raises ValueError where that is past."""
        ahead = to - self()
        if ahead < timedelta(0):
            raise ValueError(f"the clock goes forward only: it is after {to} already")
        micros = struct.unpack("<q", self._offset[:])[0] + ahead // timedelta(microseconds=1)
        self._offset[:] = struct.pack("<q", micros)
