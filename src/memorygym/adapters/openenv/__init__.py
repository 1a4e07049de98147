"""OpenEnv: its server, its client, and the folder that its hub takes. Needs the extra `openenv`."""

from importlib.metadata import PackageNotFoundError, version

from memorygym.core.errors import BadSettings, missing

try:
    _found = version("openenv")
except PackageNotFoundError:
    raise missing("memorygym.adapters.openenv", "openenv", "openenv") from None
if tuple(map(int, _found.split(".")[:2])) < (0, 10):
    raise BadSettings(f"openenv {_found} is too old (tested: 0.10.0): pip install -U openenv")
