"""Output is written whole beside its place, through links, and into what is no regular file."""

import errno
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

import pytest

from memorygym.core.files import write_atomically

SCRIPT = "import sys; from pathlib import Path; from memorygym.core.files import write_atomically;"
LINES = [b"one\n", b"two\n"]
TEXT = b"".join(LINES)


def shell(command: str) -> bytes:
    """What a shell prints; $WRITE FILE writes one line into a file."""
    write = [sys.executable, "-c", f"{SCRIPT} write_atomically(Path(sys.argv[1]), [b'new\\n'])"]
    return subprocess.run(
        ["bash", "-c", command, "bash", *write], check=True, stdout=subprocess.PIPE, timeout=60
    ).stdout


def names(folder: Path) -> Sequence[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_link_stays_and_the_file_behind_it_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    old = tmp_path / "runs" / "old.json"
    old.write_bytes(b"old")
    (tmp_path / "link").symlink_to("second")
    (tmp_path / "second").symlink_to(Path("runs/old.json"))
    before = old.stat().st_ino
    write_atomically(tmp_path / "link", LINES)
    assert (tmp_path / "link").is_symlink() and (tmp_path / "second").is_symlink()
    assert old.read_bytes() == TEXT and old.stat().st_ino != before
    assert names(tmp_path / "runs") == ["old.json"]


def test_the_part_stands_beside_the_file_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "link").symlink_to("runs/new.json")
    seen: list[Sequence[str]] = []
    write_atomically(
        tmp_path / "link", (seen.append(names(tmp_path / "runs")) or line for line in LINES)
    )
    assert seen[0] == [f"new.json.{os.getpid()}.part"]


def test_a_link_to_nothing_makes_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "new.json")
    write_atomically(tmp_path / "link", LINES)
    assert (tmp_path / "link").is_symlink() and (tmp_path / "new.json").read_bytes() == TEXT


def test_links_in_a_circle_are_named(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError) as error:
        write_atomically(tmp_path / "a", LINES)
    assert (error.value.errno, error.value.filename) == (errno.ELOOP, str(tmp_path / "a"))


def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    pipe, chunks = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = Thread(target=lambda: chunks.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write_atomically(pipe, LINES)
    reader.join(60)
    assert chunks == [TEXT] and pipe.is_fifo() and names(tmp_path) == ["pipe"]


def test_a_full_device_is_named_and_stays_a_device(tmp_path: Path) -> None:
    # Through a link of ours: a fault here must not replace the machine's own device.
    (tmp_path / "full").symlink_to("/dev/full")
    with pytest.raises(OSError) as error:
        write_atomically(tmp_path / "full", LINES)
    assert (error.value.errno, error.value.filename) == (errno.ENOSPC, str(tmp_path / "full"))
    assert (tmp_path / "full").is_char_device() and names(tmp_path) == ["full"]


@pytest.mark.parametrize("name", ["link", "/dev/fd/1", "/proc/self/fd/1"])
def test_an_open_descriptor_is_written_into(name: str, tmp_path: Path) -> None:
    # Through a link of ours: a fault here must not replace the machine's own.
    (tmp_path / "link").symlink_to("/dev/stdout")
    assert shell(f'cd {tmp_path}; "$@" {name} | cat') == b"new\n"
    shell(f'cd {tmp_path}; echo old > log; "$@" {name} >> log; echo last >> log')
    assert (tmp_path / "log").read_bytes() == b"old\nnew\nlast\n"


def test_what_a_shell_reads_as_a_file_is_written_into(tmp_path: Path) -> None:
    assert shell(f'"$@" >(cat > {tmp_path}/new); wait $!') == b""
    assert (tmp_path / "new").read_bytes() == b"new\n"


def test_a_descriptor_that_is_not_open_is_named() -> None:
    with pytest.raises(OSError) as error:
        write_atomically(Path("/dev/fd/987"), LINES)
    assert (error.value.errno, error.value.filename) == (errno.EBADF, "/dev/fd/987")
