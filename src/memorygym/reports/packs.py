"""Packs: a run as one file to publish with a paper; the same run gives the same bytes, no secrets.

    run/MANIFEST.json            hashes and sizes of the other files, unpacked where they are packed
    run/run.json                 what was played
    run/measurements.jsonl.gz    what was measured
    run/traces/NAME.jsonl.gz     the episodes
    run/replies.jsonl            the replies of a model

The archive is tar in gzip with neither dates nor owners. Exports are not packed: they are computed
from the rest. Reading takes only these files out of an archive, within limits of count and size.
"""

import json
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from gzip import GzipFile
from hashlib import sha256
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from memorygym import __version__
from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.core.redaction import SECRETS
from memorygym.core.trace import CANARY
from memorygym.core.types import JSON
from memorygym.runs.results import FILE
from memorygym.runs.store import Run, unpacked

FORMAT = "memorygym-pack-2"
TOP, MANIFEST = "run/", "MANIFEST.json"
REQUIRED = ("run.json", FILE)
PARTS = (*REQUIRED, "replies.jsonl")
CHUNK = 1 << 20
MOST_FILES, LARGEST_TRACE, LARGEST_PACK = 100_000, 1 << 28, 1 << 33
"""Most members of an archive; most bytes of a trace unpacked (256 MiB), and of all (8 GiB)."""
DAMAGE = (EOFError, zlib.error, OSError, tarfile.TarError, UnicodeError, RecursionError)
_TRACE = re.compile(r"traces/[A-Za-z0-9_.%~+-]+\.jsonl\.gz")
KEYS = {kind: re.compile(pattern.encode()) for kind, pattern in SECRETS.items()}
"""Patterns of the keys of common providers."""
SHORTEST = 12
"""Fewest characters of a known secret: a shorter one may occur by chance."""
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


def files_of(folder: Path) -> list[str]:
    """The files of a run that are packed."""
    traces = (f"traces/{path.name}" for path in folder.glob("traces/*.jsonl.gz"))
    return sorted([*(name for name in PARTS if (folder / name).exists()), *traces])


def digest(path: Path) -> dict[str, JSON]:
    """SHA-256 and size of a file, unpacked. Raises BadSettings if it is too large or damaged."""
    hashed, size = sha256(), 0
    most = LARGEST_TRACE if path.parent.name == "traces" else LARGEST_PACK
    with unpacked(path) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise BadSettings(f"{path.name} unpacks to more than {most} bytes")
            hashed.update(chunk)
    return {"sha256": hashed.hexdigest(), "size": size}


def write_pack(folder: Path, path: Path) -> str:
    """Packs a run and returns the digest to cite: the SHA-256 of its manifest."""
    if not path.name.endswith(".tar.gz"):
        raise BadSettings(f"{path}: a pack is named FILE.tar.gz")
    names = files_of(folder)
    version = json.loads((folder / "run.json").read_bytes())["version"]
    files = {name: digest(folder / name) for name in names}
    content = {**_about(version), "package": __version__, "files": files}
    manifest = json.dumps(content, indent=1, sort_keys=True).encode() + b"\n"
    packed = ((name, (folder / name).read_bytes()) for name in names)
    write_atomically(path, _tar(chain([(MANIFEST, manifest)], packed)))
    return sha256(manifest).hexdigest()


def _about(version: JSON) -> dict[str, JSON]:
    """What a manifest says of a run of this version, beside its files."""
    return {"format": FORMAT, "canary": CANARY, "version": version}


def _tar(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    block = tarfile.BLOCKSIZE
    for name, data in files:
        member = tarfile.TarInfo(TOP + name)
        member.size = len(data)
        yield member.tobuf(tarfile.GNU_FORMAT, "utf-8", "strict")
        yield data
        yield bytes(-len(data) % block)
    yield bytes(2 * block)


@contextmanager
def opened(path: Path) -> Iterator[tuple[Path, list[str]]]:
    """The folder of an unpacked run, for as long as needed, and what is wrong with its files.

    Only files that a pack may hold are written there. Raises BadSettings if this is no pack.
    """
    with TemporaryDirectory(prefix="memorygym-") as place:
        folder = Path(place)
        path.stat()  # Raises FileNotFoundError.
        if path.is_dir():
            raise BadSettings(f"{path} is a folder: give a pack, or `score --check` the run")
        problems: list[str] = []
        try:
            problems += _unpack(path, folder)
        except DAMAGE as error:
            problems.append(f"{path.name} is cut short or damaged ({error})")
        run = folder / TOP
        if not (run / MANIFEST).exists():
            problems.append(f"it holds no {MANIFEST}")
            raise BadSettings(f"{path} is no pack of a run: {problems[0]}")
        yield run, problems or _manifest_problems(run)


def pack_digest(folder: Path) -> str:
    """The digest of an unpacked pack, as `write_pack` returned it."""
    return sha256((folder / MANIFEST).read_bytes()).hexdigest()


class _Archive(GzipFile):
    """An unpacked archive, of which nothing is read in one piece that could fill the memory."""

    def read(self, size: int | None = -1) -> bytes:
        """Raises ReadError for a piece larger than CHUNK, as of a hostile header."""
        if size is not None and size > CHUNK:
            raise tarfile.ReadError(f"a header of {size} bytes")
        return super().read(size)


def _unpack(path: Path, folder: Path) -> Iterator[str]:
    """Writes the files of a pack into the folder; yields the problem of every other member.

    The filter `data` of `tarfile` refuses paths outside the folder, links and devices.
    """
    number = total = 0
    with _Archive(path) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
        while member := archive.next():
            archive.members.clear()  # type: ignore[attr-defined]  # typeshed lacks it
            number, total = number + 1, total + member.size
            if number > MOST_FILES or total > LARGEST_PACK:
                yield f"more than {MOST_FILES} files or {LARGEST_PACK} bytes"
                return
            if problem := _strange(member, folder):
                yield problem
            else:
                archive.extract(member, folder, set_attrs=False, filter="data")
        stream.seek(archive.offset)
        rest = stream.read(tarfile.RECORDSIZE + 1)  # Tar programs fill the last record with zeros.
        if any(rest) or len(rest) > tarfile.RECORDSIZE:
            yield f"{path.name} is cut short or damaged: its end is not the end of an archive"


def _strange(member: tarfile.TarInfo, folder: Path) -> str:
    """Why a member does not belong in a pack; "" if it does."""
    name = member.name.removeprefix(TOP)
    if not member.isreg():
        return f"{member.name!r} is no plain file"
    known = name in (MANIFEST, *PARTS) or _TRACE.fullmatch(name)
    if not (member.name.startswith(TOP) and known):
        return f"{member.name!r} is no file of a run"
    if (folder / member.name).exists():
        return f"{member.name!r} is there twice"
    if name.startswith("traces/") and member.size > LARGEST_TRACE:
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
    problems = [
        f"{MANIFEST}: {name} is {manifest.get(name)!r}, not {value!r}"
        for name, value in _about(version).items()
        if manifest.get(name) != value
    ]
    held = files_of(folder)
    for name in sorted({*stated, *held, *REQUIRED}):
        # Any other name in a manifest may point to a file outside the folder.
        if name not in held:
            problems.append(f"{name}: missing")
        elif name not in stated:
            problems.append(f"{name}: not in {MANIFEST}")
        else:
            try:
                if digest(folder / name) != stated[name]:
                    problems.append(f"{name}: its content is not what {MANIFEST} says")
            except BadSettings as error:
                problems.append(f"{name}: {error}")
    return problems


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
    quoted = _TEXT.findall(line.decode(errors="replace")) if salt_hash else ()
    texts = (json.loads(f'"{text}"', strict=False) for text in quoted)
    hashes = (sha256(text.encode("utf-8", "replace")).hexdigest() for text in texts)
    return "the salt" if any(hashed == salt_hash for hashed in hashes) else ""
