"""Packs: a run as one file to publish with a paper; the same run gives the same bytes, no secrets.

    run/MANIFEST.json         hashes and sizes of the other files, unpacked where they are packed
    run/replies.jsonl         the replies of a model
    run/results.json, run/results.jsonl, run/run.json
    run/compare.json, run/compare.csv, …
                              of a comparison
    run/traces/NAME.jsonl.gz

The archive is tar in gzip with neither dates nor owners. Reading takes only the files of a run out
of it, and a hostile archive can fill neither memory nor disk.
"""

import json
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from gzip import BadGzipFile, GzipFile
from hashlib import sha256
from itertools import chain
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Self

from memorygym import __version__
from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.core.redaction import SECRETS
from memorygym.core.trace import CANARY
from memorygym.core.types import JSON
from memorygym.reports.comparison_report import DOCUMENT, DRAWN, TABLES
from memorygym.runs.store import Run, unpacked

FORMAT = "memorygym-pack-1"
TOP, MANIFEST = "run/", "MANIFEST.json"
REQUIRED = ("run.json", "results.jsonl", "results.json")
PARTS = (*REQUIRED, "replies.jsonl", DOCUMENT, *TABLES, *DRAWN)
BLOCK = 512
CHUNK = 1 << 20
LARGEST_TRACE, LARGEST_PART, LARGEST_PACK = 1 << 28, 1 << 32, 1 << 33
"""Bytes, unpacked: 256 MiB, 4 GiB and 8 GiB, more than any run writes."""
LONGEST_NAME = 1024
DAMAGE = (EOFError, zlib.error, BadGzipFile, tarfile.TarError, UnicodeError, RecursionError)
PLAIN, STRANGE = (tarfile.REGTYPE, tarfile.AREGTYPE), b"?"
"""Types of members: of a plain file, and one that `tarfile` does not know."""
_TRACE = re.compile(r"traces/[A-Za-z0-9_.%~+-]+\.jsonl\.gz")

KEYS = {kind: re.compile(pattern.encode()) for kind, pattern in SECRETS.items()}
"""Patterns of the keys of common providers."""
SHORTEST = 12
"""Fewest characters of a known secret: a shorter one may occur by chance."""
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


class BadPack(BadSettings):
    """The error of an archive that breaks off, or holds a file that no pack holds."""


def files_of(folder: Path) -> list[str]:
    """The files of a run that are packed: all but the lock and the timings."""
    traces = (f"traces/{path.name}" for path in folder.glob("traces/*.jsonl.gz"))
    return sorted([*(name for name in PARTS if (folder / name).exists()), *traces])


def digest(path: Path) -> dict[str, JSON]:
    """SHA-256 and size of a file, unpacked. Raises BadSettings if it is too large or damaged."""
    hash, size = sha256(), 0
    most = LARGEST_TRACE if path.suffix == ".gz" else LARGEST_PART
    with unpacked(path) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise BadPack(f"{path.name} unpacks to more than {most} bytes")
            hash.update(chunk)
    return {"sha256": hash.hexdigest(), "size": size}


def write_pack(folder: Path, path: Path) -> str:
    """Packs a run and returns the digest to cite: the SHA-256 of its manifest."""
    if not path.name.endswith(".tar.gz"):
        raise BadSettings(f"{path}: a pack is named FILE.tar.gz")
    names = files_of(folder)
    about = {"format": FORMAT, "canary": CANARY, "package": __version__}
    about |= {"version": json.loads((folder / "run.json").read_bytes())["version"]}
    content = {**about, "files": {name: digest(folder / name) for name in names}}
    manifest = json.dumps(content, indent=1, sort_keys=True).encode() + b"\n"
    files = ((name, (folder / name).read_bytes()) for name in names)
    write_atomically(path, _tar(chain([(MANIFEST, manifest)], files)))
    return sha256(manifest).hexdigest()


def _tar(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    for name, data in files:
        member = tarfile.TarInfo(TOP + name)
        member.size = len(data)
        yield member.tobuf(tarfile.GNU_FORMAT, "utf-8", "strict")
        yield data
        yield bytes(-len(data) % BLOCK)
    yield bytes(2 * BLOCK)


@contextmanager
def opened(path: Path) -> Iterator[tuple[Path, list[str]]]:
    """The folder of an unpacked run, for as long as needed, and what is wrong with its files.

    Only files that a pack may hold are written there. Raises BadSettings if this is no pack.
    """
    with TemporaryDirectory(prefix="memorygym-") as place:
        folder = Path(place)
        (folder / "traces").mkdir()
        problems = _unpack(path, folder)
        if not (folder / MANIFEST).exists():
            problems.append(f"it holds no {MANIFEST}")
            raise BadSettings(f"{path} is no pack of a run: {problems[0]}")
        yield folder, problems or _manifest_problems(folder)


def pack_digest(folder: Path) -> str:
    """The digest of an unpacked pack, as `write_pack` returned it."""
    return sha256((folder / MANIFEST).read_bytes()).hexdigest()


class _Member(tarfile.TarInfo):
    """A member of which `tarfile` keeps only the name: extended headers could fill memory, so they
    are presented to `tarfile` as files of an unknown type."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        member = super().frombuf(buf, encoding, errors)
        if member.size < 0:
            raise BadPack("a member of less than no bytes")
        is_name = member.type == tarfile.GNUTYPE_LONGNAME and member.size <= LONGEST_NAME
        if not (is_name or member.type in PLAIN):
            member.type = STRANGE
        return member


def _unpack(path: Path, folder: Path) -> list[str]:
    """Writes the files of a pack into the folder; yields the problem of every other member."""
    problems: list[str] = []
    try:
        with GzipFile(path) as stream, tarfile.open("", "r:", stream, tarinfo=_Member) as archive:
            while member := archive.next():
                # `tarfile` keeps every member, and a hostile archive may have millions.
                archive.members.clear()  # type: ignore[attr-defined]  # typeshed lacks it
                if member.offset_data + member.size > LARGEST_PACK:
                    raise BadPack(f"more than {LARGEST_PACK} bytes")
                if problem := _strange(member, folder):
                    problems.append(problem)
                elif data := archive.extractfile(member):
                    with (folder / member.name.removeprefix(TOP)).open("wb") as file:
                        copyfileobj(data, file)
            _check_end(stream, archive.offset)
    except (*DAMAGE, BadPack) as error:
        problems.append(f"{path.name} is cut short or damaged ({error})")
    return problems


def _check_end(stream: GzipFile, end: int) -> None:
    """Raises BadPack unless the archive ends properly: `tarfile` stops at any damaged header."""
    stream.seek(end)
    # Tar programs fill their last record with zeros.
    rest = stream.read(BLOCK + tarfile.RECORDSIZE + 1)
    if any(rest) or not 2 * BLOCK <= len(rest) <= BLOCK + tarfile.RECORDSIZE:
        raise BadPack("its end is not the end of an archive")


def _strange(member: tarfile.TarInfo, folder: Path) -> str:
    """Why a member does not belong in a pack; "" if it does."""
    name = member.name.removeprefix(TOP)
    if member.type not in PLAIN:
        return f"{member.name!r} is no plain file"
    known = name in (MANIFEST, *PARTS) or _TRACE.fullmatch(name)
    if not (member.name.startswith(TOP) and known):
        return f"{member.name!r} is no file of a run"
    if (folder / name).exists():
        return f"{member.name!r} is there twice"
    if member.size > (LARGEST_TRACE if name.startswith("traces/") else LARGEST_PART):
        return f"{member.name!r} has {member.size} bytes"
    return ""


def _manifest_problems(folder: Path) -> list[str]:
    """The files that differ from the manifest."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        stated = {name: dict(row) for name, row in manifest["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return [f"{MANIFEST}: damaged ({error!r})"]
    version: JSON = None
    with suppress(BadSettings):  # The digest, or the examination of the run, shows what is wrong.
        version = Run(folder).about().get("version")
    wanted = {"format": FORMAT, "canary": CANARY, "version": version}
    problems = [
        f"{MANIFEST}: {name} is {manifest.get(name)!r}, not {value!r}"
        for name, value in wanted.items()
        if manifest.get(name) != value
    ]
    held = files_of(folder)
    for name in sorted({*stated, *held, *REQUIRED}):
        # Any other name in a manifest may point to a file outside the folder.
        problem = _file_problem(folder / name, stated.get(name)) if name in held else "missing"
        if problem:
            problems.append(f"{name}: {problem}")
    return problems


def _file_problem(path: Path, stated: Mapping[str, JSON] | None) -> str:
    if stated is None:
        return f"not in {MANIFEST}"
    try:
        return "" if digest(path) == stated else f"its content is not what {MANIFEST} says"
    except BadSettings as error:
        return str(error)


def secrets_of(environment: Mapping[str, str]) -> list[str]:
    """The values of variables that hold keys by their names.

    >>> secrets_of({"OPENAI_API_KEY": "0123456789abcdef", "HOME": "/root", "TOKEN": "short"})
    ['0123456789abcdef']
    """
    named = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)$")
    return [v for name, v in environment.items() if named.search(name) and len(v) >= SHORTEST]


def leaks(paths: Iterable[Path], known: Iterable[str], salt_hash: str | None) -> list[str]:
    """The places where these files hold a secret, as file and line, without the secret itself.

    Raises BadSettings for a file that cannot be unpacked.
    """
    secrets = [secret.encode() for secret in known]
    places = []
    for path in paths:
        with unpacked(path) as stream:
            for number, line in enumerate(stream, start=1):
                if kind := _secret(line, secrets, salt_hash):
                    places.append(f"{path.name}, line {number}: {kind}")
    return places


def _secret(line: bytes, secrets: Iterable[bytes], salt_hash: str | None) -> str:
    for kind, pattern in KEYS.items():
        if pattern.search(line):
            return kind
    if any(secret in line for secret in secrets):
        return "a secret of this machine's environment"
    if salt_hash and salt_hash in map(_hash, _TEXT.findall(line.decode(errors="replace"))):
        return "the salt"
    return ""


def _hash(text: str) -> str:
    return sha256(json.loads(f'"{text}"', strict=False).encode("utf-8", "replace")).hexdigest()
