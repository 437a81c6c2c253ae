"""What the stand-in for a model writes: those fields of a lesson that it is asked for, about what it is asked about.

Its lessons pass the checks, in English and Hindi, for the level that is asked for if none is named.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

ASKED = re.compile(r'"(subject|topic|language)": ("(?:[^"\\]|\\.)*")')
BLOCK = re.compile(r"^<(\w+)>\n(.*)\n</\1>$", re.MULTILINE)
WISHED = re.compile(r"^- (\w+): ", re.MULTILINE)
FORM = "Answer with one JSON object"
SENTENCE = re.compile(r"(?<=[.!?।])\s+")
WORD = re.compile(r"[^\W\d_][\w\u0900-\u097f-]*")
WORDS_MAX = 6
HINDI = "hi"
TELLING, MISTAKE = 3, 4
"""The places, from 1, of two statements that every lesson has."""

BEGINNINGS: Mapping[str, str] = {
    "How {topic} works": (
        "Look around you for a minute, and you will meet {topic} before you have counted to sixty. Asha tried it at "
        "the bus stop and found four cases before the bus came."
    ),
    "Finding {topic} close at hand": (
        "A tailor once asked her helper where {topic} can be seen. The helper pointed to the work on the table, and "
        "both of them laughed, because it had been lying there all morning."
    ),
    "Taking {topic} apart": (
        "Think of the last thing that you took to pieces, a pen or an old clock. With {topic} one can do the same: "
        "each piece has a name, and each piece has a task."
    ),
    "What {topic} is good for": (
        "On a rainy morning Imran had nothing to do but to watch the road. He noticed {topic} first in one place, then "
        "in three, and in the end he wrote a list."
    ),
    "A question about {topic}": (
        "Mary keeps a notebook of small puzzles, and its first page is about {topic}. She has answered it twice, and "
        "both answers were wrong in a useful way."
    ),
    "Why people speak of {topic}": (
        "Two neighbours quarrelled over a word, and the word was {topic}. Neither of them had looked closely, so a "
        "child from the next house had to show them an example."
    ),
}
"""Openings by their titles."""


def lesson(asked: str, number: int) -> Mapping[str, Any]:
    """Answer a message that asks for a lesson or for some of its fields. `number` makes one unlike the other."""
    data = {tag: json.loads(shown) for tag, shown in BLOCK.findall(asked)}
    request, article = data["request"], data.get("article")
    topic, subject = _words(request["topic"]), _words(request["subject"])
    hindi = request["language"].startswith(HINDI)
    told = _in_hindi(topic, subject) if hindi else _in_english(topic, subject)
    title, opening = _beginning(topic, subject, number, {one["title"] for one in data.get("earlier_lessons", ())})
    if not hindi:
        told["title"], told["explanation"] = title, [_statements(opening), *told["explanation"]]
    if article:
        told["explanation"][-1].extend(_quoting(article, hindi=hindi))
    told["verse"] = 1 + number % len(data.get("verses") or [None])
    told["questions"] = _questions(topic, subject, hindi=hindi)
    told["question"] = told["questions"][-1]["text"]  # the last release asks for one
    if "wish" in data:
        told |= _anew(topic, subject)
    return {name: told[name] for name in WISHED.findall(asked[asked.rindex(FORM) :])}


def _anew(topic: str, subject: str) -> Mapping[str, Any]:
    """What it writes otherwise when a part is wished for."""
    return {
        "activity": (
            f"1. Tell a partner about one case of {topic} in {subject} that you saw today.\n"
            f"2. The partner names the part that shows {topic}."
        ),
        "minutes": 20,
        "materials": [],
        "objectives": [f"Name the most telling part of {topic} in two cases."],
        "questions": [
            _question(
                "open",
                f"How would you tell by a single part that a case in {subject} is one of {topic}?",
                "What holds each time belongs to it.",
                TELLING,
            )
        ],
    }


def _beginning(topic: str, subject: str, number: int, earlier: set[str]) -> tuple[str, str]:
    """A title that no earlier lesson has, with its opening."""
    named = f"{topic} in {subject}"
    filled = [(title.format(topic=named), opening.format(topic=topic)) for title, opening in BEGINNINGS.items()]
    turned = filled[number % len(filled) :] + filled[: number % len(filled)]
    return next((one for one in turned if one[0] not in earlier), turned[0])


def _words(text: str) -> str:
    """The words of a text, whatever else stands in it."""
    words = WORD.findall(text)
    return " ".join([word for word in words if len(word) > 2][:WORDS_MAX] or words) or "this"


def _quoting(article: Mapping[str, Any], *, hindi: bool) -> list[dict[str, Any]]:
    """Two statements that rest on the article."""
    whole = str(article.get("text") or "\n".join(note for number, note in article.items() if number.isdigit()))
    first, *others = [sentence for sentence in SENTENCE.split(whole) if not set(sentence) & set("<>")]
    second = others[0] if others else first
    title = _words(article["title"])
    said = (
        ("विश्वकोश इसे इस तरह कहता है:", "{} के बारे में वहाँ यह भी लिखा है।")
        if hindi
        else (
            "An encyclopedia puts it in this way:",
            "Its article on {} says more, and that is worth a second look.",
        )
    )
    more = f"{said[1].format(title)} {second}" if others else said[1].format(title)
    if "text" not in article:  # notes, of which a small model is told, and which it names by number
        return [{"text": f"{said[0]} {first}", "sentence": 1}, {"text": more, "sentence": 2 if others else 1}]
    return [{"text": f"{said[0]} {first}", "quote": first}, {"text": more, "quote": second}]


def _questions(topic: str, subject: str, *, hindi: bool) -> list[dict[str, Any]]:
    """A statement that is true, one with a gap, and an open question."""
    if hindi:
        asked = (
            _question("true_false", "सही या ग़लत? पहली नज़र पर भरोसा करना आम भूल है।", "true", MISTAKE),
            _question("gap", "एक छोटा उदाहरण लो और उसका एक _____ बदलो।", "हिस्सा", TELLING),
            _question(
                "open",
                f"मुख्य बात हटा देने पर वह {topic} का उदाहरण क्यों नहीं रहता?",
                "जो हिस्सा हर बार टिका रहता है, वही पहचान है।",
                TELLING,
            ),
        )
    else:
        asked = (
            _question("true_false", f"The usual mistake in {subject} is to trust the first glance.", "true", MISTAKE),
            _question("gap", "Whatever falls away belonged to that _____ alone.", "case", TELLING),
            _question(
                "open",
                f"Why would a case in {subject} stop being one of {topic} if its most telling part were gone?",
                "What holds each time belongs to it, and that has fallen away.",
                TELLING,
            ),
        )
    return list(asked)


def _question(form: str, text: str, answer: str, place: int) -> dict[str, Any]:
    return {"form": form, "text": text, "options": [], "answer": answer, "proven_by": [place]}


def _statements(*texts: str) -> list[dict[str, str]]:
    return [{"text": text, "quote": ""} for text in texts]


def _in_english(topic: str, subject: str) -> dict[str, Any]:
    return {
        "explanation": [
            _statements(
                f"In {subject}, {topic} has to be looked at in single cases. Take a small case of {topic}, change one "
                "part of it, and see which of the other parts still hold.",
                f"Whatever holds each time belongs to {topic}. Whatever falls away belonged to that case alone.",
            ),
            _statements(
                f"The usual mistake in {subject} is to trust the first glance. Something may look like {topic} from "
                "the outside and have nothing of it within, as a painted door has no room behind it."
            ),
        ],
        "activity": (
            f"1. Find four cases of {topic} in {subject} and draw each of them in a small box.\n"
            f"2. Checkpoint each box, write which part shows {topic}.\n"
            "3. Cross out the weakest case. It has worked if you can name the part that was missing."
        ),
        "objectives": [f"Tell by its most telling part whether a case is one of {topic}."],
        "minutes": 30,
        "materials": ["paper", "a pencil"],
        "connection": f"The verse praises looking closely, and {topic} is learnt in the same way.",
    }


def _in_hindi(topic: str, subject: str) -> dict[str, Any]:
    return {
        "title": f"{topic} को कैसे पहचानें",
        "explanation": [
            _statements(
                f"बस अड्डे पर आशा ने {topic} के चार उदाहरण खोजे और हर एक को अपनी कॉपी में लिखा।",
                f"{subject} में {topic} को छोटे-छोटे उदाहरणों से ही पहचाना जाता है।",
            ),
            _statements(
                f"एक छोटा उदाहरण लो और उसका एक हिस्सा बदलो। जो हिस्सा हर बार टिका रहता है, वही {topic} की पहचान है।",
                f"पहली नज़र पर भरोसा करना आम भूल है। बाहर से कोई चीज़ {topic} जैसी दिखती है, पर भीतर से अलग होती है।",
            ),
        ],
        "activity": (
            f"1. अपने आसपास {topic} के तीन उदाहरण ढूँढो और कॉपी में लिखो।\n"
            f"2. हर उदाहरण के आगे लिखो कि उसमें {topic} कहाँ दिखता है।\n"
            "3. सबसे कमज़ोर उदाहरण काट दो और बताओ कि उसमें कौन-सा हिस्सा नहीं था।"
        ),
        "objectives": [f"{topic} को उसके मुख्य हिस्से से पहचान सको।"],
        "minutes": 30,
        "materials": ["कॉपी", "पेंसिल"],
        "connection": f"श्लोक ध्यान से देखने की बात कहता है, और {topic} भी इसी तरह सीखा जाता है।",
    }
