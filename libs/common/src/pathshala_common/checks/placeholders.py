"""The patterns of a text that only holds the place of another, in the languages for which we have them."""

import re

from pathshala_common.text.patterns import AnyOf, Pattern

PLACEHOLDERS = AnyOf(
    (
        Pattern(r"\b(?:TBD|FIXME)\b|\bTODO\s*[:(\]]|\A\W*TODO\b", "tbd", "fixme", "todo"),  # "todo" is Spanish
        Pattern(r"\blorem ipsum\b|\bdolor sit amet\b", "lorem ipsum", "dolor sit amet", flags=re.IGNORECASE),
        Pattern(
            # A text may name one: "a placeholder such as [name]", "the tag <title>".
            r"(?<!such as )(?<!the tag )(?<!tags )"
            r"[\[{<]\s*(?:insert|your|add|the|enter|fill in|einfügen|hier|insertar|insérer|यहाँ)?\s*"
            r"(?:topic|subject|title|text|lesson|name|explanation|activity|question|answer|example|content|language|thema|"
            r"titel|aktivität|frage|tema|título|actividad|sujet|titre|activité|विषय|शीर्षक|गतिविधि)"
            r"(?:\s+(?:here|hier|aquí|ici|यहाँ|लिखें|einfügen|einsetzen))*\s*[\]}>]",
            "[",
            "{",
            "<",
            flags=re.IGNORECASE,
        ),
        Pattern(
            r"\binsert\s+(?:your\s+|the\s+|an?\s+)?\w+\s+here\b|\bhier (?:einfügen|einsetzen)\b|"
            r"\binsertar aquí\b|\binsérer ici\b|यहाँ (?:डालें|जोड़ें)",
            "insert",
            "hier ein",
            "insérer ici",
            "यहाँ ",
            flags=re.IGNORECASE,
        ),
        Pattern(r"\A\W*+(?:n/?a|none|null|undefined|nil|empty|string|text)?\W*+\Z", flags=re.IGNORECASE),
        Pattern(r"\A\s*+(?:\.{3}|…)|^[ \t]*+(?:\.{3,}+|…)[ \t]*$", "...", "…", flags=re.MULTILINE),
    )
)
