"""The instance as JSON, in the field names of MemGym's schema."""

from collections import Counter
from collections.abc import Sequence

from memorygym.core.tokens import count
from memorygym.core.trace import CANARY
from memorygym.core.types import JSON
from memorygym.datasets.instances.schemas import instance_id
from memorygym.tracks.research.generator.graph import Lookup
from memorygym.tracks.research.generator.programs import FORMS, kind_of
from memorygym.tracks.research.generator.prose import Document
from memorygym.tracks.research.generator.relations import RELATIONS, TERM
from memorygym.tracks.research.generator.search_turns import Distractor, Plan, SearchTurn, Support
from memorygym.tracks.research.generator.task_texts import SEARCHING, SYSTEM
from memorygym.tracks.research.question_grammar import Total

SCHEMA = "memorygym-research-1"
VERSION = "research-v1"


def record(plan: Plan, shown: int, attempt: int) -> dict[str, JSON]:
    """The whole instance but its verification; `shown` are its tokens."""
    settings, lookups = plan.settings, plan.chain.lookups
    ids: list[JSON] = [f"f{hop}" for hop in range(1, len(lookups) + 1)]
    terms = [id for id, one in zip(ids, lookups, strict=True) if one.claim.relation == TERM]
    policy: JSON = {"mode": settings.eviction, "window_size": settings.shown, "allow_notes": True}
    told = [one for one in plan.distractors if one.hop]
    kinds, contradictions = dict.fromkeys(one.source for one in told), _contradictions(plan)
    made: dict[str, JSON] = {
        "schema": SCHEMA,
        "generator_version": VERSION,
        "canary": CANARY,
        "base_instance": f"{settings.template}/{settings.seed}/{settings.number}/{attempt}",
        "source_dataset": "memorygym-fiction",
        "system": SYSTEM if settings.mode == "scripted" else SEARCHING,
        "question": plan.question,
        "original_question": plan.question,
        "start_entities": list(plan.chain.starts),
        "answer_form": FORMS[kind_of(plan.program)],
        "answer": plan.chain.answer,
        "aliases": _aliases(plan),
        "num_hops": len(lookups),
        "decomposition": _decomposition(plan),
        "turns": [_turn(at, turn) for at, turn in enumerate(plan.turns)],
        "grounding_facts": [_fact(plan, one) for one in plan.supports if one.hop],
        "distractors": _distractors(plan, told),
        "memory_files": {**plan.files},
        "gold_supporting_paragraphs": [one.document.title for one in plan.supports if one.hop],
        "contradictions": contradictions,
        "transforms_applied": [*kinds, "filler", settings.order],
        "difficulty_preset": f"{len(lookups)}-hop {settings.shape}",
        "parameters": settings.parameters(),
        "reveal_mode": settings.reveal,
        "eviction_policy": policy,
        "memory_required_facts": ids,
        "context_tokens": _context(plan, shown),
        "total_tokens": shown,
        "target_tokens": settings.tokens,
        "rubric": {
            "expected_answer": plan.chain.answer,
            "retention_facts": ids,
            "noise_contradictions": contradictions,
            "temporal_facts": terms,
            "per_hop_answers": [one.found for one in lookups],
            "bridge_dependencies": _dependencies(lookups),
            "per_turn_retention": _retention(plan),
        },
    }
    return {"instance_id": instance_id(made), **made}


def _turn(at: int, turn: SearchTurn) -> dict[str, JSON]:
    return {
        "turn_index": at,
        "sub_query": turn.sub_query,
        "sub_answer": turn.sub_answer,
        "documents": [
            {"title": one.title, "text": one.text, "is_supporting": one.needed}
            for one in turn.documents
        ],
        "is_red_herring": turn.red_herring,
    }


def _aliases(plan: Plan) -> list[JSON]:
    """The answer as documents write it, where that differs."""
    answer = plan.chain.answer
    grouped = f"{int(answer):,}" if kind_of(plan.program) == "count" else answer
    return [grouped] if grouped != answer else []


def _decomposition(plan: Plan) -> list[JSON]:
    return [
        {
            "sub_question": f"What is {plan.turns[plan.serving[hop]].sub_query}?",
            "sub_answer": lookup.found,
            "operation": lookup.operation,
            "fact_ids": [f"f{hop}"],
        }
        for hop, lookup in enumerate(plan.chain.lookups, 1)
    ]


def _fact(plan: Plan, support: Support) -> dict[str, JSON]:
    hop, lookup, document, serving = support.hop, support.lookup, support.document, plan.serving
    return {
        "fact_id": f"f{hop}",
        "content": document.first,
        "fact_type": _fact_type(plan, support),
        "source_paragraph_title": document.title,
        "needed_at_hop": hop,
        "first_available_at_hop": list(serving).index(hop) + 1,
        "first_available_at_turn": serving[hop],
        "retention_span": len(plan.turns) - serving[hop],
        "is_discoverable": True,
        "intermediate_answer": lookup.found,
        "subject": lookup.claim.subject,
        "key": lookup.claim.key,
        "value": lookup.claim.value,
        "rank": _rank(document),
        "rewrites": sum(one.hop == hop and bool(one.value) for one in plan.distractors),
    }


def _rank(document: Document) -> list[JSON]:
    """What decides when documents contradict each other: authority, then the day as yyyymmdd."""
    month, day = divmod(document.day, 28)
    return [document.authority, month // 12 * 10_000 + (month % 12 + 1) * 100 + day + 1]


def _fact_type(plan: Plan, support: Support) -> str:
    lookup = support.lookup
    if lookup.claim.relation == TERM:
        return "temporal"
    ends = isinstance(plan.program, Total) or lookup.operation == "compare"
    if ends and RELATIONS[lookup.claim.relation].numeric:
        return "numerical"
    return "terminal" if support.hop == len(plan.chain.lookups) else "bridge"


def _distractors(plan: Plan, told: Sequence[Distractor]) -> list[JSON]:
    turns = _places(plan)
    return [
        {
            "id": f"d{at}",
            "content": one.document.text,
            "source": one.source,
            "target_turn": turns[id(one.document)],
            "interferes_with": f"f{one.hop}",
        }
        for at, one in enumerate(told, 1)
    ]


def _contradictions(plan: Plan) -> list[JSON]:
    return [
        {
            "fact_id": f"f{one.hop}",
            "value": one.value,
            "source_paragraph_title": one.document.title,
            "decided_by": _decided(one.document, plan.supports[one.hop - 1].document),
        }
        for one in plan.distractors
        if one.value
    ]


def _decided(one: Document, other: Document) -> str:
    return "recency" if one.authority == other.authority else "authority"


def _places(plan: Plan) -> dict[int, int]:
    """By the id of a document in memory, the turn that finds it."""
    return {id(one): at for at, turn in enumerate(plan.turns) for one in turn.documents}


def _context(plan: Plan, shown: int) -> dict[str, JSON]:
    """The tokens that are shown, by what they are there for."""
    turns, tokens = _places(plan), Counter[str]()
    kinds = [("supporting", one.document) for one in plan.supports if one.hop]
    for kind, document in [*kinds, *((one.source, one.document) for one in plan.distractors)]:
        views = min(plan.settings.shown, len(plan.turns) - turns[id(document)])
        tokens[kind] += views * count(document.text)
    tokens["filler"] = shown - sum(tokens.values())
    return {**tokens, "total": shown}


def _dependencies(lookups: Sequence[Lookup]) -> list[JSON]:
    """Which fact must be known before a fact can be looked for."""
    finders = {lookup.found: f"f{at}" for at, lookup in enumerate(lookups, 1)}
    return [
        {"fact_id": f"f{at}", "after": finders.get(lookup.asked)}
        for at, lookup in enumerate(lookups, 1)
    ]


def _retention(plan: Plan) -> list[JSON]:
    """By turn: the facts in view, those gone from view, and those told for the first time."""
    first = {f"f{hop}": at for hop, at in plan.serving.items()}
    window = plan.settings.shown
    return [
        {
            "turn": turn,
            "available": [id for id, at in first.items() if at <= turn < at + window],
            "evicted": [id for id, at in first.items() if at + window <= turn],
            "critical": [id for id, at in first.items() if at == turn],
        }
        for turn in range(len(plan.turns))
    ]
