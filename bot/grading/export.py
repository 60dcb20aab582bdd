"""Make the int8 model (`bot.grading.int8`) of the fp32 one: `tutor grade export`.

torch traces the pair model into an ONNX graph whose batch and length stay open; onnxruntime turns
the matrix products and embeddings into int8, all but a few channels (`outliers`). Takes half a
minute. Needs the extra `onnx`.
"""

import contextlib
import json
import logging
import tempfile
import warnings
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

from bot.errors import OperatorError
from bot.grading.int8 import FORMAT, MODEL, RECORD, sha256

SAMPLE = (
    ("Why does it fall?", "Gravity pulls it down.", "Because gravity pulls."),
    ("", "It is heavier than the air around it, so it sinks.", "it sinks"),
)
"""Two pairs to trace with, and to find loud channels with: different lengths, with and without a
question."""


def export(folder: Path) -> Path:
    """Write `model.int8.onnx` and its record beside the weights in `folder`; return its path.

    Raises OperatorError where there are no weights, no right to write, or no onnx packages.
    """
    try:
        import onnxruntime.quantization as quantization
        import onnxscript as _  # noqa: F401 - torch needs it, and tells so at great length
    except ImportError as error:
        raise OperatorError(
            f"{error.name} is not installed; run `pip install onnx onnxscript onnxruntime`."
        ) from error
    from bot.grading import outliers, pair

    model = pair.load(folder)
    outliers.split(model.encoder, lambda: model.predict(SAMPLE))
    try:
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            plain, small = Path(scratch, "plain.onnx"), Path(scratch, MODEL)
            nodes = _trace(model, plain)
            whole = [
                node.name
                for node in nodes
                if any(value and value.name.endswith(f".{outliers.FEW}") for value in node.inputs)
            ]
            with _quiet():
                quantization.quantize_dynamic(
                    str(plain),
                    str(small),
                    # One scale a column. Without a sign: with one, sums overflow on processors
                    # without VNNI, unless the weights have 7 bits, and these are felt.
                    weight_type=quantization.QuantType.QUInt8,
                    per_channel=True,
                    nodes_to_exclude=whole,
                )
            record = {"format": FORMAT, "sha256": sha256(small), "weights": model.sha256}
            small.replace(folder / MODEL)
    except OSError as error:
        raise OperatorError(f"The int8 model could not be written: {error}") from error
    (folder / RECORD).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return folder / MODEL


def _trace(model: Any, path: Path) -> Iterable[Any]:
    """Write the graph; return its nodes (`onnx_ir.Node`)."""
    import torch

    tensors = tuple(model.tokenizer.collate(model.tokenizer.encode(SAMPLE)))
    pairs = torch.export.Dim("pairs", min=1, max=1024)
    tokens = torch.export.Dim("tokens", min=4, max=192)
    with _quiet(), torch.inference_mode():
        traced: Any = torch.onnx.export(
            model,
            tensors,
            dynamo=True,
            verbose=False,
            input_names=["ids", "mask", "segments"],
            output_names=["logits"],
            dynamic_shapes=({0: pairs, 1: tokens},) * 3,
        )
        traced.save(str(path))
    return traced.model.graph


@contextlib.contextmanager
def _quiet() -> Generator[None]:
    """Keep the exporters' warnings about what does not concern this model to themselves."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)
