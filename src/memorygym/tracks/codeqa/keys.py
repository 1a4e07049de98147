"""The keys of code and of observed topics: what texts call them, and the form of their values."""

from memorygym.scoring.fact_reader.key import Key

CODE_SIGNS, VALUE_SIGNS = (range(0x30000, 0x30800), range(0x30800, 0x31000))
"""Characters that stand for code and for values in escapes, so that they are not read as words."""
_CODE_SIGN, _VALUE_SIGN = (f"[{chr(s.start)}-{chr(s.stop - 1)}]" for s in (CODE_SIGNS, VALUE_SIGNS))
_NUMBER = r"(?<![\w.])(?<!release )(?<!version )(?<!before )(?<!since )-?\d+(?:\.\d+)?(?!\w|\.\d)"
_OTHER = r", |superseded|by an import|yes\b"
_PART = r"\n\ue000\ue001"
_ATOM = (
    rf"(?:{_NUMBER}|\"(?!{_OTHER})[^\"{_PART}]*\"|'(?!{_OTHER})[^'{_PART}]*'"
    r"|\bTrue\b|\bFalse\b|\bNone\b)"
)
LITERAL = (
    r"`([^`\n\ue000\ue001]+)`|[\"'](\{[\"'\d][^{}\n]*\})[\"']|\{(?:[\"'\d][^{}\n]*)?\}|\[(?:[\"'\d][^\[\]\n]*)?\]"
    rf"|\((?:{_ATOM}, ?)+(?:{_ATOM})?\)|{_ATOM}|{_VALUE_SIGN}"
)
"""The value of a constant or a default, as code writes it."""
_MODULE = (
    r"(?<![\w./])(?:[a-z_]\w*[./])+[a-z_ǀ]\w*(?:\.py)?(?![\w/]|\.\w)|\b\w+\.py\b|`([a-z_]\w*)`"
)
_WORD_ALONE = (
    r"(?:^|[:=|→—(,;\t\ue000\ue001]|\.\s|\s-|\b(?:is|are|was|as|to|has|gives|reads|put)\s)[\"'`\s*]*"
    r"(?!(?:the|a|an|for|now|is|was|recorded|given|put|set|noted|as)\b)([a-z]+)(?!\w)[\"'`*.]*"
    r"(?=\s*(?:$|[|,;)([<→—\t\ue001]|is\b|as\b))"
)
IMPORT = "by an import"

KEYS = (
    Key("file", "word", ("module", "defined in", "file", "lives in", "located in", "path",
                         "found in", "declared in"),
        pattern=_MODULE, is_shared=True),
    Key("value", "word", ("value",), pattern=LITERAL),
    Key("source", "word", ("code", "source code"), pattern=_CODE_SIGN, is_free=True),
    Key("default:{}", "word", (
        "preset for {}", "default of the parameter {}", "default of parameter {}",
        "default value of {}", "default value for {}", "default of {}", "default for {}",
        "default {}",
    ), pattern=LITERAL, subject="function"),
    Key("argument:{}", "word", ("marking {}", "decorator argument {}", "argument {}"),
        pattern=LITERAL, subject="function"),
    Key("calls:{}", "enum", ("use of the function {}",), choices=("yes",)),
    Key("reads:{}", "enum", ("use of the setting {}",), choices=("yes",)),
    Key("uses", "entity",
        verbs=("calls", "reads", "uses", "calls the function", "reads the constant",
               "uses the constant", "subtracts", "depends on"),
        inverse_verbs=("is called by", "called by", "is read by", "read by", "is used by",
                       "used by", "called from", "used in", "read in", "invoked by"),
        subject="function"),
    Key("base", "entity", ("parent class", "base class", "superclass", "parent", "base"),
        ("inherits from", "derives from", "subclass of", "is a subclass of", "extends", "inherits",
         "subclasses", "inherit from", "derive from", "extend", "derived from"),
        subject="class", value="class"),
    Key("raises", "entity",
        ("exception thrown", "exception raised", "exception", "ending", "traceback"),
        ("raises", "throws", "may raise", "ended with", "ended in", "ends with", "ends in"),
        ("raised by", "thrown by"),
        value="class"),
    Key("setting", "entity", ("trigger",),
        ("fails only while", "fails only when", "fails only if", "only fails when",
         "only fails while", "fails if", "fails when"), ("makes",),
        subject="topic", value="constant"),
    Key("culprit", "entity", ("culprit", "function at fault", "fault"),
        ("goes astray in", "sits in"), subject="topic", value="function"),
    Key("rows", "number", ("row cap", "rows a page", "rows per page", "rows")),
    Key("breaks", "number", ("breakage", "entries", *(
        f"{verb} {word}" for verb in ("goes wrong", "breaks", "fails")
        for word in ("beyond", "above", "after", "past")
    ))),
    Key("items", "number", ("item cap", "items a call", "items per call", "items")),
    Key("memory", "number", ("memory cap", "memory limit", "may hold", "MB")),
    Key("plan", "word", ("plan", "follows the", "goes by the"), pattern=_WORD_ALONE),
)  # fmt: skip
PHRASES = {
    key.code.removesuffix("{}"): key.labels[0].removesuffix(" {}") for key in KEYS if key.labels
}
PHRASES["exception"] = "ending"
"""By key, without its parameter: its words in canonical sentences."""
_FUNCTION, _TOPIC_KEYS = ("function",), "rows breaks setting exception culprit items plan memory"
SUBJECTS = {
    "file": ("function", "class", "constant"),
    "value": ("constant", "function"),
    "source": ("function", "class"),
    "base": ("class",),
    **dict.fromkeys("default argument calls reads raises".split(), _FUNCTION),
    **dict.fromkeys(_TOPIC_KEYS.split(), ("topic",)),
}
"""By key: the types of what has it. A member of a class has the type of a function."""
VALUE_TYPES = {key.code.removesuffix(":{}"): key.value or key.kind for key in KEYS}
VALUE_TYPES |= {"exception": "class", "calls": "function", "reads": "constant"}
"""By key: `number`, `word`, or the type of the name that it leads to."""
