"""Lessons as one Common Cartridge 1.3 (`.imscc`), which learning platforms import. Pure: the same lessons, same bytes.

For each lesson there are the pupil's sheet as a page, the teacher's sheet as a page that the platform is told is for
teachers, and its questions as an assessment. Source: IMS Common Cartridge profile 1.3.
"""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from pathshala_api.paper.html import html
from pathshala_api.paper.labels import labels_in
from pathshala_api.paper.packing import packed
from pathshala_api.paper.pieces import joined
from pathshala_api.paper.qti import assessment
from pathshala_api.paper.stamp import Sheet
from pathshala_common.contract.ports.store import StoredLesson

MANIFEST = "imsmanifest.xml"
PACKAGING = "http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"
LOM_OF_MANIFEST = "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest"
LOM_OF_RESOURCE = "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/resource"
ASSESSMENT = "imsqti_xmlv1p2/imscc_xmlv1p3/assessment"
NEVER_IN_XML = {0xFFFE: None, 0xFFFF: None}
"""Signs that a name may hold, and XML may not."""
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def common_cartridge(lessons: Sequence[StoredLesson], title: str, language: str = "en") -> bytes:
    """Give the package of these lessons, one at least, in their order."""
    files: dict[str, bytes] = {MANIFEST: b""}
    manifest, organization, resources = _manifest(lessons, title, language)
    for number, stored in enumerate(lessons, 1):
        files |= _lesson(number, stored, organization, resources)
    files[MANIFEST] = _document(manifest)
    return packed(files)


def _manifest(lessons: Sequence[StoredLesson], title: str, language: str) -> tuple[Element, Element, Element]:
    """Begin the manifest: itself, the item that holds all others, and the resources."""
    named = "-".join(dict.fromkeys(stored.event_id for stored in lessons[:1])) or "none"
    manifest = Element(
        "manifest",
        {
            "identifier": f"pathshala_{named}_{len(lessons)}",
            "xmlns": PACKAGING,
            "xmlns:lom": LOM_OF_RESOURCE,
            "xmlns:lomimscc": LOM_OF_MANIFEST,
        },
    )
    metadata = SubElement(manifest, "metadata")
    SubElement(metadata, "schema").text = "IMS Common Cartridge"
    SubElement(metadata, "schemaversion").text = "1.3.0"
    general = SubElement(SubElement(metadata, "lomimscc:lom"), "lomimscc:general")
    SubElement(SubElement(general, "lomimscc:title"), "lomimscc:string", language=language).text = title
    organizations = SubElement(manifest, "organizations")
    tree = SubElement(organizations, "organization", identifier="organization", structure="rooted-hierarchy")
    return manifest, SubElement(tree, "item", identifier="root"), SubElement(manifest, "resources")


def _lesson(number: int, stored: StoredLesson, organization: Element, resources: Element) -> Mapping[str, bytes]:
    """Add a lesson: a folder of three things. Gives its files."""
    content = stored.lesson.content
    words, folder = labels_in(content.language), f"lesson_{number}"
    item = SubElement(organization, "item", identifier=f"{folder}_item")
    SubElement(item, "title").text = content.title
    files = {}
    for sheet, name in ((Sheet.PUPIL, content.title), (Sheet.TEACHER, words["teachers_sheet"])):
        href = f"{folder}/{sheet}.html"
        files[href] = joined(html(stored, sheet))
        resource = _linked(item, resources, f"{folder}_{sheet}", name, "webcontent")
        resource.set("href", href)
        if sheet is Sheet.TEACHER:
            _for_instructors(resource)
        SubElement(resource, "file", href=href)
    identifier, href = f"{folder}_questions", f"{folder}/questions.xml"
    resource = _linked(item, resources, identifier, words["questions"], ASSESSMENT)
    SubElement(resource, "file", href=href)
    files[href] = _document(assessment(stored, identifier))
    return files


def _linked(item: Element, resources: Element, identifier: str, title: str, kind: str) -> Element:
    """Add a resource, and an item that leads to it."""
    leaf = SubElement(item, "item", identifier=f"{identifier}_item", identifierref=identifier)
    SubElement(leaf, "title").text = title
    return SubElement(resources, "resource", identifier=identifier, type=kind)


def _for_instructors(resource: Element) -> None:
    """Say that a page is for teachers: platforms that know roles then hide it from learners."""
    lom = SubElement(SubElement(resource, "metadata"), "lom:lom")
    role = SubElement(SubElement(lom, "lom:educational"), "lom:intendedEndUserRole")
    SubElement(role, "lom:source").text = "IMSGLC_CC_Rolesv1p2"
    SubElement(role, "lom:value").text = "Instructor"


def _document(root: Element) -> bytes:
    body: str = tostring(root, encoding="unicode")
    return DECLARATION + body.translate(NEVER_IN_XML).encode()
