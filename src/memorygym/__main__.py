"""`python -m memorygym` is the command `memorygym`."""

import sys

from memorygym.cli import main

sys.exit(main())
