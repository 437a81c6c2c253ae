"""The texts for people who wait, by code, in the languages that the house speaks. Pure: one table, whole sentences.

A text is never put together from pieces of another language: where a piece has no words in the language of the order,
another text is chosen that does without it.
"""

from collections.abc import Mapping

from pathshala_common.contract.lesson import LanguageTag, primary_language

Texts = Mapping[str, str]

ENGLISH: Texts = {
    "asked": "Waiting to be taken up",
    "reading": "Reading Wikipedia: {query}",
    "read": "Read Wikipedia: {title}",
    "read_in_another_language": "Read Wikipedia: {title} (in {found}; none was found in {asked})",
    "read_own_text": "Reading the text that came with the order",
    "read_sample": "Read a sample article, for want of Wikipedia's: {title}",
    "without_not_requested": "Going on without Wikipedia, as asked",
    "without_not_found": "Going on without Wikipedia: it has no such article",
    "without_unavailable": "Going on without Wikipedia: it could not be reached",
    "without_timed_out": "Going on without Wikipedia: it took too long",
    "writing": "Writing",
    "writing_again": "Writing, attempt {attempt} of {of}",
    "writing_part": "Writing the {part}",
    "writing_part_again": "Writing the {part}, attempt {attempt} of {of}",
    "mending_part": "Mending the {part}",
    "mending_part_again": "Mending the {part}, attempt {attempt} of {of}",
    "storing": "Storing the lesson",
    "waiting": "Waiting {seconds} s: {reason}",
    "probing": "Waiting, with a try every {seconds} s or sooner: {reason}",
    "completed": "Lesson generation completed successfully",
    "failed": "Lesson generation failed",
}

HINDI: Texts = {
    "asked": "प्रतीक्षा में: काम शुरू होने वाला है",
    "reading": "विकिपीडिया पढ़ा जा रहा है: {query}",
    "read": "विकिपीडिया पढ़ा गया: {title}",
    "read_in_another_language": "विकिपीडिया पढ़ा गया: {title} (हिन्दी में लेख नहीं मिला, दूसरी भाषा का लेख लिया गया)",
    "read_own_text": "आपके भेजे हुए पाठ को पढ़ा जा रहा है",
    "read_sample": "विकिपीडिया का लेख न मिलने पर नमूना लेख पढ़ा गया: {title}",
    "without_not_requested": "आपके कहे अनुसार विकिपीडिया के बिना आगे बढ़ रहे हैं",
    "without_not_found": "विकिपीडिया के बिना आगे बढ़ रहे हैं: वहाँ ऐसा लेख नहीं है",
    "without_unavailable": "विकिपीडिया के बिना आगे बढ़ रहे हैं: उस तक पहुँचा नहीं जा सका",
    "without_timed_out": "विकिपीडिया के बिना आगे बढ़ रहे हैं: उत्तर आने में बहुत देर लगी",
    "writing": "पाठ लिखा जा रहा है",
    "writing_again": "पाठ लिखा जा रहा है, प्रयास {attempt}, अधिकतम {of}",
    "writing_part": "लिखा जा रहा है: {part}",
    "writing_part_again": "लिखा जा रहा है: {part}, प्रयास {attempt}, अधिकतम {of}",
    "mending_part": "सुधारा जा रहा है: {part}",
    "mending_part_again": "सुधारा जा रहा है: {part}, प्रयास {attempt}, अधिकतम {of}",
    "storing": "पाठ सहेजा जा रहा है",
    "waiting": "{seconds} सेकंड की प्रतीक्षा: {reason}",
    "probing": "प्रतीक्षा, हर {seconds} सेकंड में या उससे पहले फिर प्रयास: {reason}",
    "completed": "पाठ तैयार हो गया",
    "failed": "पाठ तैयार नहीं हो सका",
}

HINDI_REASONS: Texts = {
    "rate_limited": "भाषा मॉडल ने अनुरोधों की संख्या सीमित कर दी है",
    "provider_error": "भाषा मॉडल के सर्वर में गड़बड़ी है",
    "provider_timeout": "भाषा मॉडल ने समय पर उत्तर नहीं दिया",
    "provider_unreachable": "भाषा मॉडल के सर्वर तक पहुँचा नहीं जा सका",
    "provider_down": "भाषा मॉडल का सर्वर बंद है",
    "invalid_answer": "भाषा मॉडल का उत्तर पाठ के रूप में ठीक नहीं था",
    "writing_paused": "पाठ लिखना अभी रोका गया है",
    "encyclopedia_timed_out": "विश्वकोश ने समय पर उत्तर नहीं दिया",
    "encyclopedia_unavailable": "विश्वकोश तक पहुँचा नहीं जा सका",
    "encyclopedia_rate_limited": "विश्वकोश ने अनुरोधों की संख्या सीमित कर दी है",
    "internal_error": "हमारी ओर से एक गड़बड़ी हुई",
}
HINDI_REASON = "एक बाधा आ गई है"
"""Stands for a reason whose code has no words of its own."""

HINDI_PARTS: Texts = {
    "title": "शीर्षक",
    "shloka": "श्लोक",
    "explanation": "व्याख्या",
    "objectives": "उद्देश्य",
    "activity": "गतिविधि",
    "materials": "सामग्री",
    "minutes": "समय",
    "question": "प्रश्न",
    "questions": "प्रश्न",
    "facts": "तथ्य",
    "lesson": "पाठ",
}
HINDI_PART = "पाठ"

LANGUAGES: Mapping[str, Texts] = {"en": ENGLISH, "hi": HINDI}


def text(language: LanguageTag, code: str, **values: object) -> str:
    """Say it in the language of an order; in English, if the house does not speak that."""
    return LANGUAGES.get(primary_language(language), ENGLISH)[code].format(**values)


def reason_text(language: LanguageTag, code: str, reason: str) -> str:
    """Say why something is waited for, of which the event tells a code, and a reason in English."""
    return HINDI_REASONS.get(code, HINDI_REASON) if primary_language(language) == "hi" else reason


def part_text(language: LanguageTag, part: str) -> str:
    """Name a part of a lesson that is named in English."""
    return HINDI_PARTS.get(part, HINDI_PART) if primary_language(language) == "hi" else part
