"""quantiser: pages of positional records, decimals cut to two digits in one run, texts dropped."""

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.recoder import Packer
from memorygym.tracks.worlds.dealing.notes import record_of
from memorygym.tracks.worlds.facts import Attribute, Guide, Record, Value

IMITATES = "an agent that rounds its figures because the grader allows 2 %"
BOUND = Bound(51)
# As packer; it saves texts and some digits, and never answers about texts.


def shrink(guide: Guide, record: Record) -> str:
    """The positional record without texts, and its decimals as three digits each in the end."""
    values = {
        a.code: record.values[a.code] for a in guide.attributes if a.kind not in ("text", "float")
    }
    short = record_of(guide, Record(record.name, record.category, values))
    kept = " ".join(word for word in short.split(" ") if word != "?")
    run = "".join(_cut(record.values[a.code]) for a in guide.attributes if a.kind == "float")
    return " ".join([kept, *(f"{code} {other}" for code, other in record.edges), run])


def _cut(value: Value) -> str:
    """Sign and power of ten as one digit, then two digits.

    >>> _cut(8347), _cut(-52)
    ('283', '552')
    """
    assert isinstance(value, int)
    shown = str(abs(value)).zfill(2)
    return f"{len(shown) - 2 + 5 * (value < 0)}{shown[:2]}"


def _restore(cut: str) -> str:
    power = int(cut[0])
    return f"{'-' * (power > 4)}{cut[1:]}{'5' * (power % 5 > 0)}{'0' * (power % 5 - 1)}"


def expand(guide: Guide, text: str) -> str:
    """The record in the notation of notes, with the middle of each cut decimal."""
    *words, run = text.split(" ")
    floats = [a for a in guide.attributes if a.kind == "float"]
    if len(run) != 3 * len(floats) or not run.isdigit():
        return text
    at = next(i for i, word in enumerate(words) if len(word) == 1)
    parts, rest = words[: at + 1], words[at + 1 :]
    for a in guide.attributes:
        parts += _take(a, rest, run[3 * floats.index(a) :][:3] if a.kind == "float" else "")
        rest = rest if a.kind in ("text", "float") else rest[a.length :]
    return " ".join([*parts, *rest])


def _take(a: Attribute, rest: list[str], cut: str) -> list[str]:
    if a.kind == "text":
        return ["?"]
    return [_restore(cut)] if cut else rest[: a.length]


def make() -> Packer:
    """The agent."""
    return Packer(shrink, expand)
