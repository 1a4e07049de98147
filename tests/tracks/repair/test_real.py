"""Source distributions, built here, that become packages or are refused."""

import io
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from memorygym.core.errors import BadSettings
from memorygym.tracks.repair.judge import judge
from memorygym.tracks.repair.package import Package
from memorygym.tracks.repair.real import checked_package, fetch, real_package

CODE = "def double(n):\n    return 2 * n\n"
TEST = "from shop import double\n\n\ndef test_double():\n    assert double(2) == 4\n"
SHOP = {"shop/__init__.py": CODE, "tests/test_shop.py": TEST, "setup.py": "1 / 0\n"}
BACKEND = """
from pathlib import Path

def prepare_metadata_for_build_wheel(folder, settings=None):
    info = Path(folder, "shop-1.0.dist-info")
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: shop\\nVersion: 1.0\\n")
    return info.name
"""
BUILD = {
    "backend.py": BACKEND,
    "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\n'
    'backend-path = ["."]\n',
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMORYGYM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))


def archive(folder: Path, files: Mapping[str, str | bytes], top: str = "shop-1.0/") -> Path:
    path = folder / "shop-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, text in files.items():
            content = text if isinstance(text, bytes) else text.encode()
            member = tarfile.TarInfo(top + name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def made(folder: Path, files: Mapping[str, str | bytes]) -> Package:
    return checked_package("shop==1.0", archive(folder, files))


def suite(*bodies: str) -> str:
    return "\n".join(f"def test_{n}():\n    {body}\n" for n, body in enumerate(bodies))


@pytest.mark.parametrize(
    ("layout", "sources", "test_files"),
    [
        (SHOP, {"shop/__init__.py"}, {"tests/test_shop.py"}),
        ({"src/shop.py": CODE, "test/test_a.py": TEST}, {"shop.py"}, {"test/test_a.py"}),
        ({"shop.py": CODE, "test_shop.py": TEST, "setup.py": ""}, {"shop.py"}, {"test_shop.py"}),
        (
            {"src/shop/__init__.py": CODE, "src/shop/tests/test_a.py": TEST, "docs/conf.py": ""},
            {"shop/__init__.py"},
            {"shop/tests/test_a.py"},
        ),
        (
            {**SHOP, "shop/words.txt": "é", "shop/a.bin": b"\xff", "examples/__init__.py": ""},
            {"shop/__init__.py", "shop/words.txt"},
            {"tests/test_shop.py"},
        ),
    ],
)
def test_a_layout_gives_these_sources_and_tests(
    tmp_path: Path, layout: dict[str, str], sources: set[str], test_files: set[str]
) -> None:
    package = made(tmp_path, layout)

    assert (package.files.keys(), package.tests.keys()) == (sources, test_files)
    assert judge(package).ok


def test_a_few_tests_that_fail_are_left_out(tmp_path: Path) -> None:
    bodies = ["pass"] * 9 + ["assert 1 == 2"]

    report = judge(made(tmp_path, {**SHOP, "tests/test_b.py": suite(*bodies)}))

    assert report.ok
    assert len(report.passed) == 10


def test_a_method_that_fails_is_left_out_and_its_namesake_is_not(tmp_path: Path) -> None:
    method = "    def test_1(self):\n        assert {} == 1\n\n"
    classes = [f"class Test{n}:\n{method.format(int(n != 3))}" for n in range(5)]

    report = judge(made(tmp_path, {**SHOP, "tests/test_c.py": "\n".join(classes)}))

    assert report.ok
    assert [test.partition("::")[2] for test in report.passed if "test_c" in test] == [
        f"Test{n}::test_1" for n in (0, 1, 2, 4)
    ]


FLAKE = "assert __import__('random').random() < 0.5"
CONNECT = "__import__('socket').getaddrinfo('nowhere.invalid', 80)"


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"README": ""}, "no package at its top or in src"),
        ({"shop.py": CODE}, "its source distribution has no tests; choose another package"),
        ({"shop.py": CODE, "tests/data.py": ""}, "do not run (no test ran)"),
        ({"shop.py": CODE, "tests/test_a.py": suite("assert 1 == 2")}, "1 of 1 tests fail, such"),
        ({"shop.py": CODE, "tests/test_a.py": "import numpie\n" + TEST}, "need the module numpie,"),
        ({"shop.py": CODE, "tests/test_a.py": suite(CONNECT)}, "its tests need the network"),
        ({"shop.py": CODE, "tests/test_a.py": suite(*[FLAKE] * 20)}, "do not give the same result"),
        (
            {"shop/__init__.py": "import shop.fast", "shop/fast.c": "", "tests/test_a.py": TEST},
            "its tests fail without its compiled parts, such as shop/fast.c",
        ),
        ({"../shop.py": CODE}, "its archive has the unsafe path shop-1.0/../shop.py"),
        ({"zeros.txt": bytes(2**26 + 1)}, "more than 10,000 files or 64 MiB"),
    ],
)
def test_a_distribution_is_refused_with_the_reason(
    tmp_path: Path, files: dict[str, str], reason: str
) -> None:
    with pytest.raises(BadSettings, match=r"^package shop==1\.0: ") as refusal:
        made(tmp_path, files)

    assert reason in str(refusal.value)


@pytest.mark.slow
def test_tests_that_hang_are_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="its tests hang or take too long"):
        made(tmp_path, {"shop.py": CODE, "tests/test_a.py": suite("while True: pass")})


def test_a_damaged_archive_is_a_refusal(tmp_path: Path) -> None:
    path = archive(tmp_path, SHOP)
    path.write_bytes(path.read_bytes()[:-40])

    with pytest.raises(BadSettings, match=r"shop-1\.0\.tar\.gz cannot be unpacked"):
        checked_package("shop==1.0", path)


def test_links_of_an_archive_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text(CODE)
    with tarfile.open(tmp_path / "linked.tar", "w") as tar:
        for name, kind in (("shop.py", tarfile.SYMTYPE), ("shop_too.py", tarfile.LNKTYPE)):
            link = tarfile.TarInfo(f"shop-1.0/{name}")
            link.type, link.linkname = kind, str(tmp_path / "secret.py")
            tar.addfile(link)

    with pytest.raises(BadSettings, match="no package at its top"):
        checked_package("shop==1.0", tmp_path / "linked.tar")


def test_what_pip_fetches_is_kept_for_later(tmp_path: Path) -> None:
    pytest.importorskip("pip")
    archive(tmp_path, {**SHOP, **BUILD})

    package = fetch("shop==1.0")

    assert real_package("Shop==1.0") == package
    assert judge(package, {"shop/__init__.py": CODE.replace("2", "3")}).failed
    assert "shop" not in sys.modules


def test_an_unknown_package_is_refused_in_the_words_of_pip() -> None:
    pytest.importorskip("pip")
    with pytest.raises(BadSettings, match="pip says: ERROR: Could not find a version that"):
        fetch("no-such-package==1.0")


@pytest.mark.parametrize("spec", ["shop", "shop==", "shop>=1", "-r==1", "a==../b", "a/b==1", ""])
def test_a_package_is_named_with_its_version(spec: str) -> None:
    with pytest.raises(BadSettings, match="give a name and a version"):
        fetch(spec)


WRONG_FILES = '{"name": "shop==1.0", "files": {"a.py": 1}, "tests": {}}'
UNPARSED = WRONG_FILES.replace("1}", '"def ("}')


def test_a_package_that_was_not_fetched_says_how() -> None:
    with pytest.raises(BadSettings, match=r"not fetched.*--track repair --package shop==1\.0"):
        real_package("shop==1.0")


@pytest.mark.parametrize("text", ['{"name": ', '{"files": []}', WRONG_FILES, UNPARSED])
def test_a_damaged_file_of_the_cache_says_how_to_fetch_it_again(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cache" / "packages" / "shop==1.0.json"
    path.parent.mkdir(parents=True)
    path.write_text(text)

    with pytest.raises(BadSettings, match=r"is damaged .*--package shop==1\.0"):
        real_package("shop==1.0")
