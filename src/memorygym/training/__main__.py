"""`python -m memorygym.training` is the command `memorygym training`."""

import sys

if __name__ == "__main__":
    from memorygym.cli import command

    command(["training", *sys.argv[1:]])
