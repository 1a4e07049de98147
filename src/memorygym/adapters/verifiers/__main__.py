"""Writes the package that verifiers and its hub take: install it, then `vf-eval memorygym-v1`."""

import argparse
import json
from pathlib import Path

from memorygym.adapters.description import INSTALL, Description

ID, MODULE = "memorygym-v1", "memorygym_v1"
"""The id of the taskset, and its module, which must not be `memorygym`."""
PLACES = {"README.md": "README.md", "pyproject.txt": "pyproject.toml",
          "module.txt": f"{MODULE}/__init__.py"}  # fmt: skip


def write(folder: Path, source: str = INSTALL) -> None:
    """Writes the package, which installs `source`. Raises FileExistsError."""
    about = Description()
    about.write(__package__, folder, PLACES, id=ID, module=MODULE, tags=json.dumps(about.tags),
                requirement=about.requirement("verifiers", source))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser("python -m memorygym.adapters.verifiers", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--source", default=INSTALL, help="what it installs: NAME @ URL")
    args = parser.parse_args()
    try:
        write(args.folder, args.source)
    except OSError as error:
        parser.error(str(error))
    print(f"pip install {args.folder} && vf-validate {ID} -n 5 --runtime.type subprocess")


if __name__ == "__main__":
    main()
