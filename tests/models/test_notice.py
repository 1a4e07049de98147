"""The notice of a wait names its reason, in whole lines and not too often."""

from concurrent.futures import ThreadPoolExecutor

from memorygym.models.openai import ThrottleNotice


def test_an_endpoint_has_one_line_per_interval_and_other_waits_are_counted() -> None:
    lines: list[str] = []
    now = iter([0.0, 1.0, 2.0, 3.0, 11.0, 30.0])
    notice = ThrottleNotice(lines.append, interval=10, clock=lambda: next(now))
    for endpoint in ("a", "b", "a", "a", "a", "a"):
        notice(endpoint, f"{endpoint} is busy")
    more = "a is busy [and 2 more waits since the last line]"
    assert lines == ["a is busy", "b is busy", more, "a is busy"]


def test_waits_of_many_threads_are_one_line() -> None:
    lines: list[str] = []
    notice = ThrottleNotice(lines.append, clock=lambda: 0.0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: notice("a", "busy"), range(100)))
    assert lines == ["busy"]
