"""Writes the package that verifiers and its hub take: install it, then `vf-eval memorygym-v1`."""

import argparse
import json
from importlib.resources import files
from pathlib import Path
from string import Template

from memorygym.adapters.description import INSTALL, Description

ID = "memorygym-v1"
"""The id of the taskset; its module must not be `memorygym`."""


def write(folder: Path, source: str = INSTALL) -> None:
    """Writes the package, which installs `source`. Raises FileExistsError if there is one."""
    about, module = Description(), ID.replace("-", "_")
    words = {
        "id": ID, "module": module, "title": about.title, "summary": about.summary,
        "version": about.version, "license": about.license, "words": ", ".join(about.tags),
        "tags": json.dumps(about.tags), "requirement": about.requirement("verifiers", source),
    }  # fmt: skip
    (folder / module).mkdir(parents=True)
    for name, place in {
        "README.md": "README.md", "pyproject.txt": "pyproject.toml",
        "module.txt": f"{module}/__init__.py",
    }.items():  # fmt: skip
        template = Template(files(__package__).joinpath("hub", name).read_text("utf-8"))
        (folder / place).write_text(template.substitute(words), "utf-8")


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
