"""Loading beside a running event loop."""

import gc
import subprocess
import sys

import pytest

from bot.grading.gently import gently


def test_the_garbage_collector_rests_meanwhile_and_works_again_after() -> None:
    before = gc.get_freeze_count()
    try:
        with gently():
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count() > before
        with pytest.raises(ImportError), gently():
            raise ImportError
        assert gc.isenabled()
    finally:
        gc.unfreeze()


def test_torch_works_after_its_libraries_were_opened_early() -> None:
    code = (
        "from bot.grading.gently import gently\n"
        "with gently():\n"
        "    import torch\n"
        "assert (torch.ones(2, 2) @ torch.ones(2, 2)).sum() == 8\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
