"""The folder that OpenEnv's hub takes: the files of `hub`, filled in with the description."""

import json
from pathlib import Path

from memorygym.adapters.description import INSTALL, Description
from memorygym.adapters.openenv.environment import MemoryEnvironment, Options
from memorygym.core.track import version_of
from memorygym.training.tasks import SPLITS

PLACES = {
    "Dockerfile": "Dockerfile", "README.md": "README.md", "openenv.yaml": "openenv.yaml",
    "pyproject.txt": "pyproject.toml", "app.txt": "server/app.py",
    "runtime.json": "validation/runtime.json",
}  # fmt: skip
"""Where each file of `hub` goes."""


def write(folder: Path, options: Options, source: str = INSTALL) -> None:
    """Writes the folder, whose server has these options of MemoryEnv and installs `source`.

    Raises FileExistsError.
    """
    about, env = Description(), MemoryEnvironment(options)
    shaped = "reward" in options and options["reward"] != "score"
    words = {
        "name": about.name, "requirement": about.requirement("openenv", source),
        "tags": json.dumps(["openenv", *about.tags]), "options": repr(dict(options)),
        "words": " ".join(f"{name}={value}" for name, value in options.items()),
        "range": [-1.0, 2.0] if shaped else [0.0, 1.0], "tasks": version_of(options["track"]),
        "counts": json.dumps({split: env.num_tasks(split) for split in SPLITS}),
    }  # fmt: skip
    about.write(__package__, folder, PLACES, **words)
