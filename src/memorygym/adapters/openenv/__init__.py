"""OpenEnv: its server, its client, and the folder that its hub takes. Needs the extra `openenv`."""

from memorygym.training.libraries import require

require(__name__, "openenv", "0.10.0")
