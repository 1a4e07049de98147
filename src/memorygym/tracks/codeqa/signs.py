"""Signs that stand for the code and the values in escapes that notes hold, in any notation.

The fact reader then reads the text around them and takes each sign for one value.
"""

import html
import json
import re
from collections.abc import Iterator
from contextlib import suppress

from memorygym.tracks.codeqa.code_reader import is_literal
from memorygym.tracks.codeqa.keys import CODE_SIGNS, VALUE_SIGNS
from memorygym.tracks.codeqa.vocabulary import VOCABULARY

LINE = " | "
"""Stands for a line break in code that stands in one line."""
_START = r"(?:@\w|(?:async )?def \w|class \w+(?:\([\w.]*\))?:)"
_CODE = re.compile(
    r"(?:^[ \t]*#+ (?P<head>[^\n]*\bcode):?[ \t]*\n\s*(?=```))?"
    r"(?:^[ \t]*(?P<caption>[A-Za-z](?:[A-Za-z ()]*[A-Za-z)])?)(?=:?[ \t]*\n))?"
    r"(?:(?<![ \t]):?[ \t]*\n[ \t]*)?"
    rf"```\w*\n(?P<fenced>\s*{_START}[\s\S]*?)\n[ \t]*```"
    rf"|<pre>(?:<code>)?(?P<pre>{_START}[^<]*)(?:</code>)?</pre>"
    rf"|(?<=>)(?P<tagged>{_START}[^<]*)(?=<)"
    rf"|`(?P<line>{_START}[^`\n]* \| [^`\n]*)`"
    r'|"(?P<text>(?:[^"\\\n]|\\.)*)"'
    r'|^(?P<mark>[ \t>*-]*)(?P<pairs>\{(?:"\w+": ?-?\d+(?:, ?)?)+\})[ \t]*$'
    r"|(?:^|(?<=[:>][ \t])|(?<=\bis )|(?<=\bcode ))(?P<bare>(?:[ \t]*@\w.*\n)*[ \t]*"
    r"(?:(?:async )?def \w+\(.*|class \w+(?:\(.*\))?):[ \t]*"
    r"(?:\n(?![ \t]*(?:[\[#*-]|$)).+)+)",
    re.MULTILINE,
)
_LED = re.compile(rf"(?P<lead>(?:[^\n]*(?::\n|\bis ))?)(?P<code>\s*{_START}[\s\S]*)")
"""Code in a text, with the line before it that ends with a colon, or the words up to "is"."""
_TAG = re.compile(r"<code ([^<>]+)>([^<]*)</code>")
_BULLET = re.compile(r"[ \t]*[-*•] ")


class Signs:
    """The signs in a text."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._free = {True: iter(CODE_SIGNS), False: iter(VALUE_SIGNS)}
        self._read: set[str] = set()

    def put(self, text: str) -> str:
        """The text with signs."""
        return _CODE.sub(self._signed, _TAG.sub(r"<fact \1>\2</fact>", text))

    def text(self, value: str) -> str:
        """What a value stands for; itself if it is no sign."""
        sign = value.strip('"')
        self._read.add(sign)
        return self._texts.get(sign, value)

    def unread(self) -> Iterator[str]:
        """The code that no statement has as its value."""
        for sign, code in self._texts.items():
            if sign not in self._read and ord(sign) in CODE_SIGNS:
                yield code

    def _signed(self, match: re.Match[str]) -> str:
        """A match of `_CODE` with its sign; the match itself if it is no code and no value."""
        text = _content(match)
        code = _LED.fullmatch(text)
        sign = next(self._free[code is not None], None) if code or is_literal(text) else None
        if sign is None:
            return match[0]
        content = (code["code"] if code else text).strip()
        self._texts[chr(sign)] = "\n".join(line.strip() for line in content.split("\n"))
        return _placed(match, code["lead"].strip() if code else "", chr(sign))


def _content(match: re.Match[str]) -> str:
    """The code, or the value, in a match of `_CODE`; "" if there is none."""
    if match["line"]:
        return match["line"].replace(LINE, "\n")
    if "\\" in (match["text"] or ""):
        with suppress(ValueError):
            return str(json.loads(match[0]))
    if any(
        next(VOCABULARY.labels.find(key), None) for key in re.findall(r"\w+", match["pairs"] or "")
    ):
        return ""
    return (
        match["fenced"]
        or match["bare"]
        or match["pairs"]
        or html.unescape(match["tagged"] or match["pre"] or "")
    )


def _placed(match: re.Match[str], lead: str, sign: str) -> str:
    """A sign with what a match of `_CODE` has around the code."""
    if match["text"]:
        return json.dumps(f"{lead} {sign}".strip(), ensure_ascii=False)
    if match["head"]:
        return f"{match['head']}: {sign}"
    if match["caption"]:
        above = match.string.rfind("\n", 0, max(0, match.start() - 1)) + 1
        indent = " " * 8 if _BULLET.match(match.string, above) else ""
        return f"{indent}{match['caption']}: {sign}"
    return f": {sign}" if match[0][0] == ":" else f"{match['mark'] or ''}{sign}"
