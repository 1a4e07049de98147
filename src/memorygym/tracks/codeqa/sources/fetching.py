"""Brings a pinned distribution to this machine's cache, through pip, and checks its bytes.

pip knows the index, the proxy and the certificates that this machine is set up for. It asks the
distribution's own build for its metadata: bytes of another sum never get so far.
"""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from memorygym.errors import BadSettings
from memorygym.tracks.codeqa.sources.pins import Pin

SECONDS = 300
"""Longest wait for pip."""


def cache() -> Path:
    """Where distributions are kept: under $MEMORYGYM_CACHE, or the user's folder for caches."""
    if told := os.environ.get("MEMORYGYM_CACHE"):
        return Path(told) / "sdists"
    match sys.platform:
        case "darwin":
            folder = Path.home() / "Library" / "Caches"
        case "win32":
            folder = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        case _:
            folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return folder / "memorygym" / "sdists"


def fetched(pin: Pin) -> Path:
    """The distribution's file in the cache, downloaded if it is not there yet.

    Raises BadSettings if it cannot be had or is not the pinned one.
    """
    kept = cache() / pin.file
    if kept.exists():
        _check(kept, pin)
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=kept.parent) as folder:
        _download(pin, Path(folder), kept)
        new = Path(folder) / pin.file
        _check(new, pin)
        new.replace(kept)
    return kept


def _check(file: Path, pin: Pin) -> None:
    found = sha256(file.read_bytes()).hexdigest()
    if found != pin.sha256:
        raise BadSettings(
            f"{file} has the SHA-256 {found}, and {pin.name} {pin.version} is pinned to"
            f" {pin.sha256}: delete it, and it is fetched anew"
        )


def _download(pin: Pin, folder: Path, kept: Path) -> None:
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{pin.name}=={pin.version} --hash=sha256:{pin.sha256}\n", encoding="utf-8")
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"),
        *("--no-binary", pin.name, "--dest", str(folder), "--requirement", str(wanted)),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        said = done.stderr.strip() or done.stdout.strip()
    except subprocess.TimeoutExpired:
        said = f"pip took longer than {SECONDS} s"
    if not (folder / pin.file).exists():
        raise BadSettings(
            f"{pin.name} {pin.version} could not be fetched; place {pin.file} (SHA-256"
            f" {pin.sha256}) at {kept}, or set MEMORYGYM_CACHE to a folder that has it under"
            f" sdists/. pip said: {_last(said)}"
        )


def _last(said: str) -> str:
    """The line that tells most: the last error, or the last of all."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["nothing"]
    return next((line for line in reversed(lines) if line.startswith("ERROR")), lines[-1])
