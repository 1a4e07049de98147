"""OpenEnv: its server, its client, and the folder that its hub takes. Needs the extra `openenv`."""

from memorygym.adapters.libraries import require

require("openenv", "0.10.0")
