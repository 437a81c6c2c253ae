"""Reads GIFT strictly, as Moodle documents it: whatever has no meaning there is an error."""

import re
from typing import NamedTuple

_ESCAPED = re.compile(r"\\([\\~=#{}:n])")
_QUESTION = re.compile(
    r"::(?P<name>(?:[^\\:]|\\.)*)::\[plain\](?P<text>(?:[^\\{}~=#:\n]|\\.)*)\{(?P<answers>(?:[^\\{}]|\\.)*)\}"
)
_ANSWER = re.compile(r"(?P<mark>[=~])(?:%(?P<weight>[0-9]{1,3})%)?(?P<text>(?:[^\\{}~=#:]|\\.)*)")
TRUTHS = {"TRUE": True, "FALSE": False}


class Read(NamedTuple):
    """A question as it is read: `answers` are right or wrong; of a true or false, its truth alone."""

    name: str
    text: str
    answers: list[tuple[bool, str]]
    feedback: str
    truth: bool | None = None


def read_gift(text: str) -> dict[str, list[Read]]:
    """Read the questions of each category."""
    found: dict[str, list[Read]] = {}
    category = ""
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line for line in block.split("\n") if not line.startswith("//")]
        if lines[0].startswith("$CATEGORY: "):
            [line] = lines
            category = line.removeprefix("$CATEGORY: ").replace("//", "/")
            found[category] = []
            continue
        [line] = lines
        question = _QUESTION.fullmatch(line)
        assert question, line
        found[category].append(_read(question))
    return found


def _read(question: re.Match[str]) -> Read:
    answers, mark, feedback = question["answers"].partition("####")
    assert not (mark and re.search(r"(?<!\\)[~=#{}]", feedback)), feedback
    name, text, told = (unescaped(part) for part in (question["name"], question["text"], feedback))
    if answers in TRUTHS:
        return Read(name, text, [], told, TRUTHS[answers])
    read, at = [], 0
    for found in _ANSWER.finditer(answers):
        assert not answers[at : found.start()].strip(), answers
        assert found["weight"] in {None, "100" if found["mark"] == "=" else "0"}
        read.append((found["mark"] == "=", unescaped(found["text"].strip())))
        at = found.end()
    assert not answers[at:].strip(), answers
    assert "->" not in answers or "~" in answers, "it would be taken for pairs"
    return Read(name, text, read, told)


def unescaped(text: str) -> str:
    """Take a text as it was meant."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)
