"""Memories of other people that misbehave, each in one way; run in a process of their own."""

import gc
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from socket import MSG_OOB, socket
from urllib.request import Request, urlopen

from memorygym.core.errors import BadKey, BadSettings, MemoryFault, ProviderFailure
from memorygym.core.types import Entry, Memory, MemoryContext, Message


class Importer(Memory):
    """Imports a room of the package as it observes."""

    def __init__(self, room: str = "memorygym.tracks.worlds.generator.gold") -> None:
        self.room = room

    def observe(self, new: Sequence[Message]) -> None:
        __import__(self.room)


class Client(Memory):
    """Asks its endpoint at every message, twice if refused, and goes on without an answer."""

    def __init__(self, model: str = "echo") -> None:
        self.model = model

    def observe(self, new: Sequence[Message]) -> None:
        for message in new:
            self.ask("embeddings", input=[message.content])
            self.ask("chat/completions", messages=[message.to_openai()])

    def ask(self, path: str, **body: object) -> None:
        data = json.dumps({"model": self.model, **body}).encode()
        for _ in range(2):
            with suppress(OSError):
                urlopen(Request(f"{os.environ['OPENAI_BASE_URL']}/{path}", data)).close()
                return


class EarlyImporter(Memory):
    def __init__(self) -> None:
        from memorygym.tracks import worlds

        self.track = worlds


class Searcher(Memory):
    """Shows what it finds of the answers in its process: among all objects and in all frames."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        names = [type(item).__name__ for item in gc.get_objects() if _is_answer(item)]
        frame = sys._getframe()
        while frame := frame.f_back:
            names += [name for name, value in frame.f_locals.items() if _is_answer(value)]
        rooms = [name for name in sys.modules if name.startswith("memorygym.tracks")]
        return [Message("user", ", ".join(["found:", *names, *rooms]))]


class Spy(Memory):
    """Shows where it can read the secret, or anything of its parent's memory."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        leaks = [name for name in ("SALT", "_") if "oyster" in os.environ.get(name, "")]
        leaks += [argument for argument in sys.argv if "oyster" in argument]
        for name in ("cmdline", "environ", "maps"):
            with suppress(OSError):
                text = Path(f"/proc/{os.getppid()}/{name}").read_text(errors="replace")
                leaks += [name] if name == "maps" or "oyster" in text else []
        with suppress(OSError), Path(f"/proc/{os.getppid()}/mem").open("rb"):
            leaks.append("mem")
        return [Message("user", ", ".join(["found:", *leaks]))]


def _is_answer(value: object) -> bool:
    kind = type(value)
    return kind.__module__.startswith("memorygym.tracks") or kind.__name__ in ("WorldsGold", "Task")


def spin() -> None:
    while True:
        pass


def fail(error: Exception) -> None:
    raise error


def babble() -> None:
    """Writes where it thinks that its parent listens."""
    for channel in range(3, 20):
        with suppress(OSError):
            os.write(channel, b"nonsense\n")


def send_urgently() -> None:
    """Sends a byte out of band by whatever it can write to."""
    for number in range(3, 16):
        with suppress(OSError), socket(fileno=os.dup(number)) as connection:
            connection.send(b"x", MSG_OOB)


DEEDS: Mapping[str, Callable[[], object]] = {
    "sleep": lambda: time.sleep(3600),
    "spin": spin,
    "eat": lambda: bytearray(2**34),
    "quit": lambda: os._exit(3),
    "leave": lambda: sys.exit("enough"),
    "crash": lambda: os.kill(os.getpid(), 11),
    "fail": partial(fail, ValueError("a defect")),
    "fail settings": partial(fail, BadSettings("size 0: give at least 1")),
    "fail provider": partial(fail, ProviderFailure("my own endpoint is down")),
    "fail key": partial(fail, BadKey("my own key is refused")),
    "babble": babble,
    "send urgently": send_urgently,
}


class Observer(Memory):
    """Does one of these things as it observes."""

    def __init__(self, deed: str) -> None:
        self.deed = deed

    def observe(self, new: Sequence[Message]) -> None:
        DEEDS[self.deed]()


class Garbage(Memory):
    """Composes a value of the wrong type or size, chosen by `kind`."""

    def __init__(self, kind: str = "text") -> None:
        self.kind = kind

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        returned: dict[str, Callable[[], object]] = {
            "text": lambda: "hello",
            "object": lambda: self,
            "numbers": lambda: [3],
            "flood": lambda: [Message("user", "x" * (2**26 + 2**22))],
            "swarm": lambda: [Message("user", "x")] * 100_001,
        }
        return returned[self.kind]()  # type: ignore[return-value]  # that is the point


class Printer(Memory):
    """Prints, reads its input, and still works."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def open(self, context: MemoryContext) -> None:
        self.context = context

    def observe(self, new: Sequence[Message]) -> None:
        print('["returned", "forged"]', flush=True)
        os.write(1, b'["returned", "forged"]\n')
        assert sys.stdin.read() == ""
        self.kept += [self.context.store(message.content) for message in new]

    def dump(self) -> list[Entry]:
        return [Entry(str(number), text, "printed") for number, text in enumerate(self.kept, 1)]


class Threader(Printer):
    """Leaves a thread behind that never ends, and a process."""

    def observe(self, new: Sequence[Message]) -> None:
        threading.Thread(target=time.sleep, args=(3600,)).start()
        self.child = subprocess.Popen(["sleep", "3600"])
        self.kept.append(self.context.store(f"{os.getpid()} {self.child.pid}"))


class Gatecrasher(Printer):
    """A thread of it stores between the calls."""

    def observe(self, new: Sequence[Message]) -> None:
        threading.Thread(target=self.later, daemon=True).start()

    def later(self) -> None:
        time.sleep(0.1)
        try:
            self.context.store("late")
        except MemoryFault as error:
            self.error_text = str(error)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        while not hasattr(self, "error_text"):
            time.sleep(0.01)
        return [Message("user", self.error_text)]


class Asker(Printer):
    """Has its model write."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return [Message("user", self.context.write(self.context.instructions, "a b c", 5))]


class Crowder(Printer):
    """Stores until it is refused, and shows the refusal."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        for number in range(100):
            self.context.store(f"number {number}")
        return ()
