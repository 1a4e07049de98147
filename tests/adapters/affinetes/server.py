"""affinetes' own HTTP server on the loopback, without Docker."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copy

ROOT = Path(__file__).parents[3]
COMMAND = "python -m uvicorn _affinetes.server:app --host 0.0.0.0 --port 8000".split()
"""What affinetes' image runs."""
_READY = re.compile(r"running on (http://127\.0\.0\.1:\d+)")


@contextmanager
def serving(folder: Path, command: Sequence[str] = COMMAND) -> Iterator[str]:
    """The address of the command, run in a folder that is laid out like /app of the image."""
    import affinetes.templates

    template = Path(affinetes.templates.__path__[0]) / "http_server.py"
    (folder / "_affinetes").mkdir()
    copy(ROOT / "env.py", folder)
    text = template.read_text().replace("/app/env.py", str(folder / "env.py"))
    (folder / "_affinetes" / "server.py").write_text(text)
    here = {"python": sys.executable, "0.0.0.0": "127.0.0.1", "8000": "0"}
    argv = [here.get(word, word) for word in command]
    process = subprocess.Popen(
        argv, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr
        seen = ""
        while not (ready := _READY.search(seen)):
            line = process.stderr.readline()
            assert line, f"the server ended: {seen}"
            seen += line
        yield ready[1]
    finally:
        process.terminate()
        process.communicate()
