"""`python -m memorygym.bench` is the command `memorygym bench`."""

import sys

if __name__ == "__main__":
    from memorygym.cli import main

    sys.exit(main(["bench", *sys.argv[1:]]))
