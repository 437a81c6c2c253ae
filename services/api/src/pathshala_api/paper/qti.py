"""A lesson's questions as an assessment in QTI 1.2.1, in the profile that Common Cartridge 1.3 has of it. Pure.

Source: IMS Common Cartridge profile 1.3 and its schema of assessments: which elements there are, in which order, and
its rules for each kind of question. A choice needs three options there; one of two is a choice of several then.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from pathshala_api.paper.labels import Labels, labels_in
from pathshala_common.contract.lesson import LessonContent, LessonQuestion, QuestionForm
from pathshala_common.contract.ports.store import StoredLesson

NAMESPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
CHOICE_OPTIONS_MIN = 3
TRUTHS = ("true", "false")
FULL_SCORE = "100"
FEEDBACK, SOLUTION = "general_fb", "solution"
RESPONSE = "response1"


def assessment(stored: StoredLesson, identifier: str) -> Element:
    """Give the questions as one assessment."""
    content = stored.lesson.content
    words = labels_in(content.language)
    root = Element("questestinterop", xmlns=NAMESPACE)
    title = words["instructions"].format(content.title)
    whole = SubElement(root, "assessment", {"ident": identifier, "title": title, "xml:lang": content.language})
    _metadata(whole, {"cc_profile": "cc.exam.v0p1", "qmd_assessmenttype": "Examination", "cc_maxattempts": "unlimited"})
    section = SubElement(whole, "section", ident="root_section")
    asked = content.questions or (LessonQuestion(form=QuestionForm.OPEN, text=content.question, answer="-"),)
    for number, question in enumerate(asked, 1):
        item = SubElement(section, "item", ident=f"{identifier}_{number}", title=str(number))
        _item(item, question, content, words, answered=bool(content.questions))
    return root


def _item(item: Element, asked: LessonQuestion, content: LessonContent, words: Labels, *, answered: bool) -> None:
    proof = [content.statements[place - 1].text for place in asked.proven_by if place <= len(content.statements)]
    match asked.form:
        case QuestionForm.CHOICE:
            several = len(asked.options) < CHOICE_OPTIONS_MIN
            profile = "cc.multiple_response.v0p1" if several else "cc.multiple_choice.v0p1"
            labels = {f"option_{at}": option for at, option in enumerate(asked.options, 1)}
            right = next((name for name, option in labels.items() if option == asked.answer), "")
            _choice(item, asked, profile, labels, "Multiple" if several else "Single")
            _right(_processing(item, proof), right)
        case QuestionForm.TRUE_FALSE:
            _choice(item, asked, "cc.true_false.v0p1", {truth: words[truth] for truth in TRUTHS})
            _right(_processing(item, proof), asked.answer)
        case QuestionForm.GAP:
            _written(item, asked, "cc.fib.v0p1")
            _right(_processing(item, proof), asked.answer)
        case _:
            _essay(item, asked, [asked.answer, *proof] if answered else [])
            return
    _feedback(item, proof)


def _choice(
    item: Element, asked: LessonQuestion, profile: str, labels: dict[str, str], cardinality: str = "Single"
) -> None:
    _metadata(SubElement(item, "itemmetadata"), {"cc_profile": profile})
    presentation = SubElement(item, "presentation")
    _material(presentation, asked.text)
    response = SubElement(presentation, "response_lid", ident=RESPONSE, rcardinality=cardinality)
    choices = SubElement(response, "render_choice", shuffle="No")
    for name, text in labels.items():
        _material(SubElement(choices, "response_label", ident=name), text)


def _written(item: Element, asked: LessonQuestion, profile: str, more: dict[str, str] | None = None) -> None:
    _metadata(SubElement(item, "itemmetadata"), {"cc_profile": profile, **(more or {})})
    presentation = SubElement(item, "presentation")
    _material(presentation, asked.text)
    response = SubElement(presentation, "response_str", ident=RESPONSE, rcardinality="Single")
    SubElement(response, "render_fib", prompt="Dashline" if profile.startswith("cc.fib") else "Box")


def _essay(item: Element, asked: LessonQuestion, solution: Sequence[str]) -> None:
    """Ask for an essay, which no machine scores; what would do is its solution."""
    _written(item, asked, "cc.essay.v0p1", {"qmd_computerscored": "No"})
    if not solution:
        return
    processing = SubElement(item, "resprocessing")
    _score(processing)
    condition = SubElement(processing, "respcondition")
    SubElement(SubElement(condition, "conditionvar"), "other")
    SubElement(condition, "displayfeedback", feedbacktype="Solution", linkrefid=SOLUTION)
    told = SubElement(SubElement(item, "itemfeedback", ident=SOLUTION), "solution")
    material = SubElement(told, "solutionmaterial")
    for text in solution:
        _material(material, text)


def _processing(item: Element, proof: Sequence[str]) -> Element:
    """Begin the scoring: what is shown to everybody comes first, and goes on."""
    processing = SubElement(item, "resprocessing")
    _score(processing)
    if proof:
        always = SubElement(processing, "respcondition", {"continue": "Yes"})
        SubElement(SubElement(always, "conditionvar"), "other")
        SubElement(always, "displayfeedback", feedbacktype="Response", linkrefid=FEEDBACK)
    return processing


def _score(processing: Element) -> None:
    outcomes = SubElement(processing, "outcomes")
    SubElement(outcomes, "decvar", maxvalue=FULL_SCORE, minvalue="0", varname="SCORE", vartype="Decimal")


def _right(processing: Element, answer: str) -> None:
    condition = SubElement(processing, "respcondition", {"continue": "No"})
    SubElement(SubElement(condition, "conditionvar"), "varequal", respident=RESPONSE, case="No").text = answer
    SubElement(condition, "setvar", action="Set", varname="SCORE").text = FULL_SCORE


def _feedback(item: Element, proof: Sequence[str]) -> None:
    if proof:
        flow = SubElement(SubElement(item, "itemfeedback", ident=FEEDBACK), "flow_mat")
        for text in proof:
            _material(flow, text)


def _metadata(holder: Element, fields: dict[str, str]) -> None:
    metadata = SubElement(holder, "qtimetadata")
    for label, entry in fields.items():
        field = SubElement(metadata, "qtimetadatafield")
        SubElement(field, "fieldlabel").text = label
        SubElement(field, "fieldentry").text = entry


def _material(holder: Element, text: str) -> None:
    SubElement(SubElement(holder, "material"), "mattext", texttype="text/plain").text = text
