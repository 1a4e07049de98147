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

from memorygym.core.errors import BadSettings, ProviderFailure, UnknownPart, clip
from memorygym.core.text import one_line
from memorygym.tracks.web.chromium import INSTALL

ROOT = "WAI_ROOT"
"""The environment variable that names the checkout."""
INSTEAD = "; the simulator --track web needs none of this"
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
"""Runs an application's server on this machine alone, at a free port, until its input ends: so it
never outlives us."""
_VERIFIER = """
import json, runpy, sys
done, reason = runpy.run_path(sys.argv[1])["verify"](sys.argv[2])
print()
print(json.dumps([bool(done), str(reason)]))
"""


class Errand(NamedTuple):
    """A task of an application."""

    id: str
    difficulty: str
    text: str
    verifier: Path


def root() -> Path:
    """The folder of the checkout. Raises BadSettings if there is none."""
    stated = os.environ.get(ROOT, "")
    if not stated:
        raise BadSettings(
            f"{ROOT} is not set: clone github.com/web-arena-x/webarena-infinity and set"
            f" {ROOT}=webarena-infinity{INSTEAD}"
        )
    folder = Path(stated).expanduser().resolve()
    if not (folder / "apps").is_dir():
        raise BadSettings(
            f"{ROOT}={stated} holds no folder apps: give the folder of a clone of"
            f" github.com/web-arena-x/webarena-infinity{INSTEAD}"
        )
    return folder


def apps() -> list[str]:
    """The applications that have a server and tasks."""
    found = sorted((root() / "apps").glob("*/real-tasks.json"))
    return [path.parent.name for path in found if path.with_name("server.py").is_file()]


@lru_cache(maxsize=32)
def errands(folder: Path, app: str) -> Mapping[str, Errand]:
    """The tasks of an application in a checkout, by id. Raises UnknownPart or BadSettings."""
    if app not in apps():
        raise UnknownPart("application of WebArena-Infinity", app, apps())
    path = folder / "apps" / app / "real-tasks.json"
    try:
        rows: Any = json.loads(path.read_text("utf-8"))
        made = [
            Errand(
                str(row["id"]),
                str(row["difficulty"]),
                one_line(row["instruction"]),
                path.parent / row["verify"],
            )
            for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadSettings(f"{path}: {error!r}: `git checkout` may restore it{INSTEAD}") from error
    return {errand.id: errand for errand in made}


def verified(errand: Errand, server: str) -> tuple[bool, str]:
    """What the errand's verifier says of a server's state. Raises ProviderFailure if it fails."""
    if find_spec("requests") is None:
        raise BadSettings(f"the verifiers of WebArena-Infinity need requests: {INSTALL}")
    command = [sys.executable, "-I", "-c", _VERIFIER, str(errand.verifier), server]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS, env=_plain(), check=True
        )
        success, reason = json.loads(done.stdout.splitlines()[-1])
    except subprocess.CalledProcessError as error:
        problem = error.stderr.strip().rpartition("\n")[2]
    except subprocess.TimeoutExpired:
        problem = f"it did not end within {SECONDS} s"
    except (ValueError, IndexError) as error:
        problem = repr(error)
    else:
        return bool(success), one_line(clip(reason, 300))
    raise ProviderFailure(f"the verifier {errand.verifier}: {one_line(clip(problem, 300))}")


class Server:
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
        first = self.process.stdout.readline()
        late.cancel()
        if not (port := re.fullmatch(r"PORT (\d+)\n", first)):
            self.close()
            raise ProviderFailure(f"the server of {app} did not start: run it by itself to see why")
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
    try:
        command = ["git", "-C", str(root()), "rev-parse", "--short=8", "HEAD"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"
