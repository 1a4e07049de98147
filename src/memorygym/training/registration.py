"""The ids of the environments in Gymnasium: MemoryGym/Worlds-v0, and one for each other track."""

from gymnasium.envs import registration

from memorygym.core import registry


def register() -> None:
    """Registers the environment of every track that is not registered yet; call it once before
    `gymnasium.make`, which since version 1.0 finds no plugins itself."""
    for track in registry.names("tracks"):
        id = f"MemoryGym/{track.title()}-v0"
        if id not in registration.registry:
            registration.register(id, "memorygym.training.env:MemoryEnv", kwargs={"track": track})
