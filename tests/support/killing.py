"""Work in a process of its own that is killed at a chosen point, as a power cut would end it.

The processes are forked from a server that has the program imported, so that hundreds of them take
seconds; the work itself is the program's own, and knows nothing of it.
"""

import asyncio
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["tests.support.killing", "bot.store", "bot.store.restore"])
_PATIENCE_S = 60

Work = Callable[..., Coroutine[Any, Any, Any]]


def killed_at_line(number: int, files: tuple[str, ...], work: Work, *args: Any) -> bool:
    """Run `work(*args)` and kill it before the `number`th line (from 1) that it executes in files
    whose names end so; return whether it got there.
    """
    return _ended(_count_lines, (number, files, work, args)) == -signal.SIGKILL


def killed_after_bytes(size: int, work: Work, *args: Any) -> bool:
    """Run `work(*args)` and have the system kill it in the middle of the write that takes a file
    beyond `size` bytes; return whether it got there.
    """
    return _ended(_limit_files, (size, work, args)) == -signal.SIGXFSZ


def _ended(target: Callable[..., None], args: tuple[Any, ...]) -> int | None:
    process = _SERVER.Process(target=target, args=args)
    process.start()
    process.join(_PATIENCE_S)
    assert process.exitcode in (0, -signal.SIGKILL, -signal.SIGXFSZ), process.exitcode
    return process.exitcode


def _count_lines(number: int, files: tuple[str, ...], work: Work, args: tuple[Any, ...]) -> None:
    left = number

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.endswith(files):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    threading.settrace(trace)
    sys.settrace(trace)
    asyncio.run(work(*args))


def _limit_files(size: int, work: Work, args: tuple[Any, ...]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it
    asyncio.run(work(*args))
