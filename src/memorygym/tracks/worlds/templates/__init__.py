"""The ten templates: one JSON file each, whose name is its id and an attribute of this package."""

from pathlib import Path

from memorygym.tracks.worlds.generator.template_schema import Template, read_template


def __getattr__(name: str) -> Template:
    """The template of that name, read when it is first asked for."""
    file = Path(__file__).with_name(f"{name}.json")
    if not file.is_file():
        raise AttributeError(name)
    return read_template(file)
