"""The encyclopedia of the stub: a few articles, each with the words of its body that only a search sees."""

from collections.abc import Mapping
from dataclasses import dataclass

PICTURES = "https://upload.wikimedia.org/wikipedia/commons/thumb"
ANSWERED_AT = "2026-11-23T08:59:59Z"

TERMS: Mapping[str, Mapping[str, str]] = {
    "verb.svg": {
        "LicenseShortName": "CC BY 3.0",
        "LicenseUrl": "https://creativecommons.org/licenses/by/3.0",
        "Artist": '<a href="//commons.wikimedia.org/wiki/User:Asha" title="User:Asha">Asha &amp; Ravi</a>',
    },
    "leaf.jpg": {"LicenseShortName": "Public domain", "Artist": "<bdi>Ravi</bdi>"},
    "planet.jpg": {"LicenseShortName": "Public domain"},
}
"""Under what terms the pictures may be shown; of the planet's it is not told whose it is."""


@dataclass(frozen=True, slots=True)
class Page:
    """An article, or a disambiguation page. `body` is what follows the introduction."""

    id: int
    title: str
    extract: str
    body: str = ""
    language: str = "en"
    thumbnail: str | None = None
    disambiguation: bool = False
    url: str | None = None
    redirects: tuple[str, ...] = ()
    revision: int = 0
    old_revisions: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.revision:
            object.__setattr__(self, "revision", 1_200_000_000 + self.id)


PAGES: tuple[Page, ...] = (
    Page(
        32654,
        "Verb",
        "A verb is a word that tells what somebody does, what happens, or what is.\n"
        "In English, its basic form is the infinitive: to read, to become, to be.",
        "grammar tense mood language subject noun",
        thumbnail=f"{PICTURES}/verb.svg/320px-verb.svg.png",
    ),
    Page(
        20100,
        "English verbs",
        "The verbs of English have few forms: walk, walks, walked, walking. Irregular ones have more.",
        "verb grammar tense language",
    ),
    Page(
        20200,
        "Regular and irregular verbs",
        "A regular verb follows the usual pattern of its language; an irregular verb does not.",
        "english verbs grammar",
    ),
    Page(
        21600,
        "Value",
        "A noun is a word that names a person, a place, a thing or an idea. English nouns have a plural.",
        "grammar language verb",
    ),
    Page(
        24500,
        "Photosynthesis",
        "Photosynthesis is how plants, algae and some bacteria turn light into chemical energy.\n"
        "They take up carbon dioxide and water, and give off oxygen.",
        "biology science chlorophyll leaf",
        thumbnail=f"{PICTURES}/leaf.jpg/320px-leaf.jpg",
    ),
    Page(
        6600,
        "Chlorophyll",
        "Chlorophyll is the green pigment that takes in light for photosynthesis.",
        "biology science plant",
    ),
    Page(
        11900,
        "Fraction",
        "A fraction stands for a part of a whole, or for any number of equal parts.\n"
        "The numerator counts the parts; the denominator says how many make a whole.",
        "mathematics math arithmetic fractions",
    ),
    Page(
        19000,
        "Mercury",
        "Mercury most commonly refers to:\nMercury (planet)\nMercury (element)",
        "chemistry astronomy planet element",
        disambiguation=True,
    ),
    Page(
        19694,
        "Mercury (planet)",
        "Mercury is the smallest planet of the Solar System and the nearest to the Sun.",
        "astronomy space chemistry of its surface orbit",
        thumbnail=f"{PICTURES}/planet.jpg/320px-planet.jpg",
    ),
    Page(
        19695,
        "Mercury (element)",
        "Mercury is a chemical element with the symbol Hg. It is the only metal that is liquid at room temperature.",
        "chemistry metal thermometer astronomy symbol",
    ),
    Page(
        501,
        "क्रिया",
        "जिस शब्द से किसी काम का करना या होना समझा जाए, उसे क्रिया कहते हैं। जैसे: पढ़ना, खाना, जाना।",
        "हिन्दी व्याकरण भाषा",
        language="hi",
    ),
    Page(
        502,
        "संज्ञा",
        "किसी व्यक्ति, वस्तु, स्थान या भाव के नाम को संज्ञा कहते हैं।",
        "हिन्दी व्याकरण भाषा क्रिया",
        language="hi",
    ),
)
