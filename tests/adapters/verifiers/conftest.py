"""The package of the hub, as an import finds it."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def installed(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The package of the hub can be imported, and verifiers keeps its files here."""
    # pytest reads this file without the extra, too.
    from memorygym.adapters.verifiers.__main__ import write

    folder = tmp_path_factory.mktemp("hub") / "package"
    write(folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr("verifiers.v1.runtimes.subprocess.CACHE_DIR", folder / "cache")
    yield
    assert not [*folder.glob("cache/runtimes/subprocess/*")]  # Every run has cleaned up.
