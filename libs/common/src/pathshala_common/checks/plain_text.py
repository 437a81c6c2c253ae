"""Text comes out as text: no HTML, no Markdown, nothing that a browser would run."""

import re
from collections.abc import Iterator

from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.checks.machine_phrases import TOPICS_OF_TAGS
from pathshala_common.checks.parts import asked, fields
from pathshala_common.contract.lesson import LessonRequest
from pathshala_common.text.dissection import dissected
from pathshala_common.text.patterns import AnyOf, Pattern

NAME = "plain_text"
ACTIVE = {
    "holds signs that cannot be seen": Pattern(
        "[\u200b\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
    ),
    "holds what a browser would run": Pattern(
        r"<(?:script|iframe|object|embed|meta|link|base|form)\b|<\w[^<>]*\son\w+\s*=|\b(?:javascript|vbscript)\s*:\s*\S|"
        r"\bdata:[a-z]+/[a-z0-9.+-]+[;,]",
        "<",
        "script",
        "data:",
        flags=re.IGNORECASE,
    ),
}
MARKUP = {
    "holds HTML": Pattern(
        r"</?(?:a|abbr|article|b|blockquote|body|br|button|center|code|dd|div|dl|dt|em|embed|font|form|frame|h[1-6]|"
        r"head|hr|html|i|iframe|img|input|li|link|math|meta|object|ol|p|pre|q|s|script|section|small|span|strong|style|"
        r"sub|sup|svg|table|tbody|td|textarea|th|thead|title|tr|tt|u|ul|video)(?:\s[^<>]*|/)?>|<!--|<!doctype",
        "<",
        flags=re.IGNORECASE,
    ),
    "holds HTML entities": Pattern(
        r"&(?:amp|apos|gt|hellip|laquo|ldquo|lt|mdash|nbsp|ndash|quot|raquo|rdquo|#\d{1,7}|#x[0-9a-f]{1,6});",
        "&",
        flags=re.IGNORECASE,
    ),
    "holds encoded text": Pattern(
        r"(?<![A-Za-z0-9+/])(?=[a-z0-9+/]*[A-Z])(?=[A-Z0-9+/]*[a-z])(?=[A-Za-z+/]*[0-9])[A-Za-z0-9+/]{24,}={0,2}",
        *"0123456789",
    ),
    "holds Markdown": Pattern(
        r"^[ \t]{0,3}#{1,6}[ \t]+\S|```|~~~|!?\[[^\]\n]{1,200}\]\([^)\s]{0,500}[:/.#][^)\s]{0,500}\)|"
        r"\*\*[^\s*][^*\n]{0,200}\*\*|"
        r"^[ \t]*+(?:\|[^|\n]++){2,}\|[ \t]*$|"
        r"(?<!\w)`[^`\n]+`|"
        r"(?<![\w*])\*[^\W\d_][^*\n]{0,80}[^\W\d_]\*(?![\w*])",
        *("#", "`", "~~~", "](", "*", "|"),
        flags=re.MULTILINE,
    ),
    # By itself, since a gap in a question has these signs too.
    "holds lines or bold words of Markdown": Pattern(
        r"(?<!\w)__[^\s_][^_\n]{0,200}__(?!\w)|^[ \t]*+[-*_]{3,}[ \t]*$",
        *("__", "---", "**", "-_", "_-", "-*", "*-", "_*", "*_"),
        flags=re.MULTILINE,
    ),
}
ANY_MARKUP = AnyOf((ACTIVE | MARKUP).values())
"""Looked for before each: hardly any field holds any."""


def plain_text(draft: Draft, assignment: Basis) -> Iterator[Fault]:
    """Find the fields that hold markup. Signs of mathematics, lists with dashes and addresses of pages are text."""
    for field, text in fields(draft).items():
        yield from (
            Fault(NAME, field, f"{reason}; it has to be plain text") for reason in markup(text, assignment.request)
        )


def markup(text: str, request: LessonRequest) -> Iterator[str]:
    """Say what a text holds that is no text. Lessons on markup may name some; what a browser would run stays out."""
    told = dissected(text)
    if not ANY_MARKUP.stands_in(told):
        return iter(())
    is_topic = TOPICS_OF_TAGS.intersection(asked(request).words)
    forbidden = ACTIVE if is_topic else ACTIVE | MARKUP
    return (reason for reason, kind in forbidden.items() if kind.stands_in(told))
