"""The patterns of a text that only holds the place of another, in the languages for which we have them."""

import re

PLACEHOLDERS = (
    re.compile(r"\b(?:TBD|FIXME)\b|\bTODO\s*[:(\]]|\A\W*TODO\b"),  # not "todo", which is a word of Spanish
    re.compile(r"\blorem ipsum\b|\bdolor sit amet\b", re.IGNORECASE),
    re.compile(
        r"[\[{<]\s*(?:insert|your|add|the|enter|fill in|einfügen|hier|insertar|insérer|यहाँ)?\s*"
        r"(?:topic|subject|title|text|lesson|name|explanation|activity|question|answer|example|content|language|thema|"
        r"titel|aktivität|frage|tema|título|actividad|sujet|titre|activité|विषय|शीर्षक|गतिविधि)"
        r"(?:\s+(?:here|hier|aquí|ici|यहाँ|लिखें|einfügen|einsetzen))*\s*[\]}>]",
        re.IGNORECASE,
    ),
    re.compile(
        r"\binsert\s+(?:your\s+|the\s+|an?\s+)?\w+\s+here\b|\bhier (?:einfügen|einsetzen)\b|"
        r"\binsertar aquí\b|\binsérer ici\b|यहाँ (?:डालें|जोड़ें)",
        re.IGNORECASE,
    ),
    re.compile(r"\A\W*+(?:n/?a|none|null|undefined|nil|empty|string|text)?\W*+\Z", re.IGNORECASE),
    re.compile(r"\A\s*+(?:\.{3}|…)|^[ \t]*+(?:\.{3,}+|…)[ \t]*$", re.MULTILINE),
)
