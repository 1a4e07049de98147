"""Opens the pages of a session to a person's own browser."""

from collections.abc import Iterator
from contextlib import contextmanager

from memorygym.core.errors import BadSettings
from memorygym.core.track import OpenPages
from memorygym.core.types import JSON, Env
from memorygym.tracks.web.browser import GOTO
from memorygym.tracks.web.env import WebEnv
from memorygym.tracks.web.server import SiteServer
from memorygym.tracks.web.site import InProcess


@contextmanager
def opened(env: Env) -> Iterator[OpenPages]:
    """Serves an environment's pages; see Track.opens. Raises BadSettings."""
    assert isinstance(env, WebEnv)
    if not isinstance(env.browser, InProcess):
        raise BadSettings("web:browser=… chooses an agent's browser: leave it out with --browser")
    server = SiteServer(env.browser.site)

    def read() -> list[tuple[str, dict[str, JSON]]]:
        """The person's notes, in the order in which they opened them."""
        visited, server.visited = dict.fromkeys(server.visited), []
        return [(GOTO.name, {"address": at}) for at in visited if at.startswith("/notes/")]

    try:
        yield OpenPages(server.address, read)
    finally:
        server.close()
