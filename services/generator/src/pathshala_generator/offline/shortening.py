"""Tells a long sentence in short ones: its parts that stand for themselves, word for word but for the joints. Pure."""

import re
from collections.abc import Iterator

PART_WORDS_MIN = 3
CLAUSE_WORDS_MAX = 9
"""So far from its beginning a clause has its verb."""

_VERB = r"(?:is|are|was|were|has|have|had|can|may|must|will|does|do)\b"
_JOINTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"; (?=\w)"), ". "),
    (re.compile(r", and (?=(?:it|they|this|these|he|she|there|nobody|in this)\b)"), ". "),
    (re.compile(r", and (?=therefore\b)"), ". "),
    (
        re.compile(
            rf", and (?=(?:the|a|an|its|each|most|another|one)\b(?: [\w'\u2019-]+){{1,{CLAUSE_WORDS_MAX}}} {_VERB})"
        ),
        ". ",
    ),
    (re.compile(rf", while (?=(?:[\w'\u2019-]+ ){{1,4}}(?:{_VERB}|\w+))"), ". "),
    (re.compile(r", but (?=(?:it|they|this|these|he|she|there|the|a|an|its|in)\b)"), ". But "),
    (re.compile(r", which is (?=(?:called|also called) [^,]+\.$)"), ". This is "),
    (re.compile(r", which are (?=(?:called|also called) [^,]+\.$)"), ". These are "),
    (re.compile(r", और (?=(?:वह|वे|उसे|इसे|उसका|इस|यह|ये|उनके|बाद)\s)"), "। "),
    (re.compile(r", जिसे (?=[^,]+ (?:कहते|कहा))"), "। इसे "),
    (re.compile(r", जिन्हें (?=[^,]+ (?:कहते|कहा))"), "। इन्हें "),
    (re.compile(r", पर (?=\S+ )"), "। पर "),
    (re.compile(r", इसलिए "), "। इसलिए "),
)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|\([^()]*\)")
# Of clauses in a row, or behind a colon, the last is not told apart from the others.
_LISTS = re.compile(rf": |^(?!When|If|As|In)[^,]+, (?:an?|one|the)\b[^,]* {_VERB}")
_TELLS = re.compile(rf"\b(?:{_VERB}|\w+(?:s|ed)\b)|(?:है|हैं|था|थे|थी|हो|जाए|जाएँ)(?=[\s।]|$)")


def in_short(sentence: str) -> str:
    """Tell it in as many sentences as it has parts that stand for themselves; as it is, where it has but one."""
    return "".join(_parts(sentence))


def _parts(sentence: str) -> Iterator[str]:
    begun, joint = 0, ""
    for start, end, following in sorted(_cuts(sentence)):
        if (
            start >= begun
            and _stands(sentence[begun:start])
            and _stands(sentence[end:])
            and not _LISTS.search(sentence[begun:start])
        ):
            yield _begun(joint, sentence[begun:start])
            begun, joint = end, following
    yield _begun(joint, sentence[begun:])


def _cuts(sentence: str) -> Iterator[tuple[int, int, str]]:
    quoted = [found.span() for found in _QUOTED.finditer(sentence)]
    for pattern, joint in _JOINTS:
        for found in pattern.finditer(sentence):
            if not any(start < found.start() < end for start, end in quoted):
                yield found.start(), found.end(), joint


def _stands(part: str) -> bool:
    """Whether a part has the words and the verb that a sentence has."""
    return len(part.split()) >= PART_WORDS_MIN and bool(_TELLS.search(part))


def _begun(joint: str, part: str) -> str:
    """A part behind the joint to the one before; English begins a sentence with a capital."""
    return f"{joint}{part[:1].upper()}{part[1:]}" if joint.endswith((". ", "। ")) else f"{joint}{part}"
