"""Data rows say all that is needed to play and learn; splits share no task."""

import json
from importlib import metadata

import pytest

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import TaskOptions, find
from memorygym.runs.tasks import Limits
from memorygym.training.libraries import require
from memorygym.training.tasks import SPLITS
from memorygym.training.token_rollouts import NAME, Completion, TokenRollouts, read_task
from memorygym.training.tokens import TokenRow
from tests.training.plays import TINY

pytestmark = pytest.mark.gym


@pytest.mark.parametrize("track", TINY)
def test_no_task_of_a_data_row_is_in_two_splits_or_in_the_public_set(track: str) -> None:
    public = find(track).tasks(TaskOptions(range(3), parameters=TINY[track]))
    ids = [recipe.generate().id for recipe in public[:3]]
    for split in SPLITS:
        for row in TokenRollouts(track, **TINY[track]).data(3, split):
            rollouts, task = read_task(json.loads(json.dumps(row))["extra_info"])
            env = rollouts.env()
            env.reset(options=task)
            ids.append(env._task.id)
    assert len(ids) == len({*ids}) == 12


def test_a_data_row_keeps_the_settings_of_its_rollouts() -> None:
    own = {"rows": "all", "most_tokens": 999, "most_reply": 9, "chat_options": {"x": False}}
    made = TokenRollouts("worlds", memory="bm25", **own, **TINY["worlds"])
    row = made.data(1, "test")[0]
    rollouts, task = read_task(row["extra_info"])
    assert (rollouts.rows, rollouts.most_tokens, rollouts.most_reply) == ("all", 999, 9)
    assert rollouts.env().settings.memory == "bm25" and task == made.tasks(1, "test")[0]
    assert read_task(row["extra_info"])[0] is rollouts and rollouts.env() is not rollouts.env()


def test_what_is_no_data_row_is_refused() -> None:
    for wrong in (None, {}, {NAME: "{"}, {NAME: "{}"}, {NAME: '{"settings": {}, "task": 3}'}, 7):
        with pytest.raises(BadSettings, match="no task of memorygym in the data row's extra_info"):
            read_task(wrong)
    row = TokenRollouts("worlds", **TINY["worlds"]).data(1)[0]["extra_info"]
    with pytest.raises(UnknownPart, match="no tracks named 'wrlds'; did you mean worlds"):
        read_task({NAME: row[NAME].replace('"worlds"', '"wrlds"')})
    rollouts, task = read_task({NAME: row[NAME].replace('"train"', '"trian"')})
    with pytest.raises(UnknownPart, match="no split named 'trian'; did you mean train"):
        rollouts.env().reset(options=task)


def test_bad_settings_are_refused() -> None:
    with pytest.raises(UnknownPart, match="no rows named 'contexts'; did you mean context"):
        TokenRollouts("worlds", rows="contexts")
    with pytest.raises(BadSettings, match="most_reply 0: give at least 1"):
        TokenRollouts("worlds", most_reply=0)
    with pytest.raises(UnknownPart, match="did you mean memory"):
        TokenRollouts("worlds", memry="bm25")
    with pytest.raises(UnknownPart, match="no split named 'dev'"):
        TokenRollouts("worlds").data(1, "dev")
    with pytest.raises(BadSettings, match="a data row holds names and numbers alone"):
        TokenRollouts("worlds", limits=Limits(turns=3), **TINY["worlds"]).data(1)


def test_a_prompt_that_is_too_long_goes_on_in_the_response() -> None:
    row = TokenRow((1, 2, 3, 4, 5), (False, False, True, False, True), (-1.0, -2.0))
    assert Completion.of(row) == Completion([1, 2], [3, 4, 5], [1, 0, 1], [-1.0, 0.0, -2.0])
    assert Completion.of(row, 9) == Completion.of(row)
    cut = Completion([1], [2, 3, 4, 5], [0, 1, 0, 1], [0.0, -1.0, 0.0, -2.0])
    assert Completion.of(row, 1) == cut
    assert Completion.of(TokenRow(row.ids, row.mask)).log_probabilities is None


def test_a_library_is_asked_for_by_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(BadSettings, match=r"x needs no-such-lib, .* \"agent-memorygym\[verl\]\""):
        require("x", "no-such-lib", "0.9.1", "verl")
    monkeypatch.setattr(metadata, "version", lambda _: "0.8.4")
    with pytest.raises(BadSettings, match=r"verl 0.8.4 is too old \(tested: 0.9.1\)"):
        require("x", "verl", "0.9.1")
    monkeypatch.setattr(metadata, "version", lambda _: "0.10.0.dev1")
    require("x", "verl", "0.9.1")
