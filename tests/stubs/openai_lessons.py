"""What the stand-in for a model writes: those fields of a lesson that it is asked for, about what it is asked about."""

import json
import re
from collections.abc import Mapping
from typing import Any

ASKED = re.compile(r'"(subject|topic|language)": ("(?:[^"\\\\]|\\\\.)*")')
BLOCK = re.compile(r"^<(\w+)>\n(.*)\n</\1>$", re.MULTILINE)
WISHED = re.compile(r"^- (\w+): ", re.MULTILINE)
FORM = "Answer with one JSON object"
SENTENCE = re.compile(r".*?[.!?।](?=\s|$)", re.DOTALL)
MARKS = re.compile(r"[^\w\s,.?\u0900-\u097f-]+")
HINDI = "hi"

OPENINGS = (
    "Look around you for a minute, and you will meet {topic} before you have finished counting to sixty.",
    "Asha asked her teacher yesterday where {topic} can be found, and the teacher pointed out of the window.",
    "Think of the last time that you explained something to a friend, and of how {topic} came into it.",
    "On a rainy morning at the bus stop, Imran noticed something about {topic} that he had never seen before.",
    "Mary keeps a notebook of small puzzles, and the first page of it is about {topic}.",
)


def lesson(asked: str, number: int) -> Mapping[str, Any]:
    """Answer a message that asks for a lesson or for some of its fields. `number` makes one unlike the other."""
    data = {tag: json.loads(shown) for tag, shown in BLOCK.findall(asked)}
    request, article = data["request"], data.get("article")
    topic, subject = _plain(request["topic"]), _plain(request["subject"])
    write = _in_hindi if request["language"].startswith(HINDI) else _in_english
    told = write(topic, subject, number)
    if article:
        told["explanation"][0].append(_quoting(article["text"], request["language"]))
    told["verse"] = 1 + number % len(data["verses"])
    return {name: told[name] for name in WISHED.findall(asked[asked.rindex(FORM) :])}


def _plain(text: str) -> str:
    """The words of a text, whatever else stands in it."""
    return " ".join(MARKS.sub(" ", text).split()) or "this"


def _quoting(text: str, language: str) -> dict[str, str]:
    found = SENTENCE.match(text)
    quote = found[0] if found else text
    said = "विश्वकोश में यह बात साफ़ लिखी है।" if language.startswith(HINDI) else "An encyclopedia puts it in plain words."
    return {"text": f"{said} {quote}", "quote": quote}


def _statements(*texts: str) -> list[dict[str, str]]:
    return [{"text": text, "quote": ""} for text in texts]


def _in_english(topic: str, subject: str, number: int) -> dict[str, Any]:
    return {
        "title": f"How {topic} works in {subject}, part {number}",
        "explanation": [
            _statements(
                OPENINGS[number % len(OPENINGS)].format(topic=topic),
                f"In {subject}, {topic} is one of the first things that a learner meets, and it comes back every year.",
            ),
            _statements(
                f"To see how {topic} works, take one small case and change one thing in it at a time.",
                f"Then say what stayed the same. What stays the same each time is what {topic} is about.",
            ),
            _statements(
                f"Many learners mix {topic} up with things that only look alike.",
                f"Check number {number}: take the example apart, and see whether {topic} is still there.",
            ),
        ],
        "activity": (
            f"1. Find {3 + number % 5} examples of {topic} around you, and write them in a list.\n"
            f"2. Beside each, write which part of it shows {topic}.\n"
            "3. Cross out the weakest one. You have done well if you can say why it was the weakest."
        ),
        "question": f"Why would example {number} no longer be a case of {topic} if its most important part were gone?",
        "connection": f"The verse praises learning step by step, and {topic} is learnt in the same way.",
    }


def _in_hindi(topic: str, subject: str, number: int) -> dict[str, Any]:
    return {
        "title": f"{topic} को कैसे समझें, भाग {number}",
        "explanation": [
            _statements(
                f"अपने आसपास एक मिनट देखो, और तुम्हें {topic} के {3 + number % 5} उदाहरण मिल जाएँगे।",
                f"{subject} में {topic} उन पहली बातों में से है जो हर विद्यार्थी सीखता है।",
            ),
            _statements(
                f"{topic} को समझने के लिए एक छोटा उदाहरण लो और उसमें एक-एक चीज़ बदलो।",
                f"हर बार जो वैसा ही रहता है, वही {topic} की असली पहचान है।",
            ),
            _statements(f"कई विद्यार्थी {topic} को उससे मिलती-जुलती चीज़ों के साथ मिला देते हैं।"),
        ],
        "activity": (
            f"1. अपने आसपास {topic} के तीन उदाहरण ढूँढो और लिखो।\n"
            f"2. हर उदाहरण के आगे लिखो कि उसमें {topic} कहाँ है।\n"
            "3. सबसे कमज़ोर उदाहरण काट दो और बताओ कि वह कमज़ोर क्यों है।"
        ),
        "question": f"अगर उदाहरण का मुख्य भाग हटा दिया जाए, तो वह {topic} का उदाहरण क्यों नहीं रहेगा?",
        "connection": f"श्लोक धीरे-धीरे सीखने की बात कहता है, और {topic} भी इसी तरह सीखा जाता है।",
    }
