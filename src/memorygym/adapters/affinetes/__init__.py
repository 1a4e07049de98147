"""affinetes: `Actor` is the environment that its server offers, to measure a model or to train one.

Every public method is a route of that server, so what comes in may be written by a stranger.
"""

from memorygym.adapters.affinetes.actor import Actor
from memorygym.adapters.affinetes.episodes import OpenEnvResponse

__all__ = ["Actor", "OpenEnvResponse"]
