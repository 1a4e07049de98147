"""A site's pages in Chromium, as the environment plays them: its server comes and goes with it."""

from pathlib import Path

from memorygym.core.json_values import thaw
from memorygym.core.types import JSON
from memorygym.tracks.web.chromium import Chromium
from memorygym.tracks.web.server import SiteServer
from memorygym.tracks.web.site import HOME, Site, checked_address


class Served(Chromium):
    """A Browser for the pages of a site. Raises BadSettings if Chromium cannot be started."""

    def __init__(self, site: Site, screenshots: Path | None = None) -> None:
        self._site_server = SiteServer(site)
        try:
            super().__init__(self._site_server.address, screenshots=screenshots, plain=True)
        except BaseException:
            self._site_server.close()
            raise

    def goto(self, address: str) -> None:
        super().goto(checked_address(address))

    def state(self) -> JSON:
        with self._site_server.lock:
            return thaw(self._site_server.site.state)  # type: ignore[no-any-return]  # It is JSON.

    def begin(self, state: JSON) -> None:
        with self._site_server.lock:
            self._site_server.site.state = thaw(state)
        self.leave_history()
        self.goto(HOME)

    def close(self) -> None:
        super().close()
        self._site_server.close()
