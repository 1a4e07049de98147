"""Doctests of a file that imports an extra are collected only where that extra is installed."""

from importlib.util import find_spec

NEEDS = {
    "src/memorygym/adapters/inspect_ai/*": "inspect_ai",
    "src/memorygym/reports/plots.py": "matplotlib",
}
collect_ignore_glob = [path for path, extra in NEEDS.items() if find_spec(extra) is None]
