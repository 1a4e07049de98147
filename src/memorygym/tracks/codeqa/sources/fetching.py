"""Brings a distribution that is pinned to its bytes to this machine's cache, through pip.

pip knows the index, the proxy and the certificates that this machine is set up for. It asks the
distribution's own build for its metadata: bytes of another sum never get so far.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from memorygym.errors import BadSettings


@dataclass(frozen=True, slots=True)
class Pin:
    """One distribution."""

    name: str
    version: str
    file: str
    sha256: str
    licence: str
    """SPDX."""


PINS: Mapping[str, Pin] = {
    pin.name: pin
    for pin in (
        Pin(
            "boltons",
            "26.2.0",
            "boltons-26.2.0.tar.gz",
            "d39cfd15c1a1c3bd4d705c82252fa9edb8e4f5e8cc039f8e39afac7b1b47e92c",
            "BSD-3-Clause",
        ),
        Pin(
            "humanize",
            "4.17.0",
            "humanize-4.17.0.tar.gz",
            "1d6a36c453dbfbb3f0b34601d2e0b4ce5d48d780305cd45714843f0068fde6ac",
            "MIT",
        ),
        Pin(
            "inflection",
            "0.5.1",
            "inflection-0.5.1.tar.gz",
            "1a29730d366e996aaacffb2f1f1cb9593dc38e2ddd30c91250c6dde09ea9b417",
            "MIT",
        ),
        Pin(
            "more-itertools",
            "11.2.1",
            "more_itertools-11.2.1.tar.gz",
            "cbf08fd0af284dc69718b9b76a8e6203df624d70209ea511e4219d350c856f63",
            "MIT",
        ),
        Pin(
            "networkx",
            "3.6.1",
            "networkx-3.6.1.tar.gz",
            "26b7c357accc0c8cde558ad486283728b65b6a95d85ee1cd66bafab4c8168509",
            "BSD-3-Clause",
        ),
        Pin(
            "sqlparse",
            "0.6.1",
            "sqlparse-0.6.1.tar.gz",
            "ca722573f848ff2d30e40ea30f53a104b7dea7635ea9285891263eb2c58fb6e7",
            "BSD-3-Clause",
        ),
        Pin(
            "tabulate",
            "0.10.0",
            "tabulate-0.10.0.tar.gz",
            "e2cfde8f79420f6deeffdeda9aaec3b6bc5abce947655d17ac662b126e48a60d",
            "MIT",
        ),
        Pin(
            "tinydb",
            "4.9.0",
            "tinydb-4.9.0.tar.gz",
            "6928b1fa785186bda7952a0ba05aaeedc883ede565ca9c7d608de44e5e75de70",
            "MIT",
        ),
        Pin(
            "toolz",
            "1.2.0",
            "toolz-1.2.0.tar.gz",
            "9667a038e9d6ecba37995e26cb2f59ec6420b6ad8dd9677de59db9b956b08490",
            "BSD-3-Clause",
        ),
    )
}
"""By name; the sums are of the files as the index served them in November 2026."""


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
