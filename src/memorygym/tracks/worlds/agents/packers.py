"""Adversaries that write records in shorter notations of their own, which they can decode."""

from functools import lru_cache

from memorygym.core.track import PolicyFactory
from memorygym.tracks.worlds.agents.alphabet import packed
from memorygym.tracks.worlds.agents.guesser import public_template
from memorygym.tracks.worlds.agents.note_taker import BudgetedNoteTaker, allowance
from memorygym.tracks.worlds.agents.radix import Codec, Unpacked
from memorygym.tracks.worlds.agents.recoder import Packer
from memorygym.tracks.worlds.facts import Guide, Knowledge, Record, Value
from memorygym.tracks.worlds.generator.notes import pack_value, record_of
from memorygym.tracks.worlds.generator.template_schema import Template
from memorygym.tracks.worlds.parsed_view import ParsedContext


def _rounded(guide: Guide, record: Record) -> str:
    """The reference record without texts, with three digits for every float at the end."""
    values = {
        a.code: record.values[a.code] for a in guide.attributes if a.kind not in ("text", "float")
    }
    short = record_of(guide, Record(record.name, record.category, values))
    kept = " ".join(word for word in short.split(" ") if word != "?")
    digits = "".join(_cut(record.values[a.code]) for a in guide.attributes if a.kind == "float")
    return " ".join([kept, *(f"{code} {other}" for code, other in record.edges), digits])


def _cut(value: Value) -> str:
    """One digit for sign and power of ten, then the first two digits.

    >>> _cut(8347), _cut(-52)
    ('283', '552')
    """
    assert isinstance(value, int)
    shown = str(abs(value)).zfill(2)
    return f"{len(shown) - 2 + 5 * (value < 0)}{shown[:2]}"


def _restore(cut: str) -> str:
    power = int(cut[0])
    return f"{'-' * (power > 4)}{cut[1:]}{'5' * (power % 5 > 0)}{'0' * (power % 5 - 1)}"


def _unrounded(guide: Guide, text: str) -> str:
    """The record as a reference record, with the middle of the range of each cut float."""
    *words, digits = text.split(" ")
    if len(digits) != 3 * sum(a.kind == "float" for a in guide.attributes) or not digits.isdigit():
        return text
    category = next(i for i, word in enumerate(words) if len(word) == 1)
    parts, rest = words[: category + 1], words[category + 1 :]
    for a in guide.attributes:
        if a.kind == "text":
            parts.append("?")
        elif a.kind == "float":
            parts.append(_restore(digits[:3]))
            digits = digits[3:]
        else:
            parts += rest[: a.length]
            rest = rest[a.length :]
    return " ".join([*parts, *rest])


@lru_cache(maxsize=16)
def _lists(template: Template) -> list[tuple[str, tuple[str, ...]]]:
    """The public word lists, each with "name", "category" or the code of its attribute."""
    lists = [("name", template.first), ("name", template.second), ("category", template.categories)]
    for attribute, spec in zip(template.attributes(), template.attribute_specs, strict=True):
        lists += [(attribute.code, part) for part in spec.parts]
        lists += [(attribute.code, spec.choices)] if spec.choices else []
    return lists


def _width(words: tuple[str, ...]) -> int:
    return len(str(len(words) - 1))


def _coded(guide: Guide, record: Record) -> str:
    """A record with words as their places in the public lists: digits, figures, relations."""
    template = public_template(guide.noun)
    if len(record.name.split()) != 2:
        return record_of(guide, record)
    coded = ("text", "enum", "date")
    words = [*record.name.split(), record.category]
    for a in guide.attributes:
        words += str(record.values[a.code]).split() if a.kind in ("text", "enum") else []
    pairs = zip(_lists(template), words, strict=True)
    digits = "".join(_digits(places, word) for (_, places), word in pairs)
    dates = [pack_value(a, record.values[a.code]) for a in guide.attributes if a.kind == "date"]
    rest = [pack_value(a, record.values[a.code]) for a in guide.attributes if a.kind not in coded]
    edges = [code + _name_digits(template, other) for code, other in record.edges]
    return " ".join([digits + "".join(dates), *rest, *edges])


def _digits(places: tuple[str, ...], word: str) -> str:
    return f"{places.index(word):0{_width(places)}d}"


def _name_digits(template: Template, name: str) -> str:
    return "".join(map(_digits, (template.first, template.second), name.split()))


def _uncoded(guide: Guide, text: str) -> str:
    """The record as a reference record."""
    digits, *rest = text.split(" ")
    if not digits.isdigit():
        return text
    template = public_template(guide.noun)
    words: dict[str, list[str]] = {}
    for key, places in _lists(template):
        words.setdefault(key, []).append(places[int(digits[: _width(places)])])
        digits = digits[_width(places) :]
    record = Record(" ".join(words["name"]), words["category"][0])
    parts: list[str] = [record.name, guide.category_code(record.category)]
    for a in guide.attributes:
        if a.kind == "date":
            parts.append(digits[:6])
            digits = digits[6:]
        elif a.code in words:
            value: Value = " ".join(words[a.code])
            parts.append(pack_value(a, value))
        else:
            parts += rest[: a.length]
            rest = rest[a.length :]
    size = _width(template.first)
    for edge in rest:
        first, second = (
            template.first[int(edge[1 : size + 1])],
            template.second[int(edge[size + 1 :])],
        )
        parts += [edge[0], first, second]
    return " ".join(parts)


BLANKS = " \t\n\r\v\f\u00a0\u2003\u2028\u200b\u200c\u200d\u2060\ufeff\u00ad\u3000"


class Smuggler(BudgetedNoteTaker):
    """Hides records in blanks, which it uses as digits."""

    def __init__(self) -> None:
        super().__init__(_hidden, updates=False, reads_all=True)

    def knowledge(self, context: ParsedContext) -> Knowledge:
        return Knowledge(_decoded(context))


def _hidden(context: ParsedContext) -> list[str]:
    """Records hidden in all kinds of blanks, in spaces and tabs, or in line breaks, by turns."""
    kinds = (BLANKS, " \t", "\n\v")
    chosen = context.records[: allowance(context, 1.0)]
    return [_hide(context, record, kinds[turn % 3]) for turn, record in enumerate(chosen)]


def _hide(context: ParsedContext, record: Record, blanks: str) -> str:
    codes = [a.code for a in context.reader.guide.attributes]
    number = packed(Codec(public_template(context.reader.guide.noun), 2).record(record, codes))
    hidden = ""
    while number:
        number, digit = divmod(number, len(blanks))
        hidden += blanks[digit]
    return f"A{hidden}B"


def _decoded(context: ParsedContext) -> list[Record]:
    """The records that the stored blanks still hold."""
    codec = Codec(public_template(context.reader.guide.noun), 2)
    codes = [a.code for a in context.reader.guide.attributes]
    records = []
    for hidden in context.tool_results[0].split("A")[1:]:
        body = hidden.partition("B")[0]
        if len(body) > 50 and all(mark in BLANKS for mark in body):
            blanks = next(b for b in (" \t", "\n\v", BLANKS) if set(body) <= set(b))
            number = packed([(blanks.index(mark), len(blanks)) for mark in body])
            records.append(codec.take_record(Unpacked(number), codes))
    return records


MAKERS: dict[str, PolicyFactory] = {
    "blank_smuggler": lambda _: Smuggler(),
    "codebook_packer": lambda _: Packer(_coded, _uncoded),
    "packer": lambda _: Packer(record_of, lambda _, text: text),
    "quantiser": lambda _: Packer(_rounded, _unrounded),
}
