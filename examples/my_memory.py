"""A memory in one file: the tools of `markdown`, with a search of its own."""

from collections.abc import Mapping, Sequence

from memorygym.agents.honest import strategic
from memorygym.core import JSON, Entry, Memory, Meter
from memorygym.episode import Episode, play
from memorygym.scoring import score
from memorygym.stores.notebook import TOOLS, Notebook
from memorygym.testing import check_memory
from memorygym.tracks.worlds import env
from memorygym.worlds.dealing.deal import deal


class MyMemory(Memory):
    tools = TOOLS

    def open(self, meter: Meter) -> None:
        self._page = Notebook(meter)  # It asks the meter before it stores.

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        if name == "Write":
            return f"stored as {self._page.write(str(arguments['content']))}"
        if name == "Edit":
            old, new = str(arguments["old_text"]), str(arguments["new_text"])
            return f"edited {self._page.edit(old, new)}"
        if name == "Read":
            return self._page.read(arguments)
        words, held = set(str(arguments["query"]).split()), self._page.entries
        return self._page.show(sorted(held, key=lambda k: -len(words & {*held[k].split()}))[:3])

    def dump(self) -> list[Entry]:
        return self._page.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._page.restore(entries)


if __name__ == "__main__":
    assert check_memory(MyMemory) == []
    print(score(play(Episode(env(deal("company", 0)), MyMemory), strategic.make())).to_json())
