"""The server on the loopback, in a process of its own."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread

SERVE = (sys.executable, "-m", "memorygym.adapters.openenv", "--port", "0")
_READY = re.compile(r"running on (http://127\.0\.0\.1:\d+)")


@contextmanager
def serving(*options: str, command: Sequence[str] = SERVE, **how: object) -> Iterator[str]:
    """The address of a server with these options, such as `tier=lite`; `how` as Popen takes it."""
    with subprocess.Popen(  # type: ignore[call-overload]  # `how` is of any type.
        [*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **how
    ) as process:
        try:
            seen = ""
            while not (ready := _READY.search(seen)):
                line = process.stderr.readline()
                assert line, f"the server ended: {seen}"
                seen += line
            Thread(target=process.stderr.read).start()  # Else a full pipe would stop the server.
            yield ready[1]
        finally:
            process.terminate()
            process.wait()
