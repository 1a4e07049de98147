"""Assembles instances: the dealt parts under the field names of the CodeQA schema.

Each is drawn again until its proof accepts it.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.tokens import abbreviate, count
from memorygym.core.trace import CANARY
from memorygym.core.types import JSON
from memorygym.datasets.instances.schemas import instance_id
from memorygym.tracks.codeqa.code_view import Page, text_of
from memorygym.tracks.codeqa.fact_reader import read, render
from memorygym.tracks.codeqa.generator.folder import generate_folder
from memorygym.tracks.codeqa.generator.question_selection import Chosen, NoQuestion
from memorygym.tracks.codeqa.generator.session import BY_KEY
from memorygym.tracks.codeqa.generator.settings import SCHEMA, SYNTH, VERSION, CodeQASettings
from memorygym.tracks.codeqa.generator.synthetic import GeneratedPackage, generate

ATTEMPTS = 20
_CATEGORIES = {
    "default": "api_behavior", "argument": "constraint", "value": "constraint",
    "raises": "error_detail", "base": "design_decision", "file": "design_decision",
    "source": "api_behavior", "calls": "debug_finding", "reads": "repro_condition",
}  # fmt: skip
"""Of facts that the code tells."""
_PRESETS = ((10_000, "small"), (50_000, "medium"), (100_000, "large"), (500_000, "xl"))
_JOINING = ("sum", "callers", "composition")
"""Kinds of questions that join several facts, none of which leads to another."""
Need = tuple[str, str, str]
"""Subject, key and value."""
_DIFFICULTIES = ("easy", "easy", "medium", "hard", "hard")
"""By hops."""
SYSTEM = (
    "You work on a Python package. Its files and what a debugging session observes are"
    " shown to you a few at a time, and each is gone when the next ones come. Afterwards you are"
    " asked about them. Where an observation contradicts an earlier one, the later one holds; what"
    " the change log tells of earlier releases is superseded. Before you answer, you may recall:"
    " say what you are looking for, and your memory is asked for it. Answer with one value, name or"
    " list, as asked."
)


@dataclass(frozen=True, slots=True)
class CodeQARecipe:
    """How one instance is made."""

    settings: CodeQASettings
    seed: int
    """The number of the instance."""
    stream: int = 0
    """The seed of the run."""

    @property
    def template(self) -> str:
        """The stratum: where the code comes from, and how long it is."""
        name = self.settings.source.rstrip("/").rpartition("/")[2]
        return f"{name}-{abbreviate(self.settings.tokens)}"

    def parameters(self) -> dict[str, JSON]:
        return self.settings.to_json()

    def instance(self) -> dict[str, Any]:
        """The instance with its verification. Raises BadSettings if none is accepted."""
        from memorygym.tracks.codeqa.verifier import verification

        failed = Counter[str]()
        for attempt in range(ATTEMPTS):
            try:
                make = generate if self.settings.source == SYNTH else generate_folder
                generated = make((self.stream, self.seed), attempt, self.settings)
            except NoQuestion as error:
                failed[str(error)] += 1
                continue
            made = instance_of(generated, self.settings, self.seed, attempt)
            verdict = verification(made)
            if verdict["accepted"]:
                return made | {"verification": verdict}
            for name, check in verdict["checks"].items():
                failed[name] += not check["ok"]
        told = ", ".join(f"{name} {times}×" for name, times in failed.items() if times)
        raise BadSettings(f"instance {self.seed} failed {ATTEMPTS} times: {told}")


def recipes(args: argparse.Namespace) -> list[CodeQARecipe]:
    """Instance i is of length i, cyclically. Raises BadSettings with what can be reached."""
    told = args.hops or ("1,2,3,4" if args.source == "synth" else "1,2,3")
    try:
        hops = tuple(int(part) for part in told.split(","))
    except ValueError as error:
        raise BadSettings(f"hops {told!r} are no numbers; write them as 1,2,3") from error
    every = [
        CodeQASettings(
            tokens, args.questions, hops, args.form, args.near_miss, args.stale, args.source,
            args.crowd,
        )
        for tokens in args.tokens
    ]  # fmt: skip
    return [CodeQARecipe(every[n % len(every)], n, args.seed) for n in range(args.n)]


def instance_of(
    generated: GeneratedPackage, settings: CodeQASettings, seed: int, attempt: int
) -> dict[str, Any]:
    """The instance without its verification; its id is the hash of all the rest."""
    number = len(generated.pages) + len(generated.chosen)
    texts = {
        f"{n:05}_{page.kind}.txt": text_of(page, n, number)
        for n, page in enumerate(generated.pages, 1)
    }
    facts = _facts(generated, texts)
    made: dict[str, Any] = {
        "base_instance": generated.name,
        "task_prompt": "Keep what matters of the package and of the session: questions follow"
        " after the last file.",
        "memory_files": texts,
        "repo_context": f"The package has {len(generated.files)} files.",
        "repo_files": dict(generated.files),
        "image_name": "",
        "referenced_files": sorted({fact["evidence"] for fact in facts.values()}),
        "qa_pairs": [_pair(n, one, facts) for n, one in enumerate(generated.chosen, 1)],
        "grounding_facts": list(facts.values()),
        "distractors": _distractors(generated),
        "patch": "",
        "num_critical_facts": len(facts),
        "num_external_facts": sum(not fact["discoverable"] for fact in facts.values()),
        "difficulty_preset": next(
            (name for tokens, name in _PRESETS if settings.tokens <= tokens), "extreme"
        ),
        "target_tokens": settings.tokens,
        "fact_test_results": {},
        "turns": [
            {
                "turn_index": n,
                "kind": page.kind,
                "files": list(dict.fromkeys(one.path for one in page.paragraphs if one.path)),
            }
            for n, page in enumerate(generated.pages, 1)
        ],
        "eviction_policy": {"mode": "full_eviction", "window_size": 1},
        "context_tokens": _spent(generated.pages, list(texts.values())),
        "canary": CANARY,
        "generator_version": VERSION,
        "schema": SCHEMA,
        "settings": settings.to_json() | {"seed": seed, "attempt": attempt},
        "system": SYSTEM,
    }
    made["total_tokens"] = made["context_tokens"]["total"]
    return {"instance_id": instance_id(made), **made}


def _facts(generated: GeneratedPackage, texts: Mapping[str, str]) -> dict[Need, dict[str, Any]]:
    """The needed facts, each as it is told first and where."""
    needs = dict.fromkeys(
        (n.subject, n.key, n.value) for one in generated.chosen for n in one.needs
    )
    found: dict[Need, dict[str, Any]] = {}
    parts = [
        (turn, name, part)
        for turn, (name, text) in enumerate(texts.items(), 1)
        for part in text.split("\n\n")
    ]
    known = cache(read)
    for number, (subject, key, value) in enumerate(needs, 1):
        # A topic may begin a sentence.
        word = subject[1:] if " " in subject else subject.rpartition(".")[2]
        told = [
            (one, turn, name)
            for turn, name, part in parts
            if word in part
            for one in known(part)
            if one.subject == subject and one.key == key
        ]
        statement, turn, name = next(each for each in told if each[0].value == value)
        aspect = BY_KEY.get(key)
        found[subject, key, value] = {
            "id": f"f{number}",
            "content": render(statement),
            "topic": subject,
            "category": aspect.category if aspect else _CATEGORIES[key.partition(":")[0]],
            "discoverable": aspect is None,
            "relevance": "critical",
            "hunks_enabled": [],
            "evidence": name,
            "subject": subject,
            "key": key,
            "value": value,
            "first_available_at_turn": turn,
            "rewrites": len({one.value for one, _, _ in told} - {value}),
        }
    return found


def _pair(number: int, one: Chosen, facts: Mapping[Need, dict[str, Any]]) -> dict[str, Any]:
    linked = [facts[need.subject, need.key, need.value] for need in one.needs]
    draft = one.draft
    return {
        "qa_id": f"q{number}",
        "question": draft.text,
        "gold_answer": draft.truth,
        "linked_fact_ids": [fact["id"] for fact in linked],
        "category": linked[-1]["category"],
        "requires_memory": True,
        "difficulty": _DIFFICULTIES[one.hops],
        "num_linked_facts": len(linked),
        "signal_tokens": sum(count(fact["content"]) for fact in linked),
        "requires_synthesis": draft.kind in _JOINING,
        "kind": draft.kind,
        "question_type": draft.question_type,
        "aliases": [],
        "rivals": list(draft.rivals),
        "hops": one.hops,
    }


def _distractors(generated: GeneratedPackage) -> list[JSON]:
    return [
        {
            "id": f"d{number}",
            "content": render(one.statement),
            "source": one.source,
            "target_qa_id": f"q{one.question + 1}",
        }
        for number, one in enumerate(generated.near, 1)
    ]


def _spent(pages: Sequence[Page], texts: Sequence[str]) -> dict[str, int]:
    """Tokens by what is shown."""
    observed = sum(one.cost for page in pages for one in page.paragraphs if not one.path)
    total = sum(map(count, texts))
    return {"files": total - observed, "observations": observed, "total": total}
