"""Prints docs/options.md: the options of the commands that play, with their meaning.

    python docs/options.py > docs/options.md

They are the fields of the classes of settings in runs/settings.py.
"""

from memorygym.runs.settings import (
    SETTINGS,
    BenchSettings,
    CompareSettings,
    GenerateSettings,
    PlaySettings,
    VerifySettings,
    helps,
    options,
)


def page() -> str:
    """The page."""
    lines = [
        "# Options",
        "",
        "The options of the commands that play, and the keywords of `memorygym.evaluate` (those of"
        " `bench`) and `memorygym.compare`. This page is made by"
        " `python docs/options.py > docs/options.md`.",
    ]
    for cls in (BenchSettings, CompareSettings, GenerateSettings, VerifySettings, PlaySettings):
        in_python = cls in SETTINGS.values()
        heads = ("option", *(["in Python"] if in_python else []), "meaning")
        lines += ["", f"## {cls.__name__.removesuffix('Settings').lower()}", ""]
        lines += [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
        for name in (name for names in cls.GROUPS.values() for name in names.split()):
            own = options(cls)[name]
            value = own.metavar or "\\|".join(own.choices)
            flag = f"--{name.replace('_', '-')} {value}".strip()
            keyword = [f"`{own.python or name}`" if own.python is not None else ""]
            cells = [f"`{flag}`", *(keyword if in_python else []), helps(cls)[name]]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(page())
