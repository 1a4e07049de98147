"""A price table is read whole or not at all."""

import json
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.errors import BadSettings
from memorygym.scoring.usage import Price, read_prices


def test_a_table_gives_the_price_of_each_model(tmp_path: Path) -> None:
    path = tmp_path / "prices.json"
    rows = {
        "a": {"prompt": 2.5, "completion": 10, "cached": 1},
        "b": {"prompt": 0, "completion": 0},
    }
    path.write_text(json.dumps(rows))
    assert read_prices(path) == {"a": Price(2.5, 10, 1), "b": Price(0, 0)}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("{", "is no price table: not JSON"),
        ([], "give an object of models, not []"),
        ({"a": 3}, "'a': give an object with prompt and completion, not 3"),
        ({"a": {"prompt": 1}}, "'a': no price for completion"),
        ({"a": {"prompt": "1", "completion": 1}}, "prompt is '1'; give US dollars"),
        ({"a": {"prompt": -1, "completion": 1}}, "prompt is -1;"),
        ({"a": {"prompt": True, "completion": 1}}, "prompt is True;"),
        ('{"a": {"prompt": NaN, "completion": 1}}', "prompt is nan;"),
        ({"a": {"prompt": 1, "completion": 1, "cache": 1}}, "'cache'; did you mean cached?"),
    ],
)
def test_the_message_for_a_bad_table_names_the_place(
    tmp_path: Path, table: Any, message: str
) -> None:
    path = tmp_path / "prices.json"
    path.write_text(table if isinstance(table, str) else json.dumps(table))
    with pytest.raises(BadSettings) as caught:
        read_prices(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)


def test_a_missing_table_is_reported(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="No such file"):
        read_prices(tmp_path / "prices.json")
