"""The applications of web, one a file."""

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.tracks.web.app import App


def app_named(name: str) -> App:
    """The application of a name or of `module:NAME`. Raises UnknownPart or BadSettings."""
    app = registry.load("apps", name, "APP")
    if not isinstance(app, App):
        raise BadSettings(
            f"web app {name}: that is a {type(app).__name__}, not an App; state it as"
            " BANK = App(name=…), as memorygym/tracks/web/apps/shop.py does"
        )
    registry.remember("apps", app.name, name)
    return app
