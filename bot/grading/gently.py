"""How torch comes into a running process without holding up its event loop.

A thread that imports holds Python's lock for as long as one piece of C code takes. Two such pieces
are long, and both can be avoided (`python -m tests.bench` measures how late the loop is):
- opening torch's libraries (0.15 s or more): done here through libc, where the lock is not held;
  torch then finds them open.
- the garbage collector, which walks through the hundreds of thousands of objects that importing
  makes, several times (0.1 to 0.5 s each): it rests meanwhile, and never looks at them again.
"""

import contextlib
import ctypes
import gc
import importlib.util
import os
import sys
from collections.abc import Generator
from pathlib import Path


@contextlib.contextmanager
def gently() -> Generator[None]:
    """Load inside of this what lives as long as the process. Everything that is alive at the end
    counts as permanent for the garbage collector; reference counting goes on as always.
    """
    _open_libraries()
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


def _open_libraries() -> None:
    if sys.platform != "linux":
        return
    spec = importlib.util.find_spec("torch")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "lib" / "libtorch_python.so"
        # A call by ctypes lets go of Python's lock. Should it fail, importing torch says why.
        open_library = ctypes.CDLL(None).dlopen
        open_library.argtypes = (ctypes.c_char_p, ctypes.c_int)
        open_library.restype = ctypes.c_void_p
        open_library(os.fsencode(path), os.RTLD_NOW)
