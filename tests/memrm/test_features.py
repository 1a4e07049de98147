"""Losses: exactly 0 of what is kept, about 1 of what is gone, whatever the layout."""

import json
from collections.abc import Sequence
from dataclasses import replace
from time import process_time

import numpy as np
import pytest

from memorygym.core.rng import named_rng
from memorygym.core.types import Call, Message
from memorygym.memrm.features import EVENT, LOSSES, Segments, event_features, segments_of
from memorygym.memrm.pair import ContextPair, Full, Matrix
from memorygym.memrm.probes import FEATURES, NeedReader

pytestmark = pytest.mark.rm

FACTS = (
    "Anna Berger lives in Zurich.", "Her budget is 1,200 francs.",
    "The deadline is 20 May 2024 at 15:00.", "Never call her before 9:30.",
    "The server port is 8080.", "Only Ben may merge src/io/reader.py.",
)  # fmt: skip
ROWS = (("Anna", "30", "Zurich"), ("Ben", "25", "Bern"), ("Carla", "41", "Basel"))
TABLE = "| Name | Age | City |\n|---|---|---|\n" + "\n".join(f"| {' | '.join(r)} |" for r in ROWS)
RECORDS = [dict(zip(("name", "age", "city"), row, strict=True)) for row in ROWS]
PROSE = " ".join(f"Name {name}, age {age}, city {city}." for name, age, city in ROWS)
CSV = "\n".join(",".join(row) for row in (("name", "age", "city"), *ROWS))
CODE = (
    "Fix `load_rows(path: str)` in src/io/reader.py:\n```python\ndef load_rows(path):\n"
    "    with open(path) as f:\n        return [Row(*line.split(',')) for line in f]\n```"
)


def chat(*texts: str) -> list[Message]:
    return [Message("assistant" if n % 2 else "user", text) for n, text in enumerate(texts)]


CONTEXTS = {
    "chat": chat(*FACTS),
    "one text": chat(" ".join(FACTS)),
    "code": chat(CODE, "Done; tests/test_reader.py::test_commas passes."),
    "table": chat(TABLE),
    "json": chat(json.dumps(RECORDS), json.dumps({"users": RECORDS, "ok": True}, indent=2)),
    "calls": [
        *chat("Write it to a file."),
        Message("assistant", "", (Call("write", {"path": "a/b.py", "text": "x = 1\ny = 2"}, "7"),)),
        Message("tool", "24 bytes written", call_id="7"),
    ],
    "German": chat("Die Sitzung findet am 3. März um 14:30 Uhr im Raum B12 statt. Nie ohne Pass!"),
    "Chinese": chat("我叫王小明,住在北京。会议在2024年5月20日下午3点开始。", "好的,我记住了。"),
    "Hindi": chat("मेरा नाम अमित है और मैं दिल्ली में रहता हूँ।"),
    "Thai": chat("ฉันชื่อสมชายและฉันอาศัยอยู่ในกรุงเทพ ราคา 500 บาท"),
    "one line often": chat(*["The build of the parser is done."] * 120),
    "common words": chat(*[f"Step {n % 7} of the parser build is done." for n in range(400)]),
    "rare words again": chat(*[f"alpha{n} port of the build server" for n in range(60)], "alpha3"),
}  # fmt: skip


def compare(full: Sequence[Message], compacted: Sequence[Message]) -> Segments:
    return segments_of(ContextPair.of(Full(full), compacted))


def texts(full: str, compacted: str) -> Segments:
    return compare(chat(full), chat(compacted))


def loss(segments: Segments, name: str) -> Matrix:
    return np.asarray(segments.losses[:, LOSSES.index(name)], np.float64)


@pytest.mark.parametrize("name", CONTEXTS)
def test_a_context_against_itself_loses_nothing_at_all(name: str) -> None:
    segments = compare(CONTEXTS[name], CONTEXTS[name])
    assert len(segments.losses) and not segments.losses.any()
    assert not segments.stale.any() and segments.added == 0

    event = dict(zip(EVENT, event_features(segments, np.ones(len(segments.need))), strict=True))
    assert not any(value for name, value in event.items() if name != "segments")


@pytest.mark.parametrize("name", CONTEXTS)
@pytest.mark.parametrize("left", [(), ("",), ("Elephants like swimming.",)])
def test_a_context_that_is_wiped_out_loses_everything(name: str, left: tuple[str, ...]) -> None:
    segments = compare(CONTEXTS[name], chat(*left))
    for column in ("gone", "loose", "apart"):
        assert (loss(segments, column) >= 0.9).all()
    assert (loss(segments, "values_gone") == loss(segments, "values_loose")).all()


LAYOUTS = {
    "bullets": "\n".join(f"- {fact}" for fact in FACTS),
    "numbers": "\n".join(f"{n}. {fact}" for n, fact in enumerate(FACTS, 1)),
    "heading": "## Facts\n\n" + "\n".join(f"* **{fact}**" for fact in FACTS),
    "json": json.dumps({"facts": FACTS}, indent=2),
    "other order": " ".join(FACTS[::-1]),
    "capitals": " ".join(FACTS).upper(),
    "small letters": " ".join(FACTS).lower(),
    "blanks": "  \n\n ".join(fact.replace(" ", "   ") for fact in FACTS),
    "numbers written otherwise": " ".join(FACTS)
    .replace("1,200", "1.2k").replace("20 May 2024 at 15:00", "2024-05-20 at 3 pm")
    .replace("9:30", "09:30"),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("merged", [False, True])
def test_facts_laid_out_otherwise_lose_nothing(layout: str, *, merged: bool) -> None:
    full = chat(" ".join(FACTS)) if merged else CONTEXTS["chat"]
    assert compare(full, chat(LAYOUTS[layout])).losses.max() < 0.01


def test_a_list_whose_numbers_are_dropped_loses_nothing() -> None:
    assert not texts(LAYOUTS["numbers"], LAYOUTS["bullets"]).losses.any()
    assert not texts(LAYOUTS["heading"], LAYOUTS["bullets"]).losses[1:].any()


def test_messages_inside_json_lose_nothing() -> None:
    for name in ("code", "table", "German", "Hindi"):
        rows = [{"role": m.role, "content": m.content} for m in CONTEXTS[name]]
        for text in (json.dumps(rows), json.dumps(rows, indent=1, ensure_ascii=False)):
            losses = compare(CONTEXTS[name], chat(text)).losses
            assert np.delete(losses, LOSSES.index("apart"), axis=1).max() < 0.01


def test_records_keep_their_values_and_relations_in_every_layout() -> None:
    layouts = (TABLE, PROSE, CSV, json.dumps(RECORDS), json.dumps(RECORDS, indent=1))
    for one in layouts:
        for other in layouts:
            segments = texts(one, other)
            assert max(loss(segments, name).max() for name in LOSSES if name != "apart") < 0.01


def test_a_value_in_another_row_is_gone_from_its_own() -> None:
    table = "\n".join(f"| P{n} | {20 + n} | C{n} |" for n in range(12))
    rotated = "\n".join(f"| P{n} | {20 + (n + 6) % 12} | C{n} |" for n in range(12))
    head = "| Name | Age | City |\n"
    segments = texts(head + table, head + rotated)
    assert not loss(segments, "gone").any() and (loss(segments, "apart")[1:] > 0.2).all()


@pytest.mark.parametrize("name", CONTEXTS)
def test_removing_a_line_lowers_no_loss_of_what_it_said(name: str) -> None:
    rng = named_rng("removed lines", name)
    full = CONTEXTS[name]
    for start in (full, chat(" ".join(FACTS[:3]), *FACTS)):
        compacted = list(start)
        while compacted:
            at = rng.below(len(compacted))
            removed = compacted.pop(at)
            before, after = compare(full, [*compacted[:at], removed, *compacted[at:]]), compare(
                full, compacted
            )  # fmt: skip
            own = [
                index for index, segment in enumerate(Full(full).context.segments)
                if segment.text in removed.content
            ]  # fmt: skip
            assert (after.losses[own] >= before.losses[own]).all()
            del compacted[8:]


def test_another_number_is_a_loss_and_a_contradiction_of_its_segment_alone() -> None:
    full = " ".join(FACTS)
    for index, (old, new) in enumerate([("1,200", "1,300"), ("8080", "9090"), ("15:00", "16:00")]):
        changed = texts(full, full.replace(old, new))
        own = (1, 4, 2)[index]
        assert loss(changed, "values_loose")[own] > 0
        assert not np.delete(changed.losses, own, axis=0).any()
    assert loss(texts(full, full.replace("8080", "9090")), "contradicted")[4] > 0.5


def test_an_old_value_that_is_kept_while_the_new_one_is_lost_is_stale() -> None:
    old, new = "The server port is 8080.", "Update: the server port is 9090 now."
    full = chat(old, "Noted.", new)

    stale = compare(full, chat(old)).stale
    assert stale[0] > 0.9 and not stale[1:].any()
    assert not compare(full, chat(new)).stale.any()
    assert not compare(full, chat()).stale.any()


def test_features_do_not_depend_on_what_was_described_before() -> None:
    full = Full(CONTEXTS["chat"])
    first = segments_of(ContextPair.of(full, chat(LAYOUTS["json"])))
    for name, context in CONTEXTS.items():
        segments_of(ContextPair.of(full, context, [f"Where Is {name.upper()} of ANNA?"]))
    again = segments_of(ContextPair.of(full, chat(LAYOUTS["json"])))

    for one, other in zip(_arrays(first), _arrays(again), strict=True):
        assert (one == other).all()


def test_a_need_tells_nothing_about_another_need() -> None:
    need, other = "Who may merge the reader?", "What of Francs, the Server and the Port of Zurich?"
    compacted = chat("The server port is 8080; Anna pays in francs.")

    def features(*needs: str) -> list[float]:
        reader = NeedReader(ContextPair.of(Full(CONTEXTS["one text"]), compacted, needs))
        return next(reader.features(text) for text in needs if text == need)

    alone = features(need)
    assert len(alone) == len(FEATURES)
    assert features(other, need) == pytest.approx(alone, abs=1e-9)
    assert features(need, other) == pytest.approx(alone, abs=1e-9)


def test_ids_of_calls_and_results_are_not_read() -> None:
    full = CONTEXTS["calls"]
    other = [
        replace(message, call_id="99", calls=tuple(replace(c, id="99") for c in message.calls))
        for message in full
    ]
    one, two = compare(full, full[:2]), compare(other, other[:2])
    assert all((a == b).all() for a, b in zip(_arrays(one), _arrays(two), strict=True))


@pytest.mark.parametrize(
    "odd",
    [[], [""], [" \n\t "], ["!!! ???"], ["\x00\x07\x1b"], ["\ud800 lone"], ["x" * 100_000],
     ["yes it is"], ["9" * 10_000 + "k"], ["", FACTS[0], ""]],
)  # fmt: skip
def test_odd_contexts_have_features_too(odd: list[str]) -> None:
    for full, compacted in ((odd, FACTS), (FACTS, odd), (odd, odd)):
        pair = ContextPair.of(Full(chat(*full)), chat(*compacted), ["Where does Anna live?", ""])
        segments = segments_of(pair)
        event = event_features(segments, np.full(len(segments.need), 0.5))
        reader = NeedReader(pair)
        needs = [reader.features("Where does Anna live?"), reader.features("")]
        assert np.isfinite([*event]).all() and np.isfinite(needs).all()
        assert ((segments.losses >= 0) & (segments.losses <= 1)).all()


@pytest.mark.slow
def test_time_is_linear_in_messages_and_length() -> None:
    def seconds(size: int) -> float:
        rng = named_rng("linear", 0)
        lines = [f"m{n} port{rng.below(size)} of host{rng.below(99)} is up" for n in range(size)]
        start = process_time()
        compare(chat(*lines), chat(*lines[::2]))
        return process_time() - start

    small = min(seconds(1000) for _ in range(3))
    assert seconds(10_000) < 10 * small * 3


def _arrays(segments: Segments) -> list[Matrix]:
    return [segments.need, segments.losses, segments.stale, np.array([segments.added])]
