"""Questions about facts that were corrected or contradicted."""

from collections.abc import Container

from memorygym.tracks.worlds.dealing.board import Board, Draft
from memorygym.tracks.worlds.dealing.gold import Need
from memorygym.tracks.worlds.dealing.questions.single import ask_plain


def update(board: Board, but: Container[object] = ()) -> Draft | None:
    """The current value of a changed fact, asked like any other; `but` facts asked already."""
    changes = [c for c in board.changed() if (c.entity, c.code) not in but]
    if not changes:
        return None
    change = board.stream.choice(changes)
    attribute = board.guide.attribute(change.code)
    text = ask_plain(board, board.name(change.entity), attribute, trick=False)
    truth = attribute.show(change.new)
    needs = (Need(change.entity, change.code),)
    return Draft(text, truth, needs, (change.entity, change.code), attribute.choices)


def delta(board: Board) -> Draft | None:
    """By how much a number moved; never asked where the notice itself said it."""
    changes = [c for c in board.changed() if isinstance(c.new, int) and not c.relative]
    if not changes:
        return None
    change = board.stream.choice(changes)
    assert isinstance(change.new, int) and isinstance(change.old, int)
    a = board.guide.attribute(change.code)
    text = (
        f"The entry for {board.label(a)} at {board.name(change.entity)} was changed. By how"
        " much did it"
        " move, as an amount without a sign?"
    )
    needs = (Need(change.entity, change.code), Need(change.entity, change.code, old=True))
    truth = a.number(abs(change.new - change.old))
    return Draft(text, truth, needs, (change.entity, change.code))


def counterfactual(board: Board) -> Draft | None:
    """What the entry would be had it not been changed."""
    changes = [c for c in board.changed() if isinstance(c.new, int)]
    if not changes:
        return None
    change = board.stream.choice(changes)
    a = board.guide.attribute(change.code)
    text = (
        f"The entry for {board.label(a)} at {board.name(change.entity)} was changed. What would"
        " it be had"
        " it not been?"
    )
    needs = (Need(change.entity, change.code), Need(change.entity, change.code, old=True))
    return Draft(text, a.show(change.old), needs, (change.entity, change.code))
