"""The example of a track, plugged in by the tests, and a model that plays it."""

import os
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from memorygym.core import registry
from memorygym.core.track import Track, find
from memorygym.core.types import Message
from tests import installed
from tests.installed import ROOT, install

EXAMPLES = ROOT / "examples"
SHOP = "my_track:SHOP"


@contextmanager
def known() -> Iterator[Track]:
    """Makes the track known to this process by its name, until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXAMPLES))
        patch.setattr(registry, "_REMEMBERED", dict(registry.remembered_specs()))
        yield find(SHOP)


def start(folder: Path, *words: str, path: str = "") -> "subprocess.Popen[str]":
    """A process of its own, in that folder."""
    return installed.start(*words, path=path, cwd=folder)


def output_of(process: "subprocess.Popen[str]") -> str:
    """The output of a process, which must succeed."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    return out


def plug(folder: Path) -> str:
    """The PYTHONPATH under which the track is found as that of an installed package."""
    return os.pathsep.join([str(install(folder, "tracks", "shop", SHOP)), str(EXAMPLES)])


def clerk(
    messages: Sequence[Mapping[str, Any]], tools: Collection[str]
) -> tuple[str, list[tuple[str, dict[str, Any] | str]]]:
    """A model over the loopback that decides as the strong reasoner does; the track is known."""
    clerk = import_module("my_track").Clerk()
    parsed = [Message.from_openai(message) for message in messages]
    # The composed context and the event come as one message of the user.
    view = [replace(m, content=part) for m in parsed for part in m.content.split("\n\n")]
    reply = clerk.act(view, ())
    return reply.content, [(call.name, dict(call.arguments)) for call in reply.calls]
