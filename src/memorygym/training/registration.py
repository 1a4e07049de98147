"""The ids of the environments in Gymnasium: MemoryGym/Worlds-v0, and one for each other track."""

from memorygym.core import registry


def register() -> None:
    """Registers the environment of every track that is not registered yet; call it once before
    `gymnasium.make`, which since version 1.0 finds no plugins itself."""
    from gymnasium.envs.registration import register as add
    from gymnasium.envs.registration import registry as known

    for track in registry.names("tracks"):
        id = f"MemoryGym/{track.title()}-v0"
        if id not in known:
            add(id, "memorygym.training.env:MemoryEnv", kwargs={"track": track})
