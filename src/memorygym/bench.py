"""`python -m memorygym.bench` is the command `memorygym bench`."""

import sys

if __name__ == "__main__":
    from memorygym.cli import command

    command(["bench", *sys.argv[1:]])
