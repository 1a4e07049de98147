"""The environment as affinetes looks for it: `Actor`, at the root."""

from memorygym.adapters.affinetes import Actor

__all__ = ["Actor"]
