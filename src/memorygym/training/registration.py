"""The ids of the environments in Gymnasium: MemoryGym/Worlds-v0, and one for each other track."""

from memorygym.core import registry


def register() -> None:
    """Registers the environment of every track that is not registered yet.

    Gymnasium calls it when it is imported, as an entry point of this package.
    """
    from gymnasium.envs.registration import register as add
    from gymnasium.envs.registration import registry as known

    for track in registry.names("tracks"):
        id = f"MemoryGym/{track.title()}-v0"
        if id not in known:
            add(id, "memorygym.training.env:MemoryEnv", kwargs={"track": track})
