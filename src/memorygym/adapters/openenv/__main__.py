"""Serves episodes over OpenEnv's protocol, or writes the folder that its hub takes."""

import argparse
import json
from pathlib import Path

from memorygym.adapters.description import INSTALL, Description
from memorygym.adapters.openenv.app import create_app, serve
from memorygym.adapters.openenv.environment import MemoryEnvironment, Options
from memorygym.core.errors import MemoryGymError
from memorygym.core.json_values import json_value
from memorygym.core.track import version_of
from memorygym.training.tasks import SPLITS

PLACES = {
    "Dockerfile": "Dockerfile", "README.md": "README.md", "openenv.yaml": "openenv.yaml",
    "pyproject.txt": "pyproject.toml", "app.txt": "server/app.py",
    "runtime.json": "validation/runtime.json",
}  # fmt: skip
"""Where each file of `hub` goes."""


def write(folder: Path, options: Options, sessions: int, source: str) -> None:
    """Writes the hub's folder, whose server has these options and installs `source`.

    Raises FileExistsError.
    """
    about, env = Description(), MemoryEnvironment(options)
    about.write(
        __package__, folder, PLACES, name=about.name, tags=json.dumps(["openenv", *about.tags]),
        requirement=about.requirement("openenv", source), options=repr(dict(options)),
        sessions=sessions, words=" ".join(f"{name}={value}" for name, value in options.items()),
        range=[0.0, 1.0] if options.get("reward", "score") == "score" else [-1.0, 2.0],
        tasks=version_of(options["track"]),
        counts=json.dumps({split: env.num_tasks(split) for split in SPLITS}),
    )  # fmt: skip


def option(word: str) -> tuple[str, object]:
    """Name and value of a word NAME=VALUE."""
    name, equals, value = word.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{word!r} is no option: give NAME=VALUE, as tier=lite")
    return name, json_value(value)


def main() -> None:
    """Reads the command line; a wrong option ends it with a message and exit code 2."""
    parser = argparse.ArgumentParser("python -m memorygym.adapters.openenv", description=__doc__)
    parser.add_argument("--track", default="worlds")
    parser.add_argument("--host", default="127.0.0.1", help="an address (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="%(default)s; 0: any that is free")
    parser.add_argument("--sessions", type=int, default=64, help="most at a time (%(default)s)")
    parser.add_argument("--folder", type=Path, help="write the hub's folder there and end")
    parser.add_argument("--source", default=INSTALL, help="what it installs: NAME @ URL")
    parser.add_argument("option", nargs="*", type=option, metavar="NAME=VALUE",
                        help="of MemoryEnv: memory, split, tier …")  # fmt: skip
    args = parser.parse_args()
    try:
        options = {"track": args.track, **dict(args.option)}
        app = create_app(options, args.sessions)
        if not args.folder:
            return serve(app, args.host, args.port)
        write(args.folder, options, args.sessions, args.source)
        print(f"openenv validate {args.folder} --level static --skip-build")
    except (MemoryGymError, OSError) as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
