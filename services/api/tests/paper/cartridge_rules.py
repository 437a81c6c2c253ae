"""The structure of a Common Cartridge 1.3, written down from its published profile: elements, order, attributes, rules.

The schemas themselves come with no package that a registry has. Of assessments, order and rules are those that the
profile's schema states (the Schematron rules on metadata, on each kind of question, and on feedback); of the manifest,
those on items, files and resources. The vocabulary of roles is that of the schemas of 2013: later ones allow any.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element, fromstring

QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGING = "http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"
MANIFEST_LOM = "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest"
RESOURCE_LOM = "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/resource"
ASSESSMENT = "imsqti_xmlv1p2/imscc_xmlv1p3/assessment"


class Rule(NamedTuple):
    """What an element may hold: its children as a pattern of `name `, and its attributes with their values.

    The names of learning-object metadata begin with `manifest:` or `resource:`, whichever of both they describe.
    """

    children: str = ""
    required: Mapping[str, str] = {}
    optional: Mapping[str, str] = {}
    text: bool = False


ANY = ".*"
LANG = {"{http://www.w3.org/XML/1998/namespace}lang": r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"}
TEXT = Rule(text=True)
ASSESSMENTS: Mapping[str, Rule] = {
    "questestinterop": Rule("assessment "),
    "assessment": Rule("qtimetadata section ", {"ident": ".+", "title": ANY}, LANG),
    "section": Rule("(item )+", {"ident": "root_section"}, LANG),
    "item": Rule("itemmetadata presentation (resprocessing )?(itemfeedback )*", {"ident": ".+"}, {"title": ANY}),
    "itemmetadata": Rule("qtimetadata "),
    "qtimetadata": Rule("(qtimetadatafield )+"),
    "qtimetadatafield": Rule("fieldlabel fieldentry "),
    "fieldlabel": TEXT,
    "fieldentry": TEXT,
    "presentation": Rule("(material )+(response_lid |response_str )"),
    "material": Rule("(mattext )+"),
    "mattext": Rule(text=True, optional={"texttype": "text/plain|text/html"}),
    "response_lid": Rule("render_choice ", {"ident": ".+"}, {"rcardinality": "Single|Multiple"}),
    "response_str": Rule("render_fib ", {"ident": ".+"}, {"rcardinality": "Single"}),
    "render_choice": Rule("(response_label )+", optional={"shuffle": "Yes|No"}),
    "render_fib": Rule("", optional={"prompt": "Box|Dashline|Asterisk|Underline"}),
    "response_label": Rule("(material )+", {"ident": ".+"}),
    "resprocessing": Rule("outcomes (respcondition )+"),
    "outcomes": Rule("decvar "),
    "decvar": Rule(
        "", {"varname": "SCORE", "vartype": "Decimal|Integer", "minvalue": "[0-9.]+", "maxvalue": "[0-9.]+"}
    ),
    "respcondition": Rule("conditionvar (setvar )*(displayfeedback )*", optional={"continue": "Yes|No"}),
    "conditionvar": Rule("(other |varequal )"),
    "other": Rule(),
    "varequal": Rule(text=True, required={"respident": ".+"}, optional={"case": "Yes|No"}),
    "setvar": Rule(text=True, required={"varname": "SCORE", "action": "Set"}),
    "displayfeedback": Rule("", {"feedbacktype": "Response|Solution|Hint", "linkrefid": ".+"}),
    "itemfeedback": Rule("(flow_mat |material |solution )+", {"ident": ".+"}),
    "flow_mat": Rule("(material )+"),
    "solution": Rule("(solutionmaterial )+"),
    "solutionmaterial": Rule("(material )+"),
}
NAMED = {"identifier": r"[A-Za-z_][\w.-]*"}
MANIFESTS: Mapping[str, Rule] = {
    "manifest": Rule("metadata organizations resources ", NAMED),
    "metadata": Rule("schema schemaversion manifest:lom |resource:lom "),
    "schema": TEXT,
    "schemaversion": TEXT,
    "organizations": Rule("(organization )?"),
    "organization": Rule("item ", NAMED | {"structure": "rooted-hierarchy"}),
    "item": Rule("(title )?(item )*", NAMED, {"identifierref": ".+"}),
    "title": TEXT,
    "resources": Rule("(resource )*"),
    "resource": Rule("(metadata )?(file )+", NAMED | {"type": f"webcontent|{ASSESSMENT}"}, {"href": ".+"}),
    "file": Rule("", {"href": ".+"}),
    "manifest:lom": Rule("manifest:general "),
    "manifest:general": Rule("manifest:title "),
    "manifest:title": Rule("manifest:string "),
    "manifest:string": Rule(text=True, optional={"language": ".+"}),
    "resource:lom": Rule("resource:educational "),
    "resource:educational": Rule("(resource:intendedEndUserRole )+"),
    "resource:intendedEndUserRole": Rule("resource:source resource:value "),
    "resource:source": TEXT,
    "resource:value": TEXT,
}
PREFIXES = {PACKAGING: "", MANIFEST_LOM: "manifest:", RESOURCE_LOM: "resource:"}
METADATA = {
    "assessment": {
        "cc_profile": "cc.exam.v0p1",
        "qmd_assessmenttype": "Examination",
        "cc_maxattempts": "Examination|[1-5]|unlimited",
    },
    "itemmetadata": {"cc_profile": r"cc\.\w+\.v0p1", "qmd_computerscored": "Yes|No"},
}
"""The fields that we write, with their values: each once, `cc_profile` always."""

ROLES = {"source": {"IMSGLC_CC_Rolesv1p2"}, "value": {"Learner", "Instructor", "Mentor"}}
PROFILES = {
    "cc.multiple_choice.v0p1": ("response_lid", "Single", 3),
    "cc.multiple_response.v0p1": ("response_lid", "Multiple", 2),
    "cc.true_false.v0p1": ("response_lid", "Single", 2),
    "cc.fib.v0p1": ("response_str", "Single", 0),
    "cc.essay.v0p1": ("response_str", "Single", 0),
}


def faults(package: bytes) -> list[str]:
    """Say what in a package is not as the profile has it."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
        found = [f"{name} is damaged" for name in [archive.testzip()] if name]
    manifest = fromstring(files["imsmanifest.xml"])
    found += _shape(manifest, MANIFESTS, PREFIXES)
    found += _manifest(manifest, files)
    for name, content in files.items():
        if name.endswith(".xml") and name != "imsmanifest.xml":
            root = fromstring(content)
            found += _shape(root, ASSESSMENTS, {QTI: ""})
            found += [fault for name in METADATA for fault in _metadata(root, name)]
            found += [fault for item in root.iter(f"{{{QTI}}}item") for fault in _item(item)]
            idents = [item.get("ident") for item in root.iter(f"{{{QTI}}}item")]
            found += ["items have an ident in common"] if len(set(idents)) < len(idents) else []
    return found


def _shape(element: Element, rules: Mapping[str, Rule], prefixes: Mapping[str, str]) -> Iterator[str]:
    name = _name(element, prefixes)
    rule = rules.get(name)
    if rule is None:
        yield f"there is no {element.tag}"
        return
    children = "".join(f"{_name(child, prefixes)} " for child in element)
    if not re.fullmatch(rule.children, children):
        yield f"{name} holds {children!r}"
    if any((text or "").strip() for text in ("" if rule.text else element.text, *(child.tail for child in element))):
        yield f"{name} holds text"
    allowed = {**rule.required, **rule.optional}
    for attribute, value in element.attrib.items():
        if attribute not in allowed or not re.fullmatch(allowed[attribute], value, re.DOTALL):
            yield f"{name} has {attribute}={value!r}"
    yield from (f"{name} lacks {attribute}" for attribute in rule.required if attribute not in element.attrib)
    for child in element:
        yield from _shape(child, rules, prefixes)


def _name(element: Element, prefixes: Mapping[str, str]) -> str:
    space, _, name = element.tag[1:].partition("}")
    return f"{prefixes[space]}{name}" if space in prefixes else element.tag


def _manifest(manifest: Element, files: Mapping[str, bytes]) -> Iterator[str]:
    said = [manifest.findtext(f"{{{PACKAGING}}}metadata/{{{PACKAGING}}}{name}") for name in ("schema", "schemaversion")]
    if said != ["IMS Common Cartridge", "1.3.0"]:
        yield f"it is of {said}"
    if manifest.find(f"{{{PACKAGING}}}metadata/{{{MANIFEST_LOM}}}lom") is None:
        yield "it says nothing of itself"
    yield from _roles(manifest)
    kinds = ("manifest", "organization", "item", "resource")
    named = [one.get("identifier") for name in kinds for one in _each(manifest, name)]
    if len(set(named)) < len(named):
        yield "identifiers are not unique"
    resources = {one.get("identifier") or "": one for one in _each(manifest, "resource")}
    yield from _items(_each(manifest, "item"), resources)
    listed = {"imsmanifest.xml"}
    for resource in resources.values():
        hrefs = [one.get("href") or "" for one in resource.findall(f"{{{PACKAGING}}}file")]
        listed |= set(hrefs)
        if resource.get("type") == ASSESSMENT and (resource.get("href") or len(hrefs) != 1):
            yield "an assessment has an href, or not one file"
        if len(set(hrefs)) < len(hrefs):
            yield "a resource has a file twice"
        if resource.get("type") == "webcontent" and resource.get("href") not in hrefs:
            yield "a page has no href, or not among its files"
    if listed != files.keys():
        yield f"files and manifest differ by {sorted(listed ^ files.keys())}"


def _roles(manifest: Element) -> Iterator[str]:
    for lom in manifest.iter(f"{{{RESOURCE_LOM}}}lom"):
        told = {name: {one.text for one in lom.iter(f"{{{RESOURCE_LOM}}}{name}")} for name in ROLES}
        yield from (f"the {name} of a role is {values}" for name, values in told.items() if not values <= ROLES[name])


def _metadata(root: Element, name: str) -> Iterator[str]:
    """Say what is wrong with the fields of each assessment, or of each item."""
    for holder in root.iter(f"{{{QTI}}}{name}"):
        fields = [
            (one.findtext(f"{{{QTI}}}fieldlabel") or "", one.findtext(f"{{{QTI}}}fieldentry") or "")
            for one in holder.findall(f"{{{QTI}}}qtimetadata/{{{QTI}}}qtimetadatafield")
        ]
        labels = [label for label, _ in fields]
        if len(set(labels)) < len(labels) or "cc_profile" not in labels:
            yield f"the fields of {name} are {labels}"
        allowed = METADATA[name]
        yield from (
            f"{name} has {label}={entry!r}"
            for label, entry in fields
            if label not in allowed or not re.fullmatch(allowed[label], entry)
        )


def _each(manifest: Element, name: str) -> list[Element]:
    return list(manifest.iter(f"{{{PACKAGING}}}{name}"))


def _items(items: list[Element], resources: Mapping[str, Element]) -> Iterator[str]:
    top, *others = items
    if top.find(f"{{{PACKAGING}}}title") is not None or top.get("identifierref"):
        yield "the item that holds all has a title or a resource"
    for item in others:
        leads, holds = item.get("identifierref"), item.findall(f"{{{PACKAGING}}}item")
        if (leads is None) == (not holds) or (leads is not None and leads not in resources):
            yield f"the item {item.get('identifier')} leads nowhere, or holds others beside"
        if item.find(f"{{{PACKAGING}}}title") is None:
            yield f"the item {item.get('identifier')} has no title"


def _item(item: Element) -> Iterator[str]:
    def each(path: str) -> list[Element]:
        return item.findall("/".join(f"{{{QTI}}}{name}" for name in path.split("/")))

    fields = {
        one.findtext(f"{{{QTI}}}fieldlabel"): one.findtext(f"{{{QTI}}}fieldentry")
        for one in each("itemmetadata/qtimetadata/qtimetadatafield")
    }
    profile = fields.get("cc_profile") or ""
    if profile not in PROFILES:
        yield f"there is no profile {profile!r}"
        return
    response, cardinality, labels_min = PROFILES[profile]
    answers = each(f"presentation/{response}")
    if len(answers) != 1 or answers[0].get("rcardinality") != cardinality:
        yield f"{profile} is not answered as it should be"
        return
    labels = [one.get("ident") for one in answers[0].iter(f"{{{QTI}}}response_label")]
    if len(labels) < labels_min or (profile == "cc.true_false.v0p1" and len(labels) != labels_min):
        yield f"{profile} has {len(labels)} options"
    right = each("resprocessing/respcondition/conditionvar/varequal")
    if (profile == "cc.essay.v0p1") != (fields.get("qmd_computerscored") == "No") or (
        profile == "cc.essay.v0p1" and right
    ):
        yield "an essay is scored by a machine"
    if profile != "cc.essay.v0p1" and not right:
        yield f"{profile} has no right answer"
    if len(each("itemfeedback/solution")) > 1 or any(
        one.find(f"{{{QTI}}}flow_mat") is not None for one in each("itemfeedback") if one.get("ident") == "solution"
    ):
        yield "there are several solutions, or one is told as feedback"
    if any(one.get("respident") != answers[0].get("ident") or (labels and one.text not in labels) for one in right):
        yield f"{profile} scores what is no answer to it"
    shown = {
        (one.get("linkrefid"), one.get("feedbacktype")) for one in each("resprocessing/respcondition/displayfeedback")
    }
    told = {
        (one.get("ident"), "Solution" if one.find(f"{{{QTI}}}solution") is not None else "Response")
        for one in each("itemfeedback")
    }
    if shown != told or any((ident == "solution") != (kind == "Solution") for ident, kind in told):
        yield f"feedback is shown that there is not, or is not shown: {sorted(shown ^ told)}"
