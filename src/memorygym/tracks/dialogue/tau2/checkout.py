"""The user's checkout of tau2-bench: where it lies, what it lacks, and how its modules are loaded.

Nothing of tau2-bench belongs to this package. The package `tau2` on PyPI is another project.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings

ROOT = "TAU2_ROOT"
"""The environment variable that names the checkout."""
DATA = "TAU2_DATA_DIR"
"""The environment variable of tau2-bench for another folder than `data` of the checkout."""
PYTHON = (3, 12)
"""The lowest version of Python that tau2-bench supports."""
INSTEAD = "; the simulator --track dialogue needs none of this"
NEEDED: Mapping[str, tuple[str, ...]] = {
    "airline": ("db.json", "tasks.json"),
    "retail": ("db.json", "tasks.json"),
    "telecom": ("db.toml", "tasks.json"),
    "banking_knowledge": ("db.json", "tasks", "documents"),
    "mock": ("db.json", "tasks.json"),
}
"""By domain: the files that its tasks need."""


def root() -> Path:
    """The folder of the checkout. Raises BadSettings if the folder or this Python is wrong."""
    if sys.version_info < PYTHON:
        version = ".".join(map(str, sys.version_info[:3]))
        raise BadSettings(
            f"tau2-bench needs Python 3.12 or 3.13, and this is {version}: install memorygym and"
            f" the checkout in an environment of such a Python{INSTEAD}"
        )
    stated = os.environ.get(ROOT, "")
    if not stated:
        raise BadSettings(
            f"{ROOT} is not set: clone github.com/sierra-research/tau2-bench, run `pip install -e"
            f" 'tau2-bench[gym,knowledge]'` and set {ROOT}=tau2-bench{INSTEAD}"
        )
    folder = Path(stated).expanduser().resolve()
    if not (folder / "src/tau2/orchestrator").is_dir():
        raise BadSettings(
            f"{ROOT}={stated} holds no src/tau2/orchestrator: give the folder of a clone of"
            f" github.com/sierra-research/tau2-bench{INSTEAD}"
        )
    return folder


def domains() -> Path:
    """The folder of the domains' data that tau2-bench will read."""
    stated = os.environ.get(DATA, "")
    data = Path(stated).expanduser().resolve() if stated else root() / "data"
    return data / "tau2" / "domains"


def missing(domain: str) -> list[Path]:
    """The files that a domain needs and the data lack."""
    paths = (domains() / domain / name for name in NEEDED[domain])
    return [path for path in paths if not path.exists()]


def require(domain: str) -> None:
    """Raises BadSettings if the checkout lacks a file of the domain."""
    for path in missing(domain):
        raise BadSettings(
            f"{path} is missing (mirrors leave out the largest files): `git checkout` may restore"
            f" it, or a full clone has it{INSTEAD}"
        )


def load(module: str) -> Any:
    """A module of tau2-bench, from the checkout. Raises BadSettings if it cannot be imported."""
    folder = root()
    os.environ[DATA] = str(domains().parents[1])
    # Otherwise litellm asks the network for the prices of models when it is imported.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    if str(folder / "src") not in sys.path:
        sys.path.insert(0, str(folder / "src"))
    try:
        import_module("loguru").logger.disable("tau2")
        found = Path(str(import_module("tau2").__file__)).resolve()
        loaded = import_module(module)
    except ImportError as error:
        raise BadSettings(
            f"tau2-bench cannot be imported ({error}): run `{sys.executable} -m pip install -e"
            f" '{folder}[gym,knowledge]'`; version 1.0.1 is known to work{INSTEAD}"
        ) from error
    if not found.is_relative_to(folder):
        raise BadSettings(
            f"the module tau2 is {found}, not that of {ROOT}={folder}; the package tau2 on PyPI is"
            f" another project: uninstall it{INSTEAD}"
        )
    return loaded


def commit() -> str:
    """The commit of the checkout, shortened; "unknown" without git."""
    try:
        command = ["git", "-C", str(root()), "rev-parse", "--short=12", "HEAD"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"
