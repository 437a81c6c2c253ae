"""The weights of a verse's syllables, and the metre that they make.

A pattern is written in G (guru, heavy) and L (laghu, light); the last syllable of a quarter counts as either. The rules
are those of Kedara Bhatta's Vrittaratnakara, and for the epic trishtubh those of Macdonell's Sanskrit Grammar,
appendix II.
"""

import re

SHORT_VOWELS = frozenset("aiuṛ")
VOWELS = SHORT_VOWELS | frozenset("āīūṝeo") | {"ai", "au"}
SOUND = re.compile(r"ai|au|[kgcjṭḍtdpb]h|[^\W\d_]")

FOUR_QUARTERS = {
    "indravajra": "GGLGGLLGLG.",
    "upendravajra": "LGLGGLLGLG.",
    "upajati": ".GLGGLLGLG.",
    "vamshastha": "LGLGGLLGLGL.",
    "drutavilambita": "LLLGLLGLLGL.",
    "vasantatilaka": "GGLGLLLGLLGLG.",
    "malini": "LLLLLLGGGLGGLG.",
    "shikharini": "LGGGGGLLLLLGGLLL.",
    "mandakranta": "GGGGLLLLLGGLGGLG.",
    "shardulavikridita": "GGGLLGLGLLLGGGLGGL.",
    "sragdhara": "GGGGLGGLLLLLLGGLGGLG.",
    "trishtubh": ".{7}GLG(.|L.)",  # of the epics: eleven syllables, or the twelve of a jagati among them
}

EITHER_GANA = "(GG|GLL|LLG|LLLL|LGL)"
ODD_GANA = "(GG|GLL|LLG|LLLL)"
FIVE_GANAS = ODD_GANA + EITHER_GANA + ODD_GANA + EITHER_GANA + ODD_GANA
LONG_ARYA_HALF = f"{FIVE_GANAS}(LGL|LLLL){ODD_GANA}."
SHORT_ARYA_HALF = f"{FIVE_GANAS}L{ODD_GANA}."
SHLOKA_HALF = r"(?!.LL)....(LGG|LLL|GLL|GGG|GLG).(?!.LL)....LGL."  # pathya, or a na, bha, ma or ra vipula; the close

TWO_HALVES = {
    "anushtubh": (SHLOKA_HALF, SHLOKA_HALF),
    "arya": (LONG_ARYA_HALF, SHORT_ARYA_HALF),
    "giti": (LONG_ARYA_HALF, LONG_ARYA_HALF),
    "udgiti": (SHORT_ARYA_HALF, LONG_ARYA_HALF),
}


def metre(iast: str) -> str | None:
    """Name the metre of a verse of two or four lines, the strictest that it keeps; None if it keeps none of ours."""
    halves = [weights(half) for half in _halves(iast.splitlines())]
    quarters = [half[part] for half in halves for part in _middle(half)]
    for name, (first, second) in TWO_HALVES.items():
        if len(halves) == 2 and re.fullmatch(first, halves[0]) and re.fullmatch(second, halves[1]):
            return name
    kept = (name for name, quarter in FOUR_QUARTERS.items() if all(re.fullmatch(quarter, one) for one in quarters))
    return next(kept, None) if quarters else None


def weights(iast: str) -> str:
    """Weigh each syllable: heavy if its vowel is long, or stands before two consonants, anusvara or visarga."""
    sounds = SOUND.findall(iast)
    return "".join(_weight(sound, sounds[at + 1 : at + 3]) for at, sound in enumerate(sounds) if sound in VOWELS)


def _weight(vowel: str, after: list[str]) -> str:
    closed = after[:1] in (["ṃ"], ["ḥ"]) or (len(after) == 2 and VOWELS.isdisjoint(after))
    return "L" if vowel in SHORT_VOWELS and not closed else "G"


def _halves(lines: list[str]) -> list[str]:
    at = {2: 1, 4: 2}.get(len(lines))
    return [" ".join(lines[:at]), " ".join(lines[at:])] if at else []


def _middle(half: str) -> tuple[slice, slice]:
    return slice(len(half) // 2), slice(len(half) // 2, None)
