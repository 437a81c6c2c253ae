"""Devanagari in Latin letters, after IAST, letter by letter."""

import unicodedata


def _table(signs: str, latin: str) -> dict[str, str]:
    return dict(zip(signs, latin.split(), strict=True))


CONSONANTS = _table(
    "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह",
    "k kh g gh ṅ c ch j jh ñ ṭ ṭh ḍ ḍh ṇ t th d dh n p ph b bh m y r l v ś ṣ s h",
)
VOWELS = _table("अआइईउऊऋॠएऐओऔ", "a ā i ī u ū ṛ ṝ e ai o au")
VOWEL_SIGNS = _table("ािीुूृॄेैोौ", "ā i ī u ū ṛ ṝ e ai o au")
MARKS = _table("\N{DEVANAGARI SIGN VISARGA}ंँॐ", "ḥ ṃ \N{COMBINING TILDE} oṃ")
VIRAMA = "्"
DANDAS = {"।": "|", "॥": "||"}
NOT_SOUNDED = frozenset(" ऽ'")


def letters(devanagari: str) -> str:
    """Write a text in IAST without blanks and apostrophes: Devanagari joins words where IAST need not."""
    written, open_consonant = "", False
    for sign in devanagari:
        if open_consonant and sign not in VOWEL_SIGNS and sign != VIRAMA:
            written += "a"
        open_consonant = sign in CONSONANTS
        if sign not in NOT_SOUNDED and sign != VIRAMA:
            written += {"\n": "\n", **CONSONANTS, **VOWELS, **VOWEL_SIGNS, **MARKS, **DANDAS}[sign]
    return unicodedata.normalize("NFC", written + "a" * open_consonant)


def without_blanks(iast: str) -> str:
    """Give the letters, dandas and line ends of a text in IAST, to be compared with `letters`."""
    return unicodedata.normalize("NFC", "".join(sign for sign in iast if sign not in NOT_SOUNDED))
