"""JSON that a model wrote: how deep it may be nested, and what else it may hold."""

import pytest

from memorygym.core.json_values import MAX_DEPTH, json_value

LIST, OBJECT = ("[", "]"), ('{"a":', "}")


def nested(levels: int, brackets: tuple[str, str]) -> str:
    first, last = brackets
    return first * levels + "1" + last * levels


@pytest.mark.parametrize("brackets", [LIST, OBJECT])
def test_json_of_the_deepest_level_is_read_and_deeper_json_stays_text(
    brackets: tuple[str, str],
) -> None:
    deepest, deeper = (nested(levels, brackets) for levels in (MAX_DEPTH, MAX_DEPTH + 1))
    assert json_value(deepest) != deepest
    assert json_value(deeper) == deeper
