"""Serves episodes over OpenEnv's protocol, or writes the folder that its hub takes."""

import argparse
from pathlib import Path

from memorygym.adapters.description import INSTALL
from memorygym.adapters.openenv.app import create_app, options_of, serve
from memorygym.adapters.openenv.folder import write
from memorygym.core.errors import MemoryGymError


def main() -> None:
    """Reads the command line; a wrong option ends it with a message and exit code 2."""
    parser = argparse.ArgumentParser("python -m memorygym.adapters.openenv", description=__doc__)
    parser.add_argument("--track", default="worlds")
    parser.add_argument("--host", default="127.0.0.1", help="an address (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="%(default)s; 0: any that is free")
    parser.add_argument("--folder", type=Path, help="write the hub's folder there and end")
    parser.add_argument("--source", default=INSTALL, help="what it installs: NAME @ URL")
    parser.add_argument("option", nargs="*", metavar="NAME=VALUE",
                        help="sessions, or of MemoryEnv: memory, split, tier …")  # fmt: skip
    args = parser.parse_args()
    try:
        options = {"track": args.track, **options_of(args.option)}
        app = create_app(options)
        if not args.folder:
            return serve(app, args.host, args.port)
        write(args.folder, options, args.source)
        print(f"openenv validate {args.folder} --level static --skip-build")
    except (MemoryGymError, OSError) as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
