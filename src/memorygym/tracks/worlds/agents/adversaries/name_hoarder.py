"""name_hoarder: stores the bare names and groups of all entities, and guesses the rest."""

from memorygym.agents.calls import calls, read, submit
from memorygym.core import Message
from memorygym.track import Bound
from memorygym.tracks.worlds.agents.guessing import guess
from memorygym.tracks.worlds.agents.scribe import Scribe
from memorygym.tracks.worlds.dealing.brief import REFUSAL
from memorygym.tracks.worlds.dealing.notes import fill, note_of
from memorygym.tracks.worlds.facts import Knowledge, Record
from memorygym.tracks.worlds.scene import Scene

IMITATES = "the agent that satisfied a detector of stored entities with names and no facts"
BOUND = Bound(1)


def _names(now: Scene, records: list[Record]) -> list[str]:
    bare = [note_of(now.reader.guide, Record(told.name, told.category)) for told in records]
    return ["\n".join(entry) for entry in fill([(note, 4) for note in bare], now.slot)]


class NameHoarder(Scribe):
    """Knows who exists: refuses for a stranger, guesses for everybody else."""

    def reply(self, now: Scene) -> Message:
        query = now.query
        if query is None:
            return calls(submit(REFUSAL))
        if not now.said:
            return calls(read())
        known = Knowledge(now.reader.read(now.heard[0]))
        names = query.names or tuple(known.members(query.categories)) or tuple(known.by_name)
        if query.kind == "value" and names[0] not in known.by_name:
            return calls(submit(REFUSAL))
        if query.kind in ("lookup", "chain", "best_related"):
            names = tuple(name for name in known.by_name if name not in names)
        sample = guess(now, query)
        return calls(submit(sample.replace("Nobody", names[0]) if names else sample))


def make() -> NameHoarder:
    """The agent."""
    return NameHoarder(_names, updates=False)
