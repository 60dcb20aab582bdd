"""The zone of the machine, by name: the demo's "today" is that of whoever looks at it."""

import os
from pathlib import Path
from zoneinfo import available_timezones

_LOCALTIME = Path("/etc/localtime")


def local_zone() -> str:
    """Return the IANA name of the machine's zone, or 'UTC' where it cannot be told."""
    linked = str(_LOCALTIME.resolve()).partition("zoneinfo/")[2] if _LOCALTIME.exists() else ""
    for name in (os.environ.get("TZ", ""), linked):
        if name in available_timezones():
            return name
    return "UTC"
