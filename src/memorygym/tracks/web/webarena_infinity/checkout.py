"""The user's checkout of WebArena-Infinity: its applications, their tasks and their verifiers.

Nothing of WebArena-Infinity belongs to this package. Its servers and verifiers are code of others:
they run in processes of their own, without our environment variables.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple

from memorygym.core.errors import BadSettings, ProviderFailure, UnknownPart
from memorygym.core.text import one_line
from memorygym.tracks.web.chromium import INSTALL, check_installed

ROOT = "WAI_ROOT"
"""The environment variable that names the checkout."""
CLONE = "a clone of github.com/web-arena-x/webarena-infinity; --track web needs none of this"
SECONDS = 30
"""The longest that a server may take to start and a verifier to end."""
_SERVER = """
import os, runpy, socketserver, sys, threading
bind = socketserver.TCPServer.server_bind
def loopback(server):
    server.server_address = ("127.0.0.1", 0)
    bind(server)
    print("PORT", server.server_address[1], flush=True)
socketserver.TCPServer.server_bind = loopback
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
sys.argv = ["server.py", "--port", "0"]
runpy.run_path("server.py", run_name="__main__")
"""
"""Runs an application's server for this machine alone, at a free port, until its input ends: so it
never outlives us."""
_VERIFIER = """
import json, runpy, sys
done, reason = runpy.run_path(sys.argv[1])["verify"](sys.argv[2])
print(json.dumps(["verdict", bool(done), str(reason)]))
"""


class UpstreamTask(NamedTuple):
    """A task of an application."""

    id: str
    difficulty: str
    text: str
    verifier: Path


def root() -> Path:
    """The folder of the checkout. Raises BadSettings if there is none, or no browser."""
    stated = os.environ.get(ROOT, "")
    folder = Path(stated).expanduser().resolve()
    if not stated or not (folder / "apps").is_dir():
        problem = f"{ROOT}={stated} holds no folder apps" if stated else f"{ROOT} is not set"
        raise BadSettings(f"{problem}: give the folder of {CLONE}")
    check_installed()
    if find_spec("requests") is None:
        raise BadSettings(f"the verifiers of WebArena-Infinity need requests: {INSTALL}")
    return folder


def apps() -> list[str]:
    """The applications that have tasks."""
    return sorted(path.parent.name for path in (root() / "apps").glob("*/real-tasks.json"))


def errands(app: str) -> Mapping[str, UpstreamTask]:
    """The tasks of an application, by id. Raises UnknownPart or BadSettings."""
    if app not in apps():
        raise UnknownPart("application of WebArena-Infinity", app, apps())
    return _errands(root() / "apps" / app)


@lru_cache(maxsize=32)
def _errands(folder: Path) -> Mapping[str, UpstreamTask]:
    try:
        rows: Any = json.loads((folder / "real-tasks.json").read_text("utf-8"))
        texts = {row["id"]: one_line(row["instruction"]) for row in rows}
        return {
            row["id"]: UpstreamTask(
                row["id"], row["difficulty"], texts[row["id"]], folder / row["verify"]
            )
            for row in rows
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadSettings(f"{folder}/real-tasks.json: {error!r}; take {CLONE}") from error


def verified(errand: UpstreamTask, server: str) -> tuple[bool, str]:
    """What the errand's verifier says of a server's state. Raises ProviderFailure if it fails."""
    command = [sys.executable, "-I", "-c", _VERIFIER, str(errand.verifier), server]
    try:
        ended = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS, env=_plain(), check=True
        )
        _, done, reason = json.loads(ended.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, ValueError, IndexError) as error:
        said = getattr(error, "stderr", "") or error
        raise ProviderFailure(
            f"the verifier {errand.verifier} failed: {one_line(str(said)[-200:])}"
        ) from error
    return bool(done), one_line(str(reason)[:300])


class AppServer:
    """The server of an application, in a process of its own, with an address of this machine."""

    def __init__(self, app: str) -> None:
        """Raises ProviderFailure if it does not start."""
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", _SERVER],
            cwd=root() / "apps" / app,
            env=_plain(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout
        late = Timer(SECONDS, self.process.kill)
        late.start()
        port = re.fullmatch(r"PORT (\d+)\n", self.process.stdout.readline())
        late.cancel()
        if not port:
            self.close()
            raise ProviderFailure(f"the server of {app} does not start: run it by itself")
        self.address = f"http://127.0.0.1:{port[1]}"

    def close(self) -> None:
        """Ends the process."""
        self.process.kill()
        with self.process:  # Closes its pipes and waits.
            pass


def _plain() -> dict[str, str]:
    """The environment of code of others: no keys, no proxies."""
    return {"PATH": os.environ.get("PATH", os.defpath), "PYTHONDONTWRITEBYTECODE": "1"}


def commit() -> str:
    """The commit of the checkout, shortened; "unknown" without git."""
    command = ["git", "-C", str(root()), "rev-parse", "--short=8", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"
