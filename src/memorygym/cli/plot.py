"""Draw a figure of a finished run: systems with intervals, or accuracy by budget or length."""

import argparse

from memorygym.cli._checks import given_path
from memorygym.reports.api import load_results
from memorygym.reports.plots import AUTO, AXES


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    run = "the folder of a run (compare -o, bench --run); several of one kind and version"
    kind = (
        f"one of {', '.join(AXES)}; forest: every system with its 95 %% interval; the others:"
        " accuracy by that (default: budget if there are several budgets, else forest)"
    )
    parser.add_argument("run", nargs="+", type=given_path, metavar="RUN", help=run)
    picture = "the picture: .svg, .png or .pdf"
    parser.add_argument(
        "--output", "-o", type=given_path, required=True, metavar="FILE", help=picture
    )
    parser.add_argument("--kind", choices=(AUTO, *AXES), default=AUTO, metavar="KIND", help=kind)
    parser.epilog = (
        "Example: `memorygym compare --memory bm25,naive_rag -o duel`, then `memorygym plot duel"
        " -o duel.svg`. It needs matplotlib: pip install 'agent-memorygym[plot]'"
    )


def run(args: argparse.Namespace) -> int:
    """Writes the picture."""
    load_results(*args.run).plot(args.output, args.kind)
    return 0
