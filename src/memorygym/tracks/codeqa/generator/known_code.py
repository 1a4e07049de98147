"""The definitions that the reader finds in the code of a package, in their order."""

from collections.abc import Mapping, Sequence

from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks.codeqa.code_reader import DEFINED
from memorygym.tracks.codeqa.code_view import paragraphs
from memorygym.tracks.codeqa.fact_reader import read


def statements_of(files: Mapping[str, str]) -> list[Statement]:
    """The statements that the reader finds in files."""
    return [
        statement
        for path, code in files.items()
        for paragraph in paragraphs(path, code)
        for statement in read(paragraph)
    ]


class KnownCode:
    """The definitions in the statements about a package."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = statements
        self.index = StatementIndex(statements)
        functions = [
            about.subject
            for about in statements
            if about.key == "source" and not about.subject.startswith("test_")
        ]
        constants = [
            about.subject
            for about in statements
            if about.key == "value" and about.subject.isupper() and about.text.isdigit()
        ]
        classes = [
            about.subject for about in statements if about.key == "base" and about.value != "object"
        ]
        self.names = {"function": functions, "constant": constants, "class": classes}
        """By type: functions and methods, constants that are numbers, classes with a base class."""
        self.modules = {
            about.subject: about.text.rpartition(".")[2]
            for about in statements
            if about.key == "file"
            and about.rank == DEFINED
            and (about.subject in constants or not about.subject.isupper())
        }
        """By name defined at the left margin, apart from tables: its module's own name."""
        self.callers: dict[str, list[str]] = {}
        """By called name: its callers."""
        for about in statements:
            if about.key.startswith("calls:"):
                self.callers.setdefault(about.key.removeprefix("calls:"), []).append(about.subject)
