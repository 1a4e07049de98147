"""edit_dumper: one tiny Write, then Edits that try to grow it by whole documents."""

from memorygym.agents.calls import END, calls, edit, write
from memorygym.core import Message
from memorygym.track import Bound
from memorygym.tracks.worlds.agents.scribe import Strategist
from memorygym.tracks.worlds.dealing.notes import record_of
from memorygym.tracks.worlds.scene import Scene

IMITATES = "the earlier project's unlimited Edit: everything in four writes"
BOUND = Bound(3)
# One entry holds one record, however it came to be there.
MARK = "#"


class EditDumper(Strategist):
    """What is shown goes behind the mark: all of it, all records, a document, single records."""

    def store(self, now: Scene) -> Message:
        if now.said:
            return END
        records = [record_of(now.reader.guide, told) for told in now.reader.read(now.text)]
        tried = [now.text, "\n".join(records), now.text.split("\n\n")[0], *records[:5]]
        first = [write(MARK)] if now.batch == 1 else []
        return calls(*first, *(edit(MARK, f"{text}\n{MARK}") for text in tried))

    def change(self, now: Scene) -> Message:
        """Free edits carry the notice, and then the notice again and again."""
        if now.said:
            return END
        return calls(*[edit(MARK, f"{text}\n{MARK}") for text in now.text.split("\n\n") * 2])


make = EditDumper
