"""blank_smuggler: stores next to nothing but blanks and zero-width marks, whose order is data."""

from memorygym.agents.calls import calls, read, submit
from memorygym.core import Message
from memorygym.track import Bound
from memorygym.tracks.worlds.agents.alphabet import packed
from memorygym.tracks.worlds.agents.radix import Codec, Unpacked, public_world
from memorygym.tracks.worlds.agents.scribe import Scribe, allowance
from memorygym.tracks.worlds.dealing.brief import REFUSAL
from memorygym.tracks.worlds.facts import Knowledge, Record
from memorygym.tracks.worlds.scene import Scene

IMITATES = "whitespace steganography, which was free in the earlier project's character budget"
BOUND = Bound(1)
BLANKS = " \t\n\r\v\f\u00a0\u2003\u2028\u200b\u200c\u200d\u2060\ufeff\u00ad\u3000"


class Smuggler(Scribe):
    """Every blank is a digit to the base of sixteen."""

    def __init__(self) -> None:
        super().__init__(self._hidden, updates=False)

    def _hidden(self, now: Scene, records: list[Record]) -> list[str]:
        """Records in all kinds of blanks, in spaces and tabs, in line breaks, by turns."""
        kinds = (BLANKS, " \t", "\n\v")
        chosen = records[: allowance(now, 1.0)]
        return [_hide(now, record, kinds[turn % 3]) for turn, record in enumerate(chosen)]

    def reply(self, now: Scene) -> Message:
        if not now.said:
            return calls(read())
        answer = now.query and now.reader.answer(now.query, Knowledge(_found(now)))
        return calls(submit(answer or REFUSAL))


def _hide(now: Scene, record: Record, blanks: str) -> str:
    codes = [a.code for a in now.reader.guide.attributes]
    number = packed(Codec(public_world(now.reader.guide.noun), 2).record(record, codes))
    hidden = ""
    while number:
        number, digit = divmod(number, len(blanks))
        hidden += blanks[digit]
    return f"A{hidden}B"


def _found(now: Scene) -> list[Record]:
    """What can still be read between the letters."""
    codec = Codec(public_world(now.reader.guide.noun), 2)
    codes = [a.code for a in now.reader.guide.attributes]
    records = []
    for hidden in now.heard[0].split("A")[1:]:
        body = hidden.partition("B")[0]
        if len(body) > 50 and all(mark in BLANKS for mark in body):
            blanks = next(b for b in (" \t", "\n\v", BLANKS) if set(body) <= set(b))
            number = packed([(blanks.index(mark), len(blanks)) for mark in body])
            records.append(codec.take_record(Unpacked(number), codes))
    return records


make = Smuggler
