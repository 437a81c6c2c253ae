"""ZIP files that are the same bytes whenever they are made. Pure."""

import io
import zipfile
from collections.abc import Mapping

WRITTEN_AT = (1980, 1, 1, 0, 0, 0)
"""The earliest moment that a ZIP can hold, so that the same lessons are the same bytes."""

REGULAR_FILE = 0o100644 << 16


def packed(files: Mapping[str, bytes]) -> bytes:
    """Pack files, as the same bytes whenever that is done."""
    packed_files = io.BytesIO()
    with zipfile.ZipFile(packed_files, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zip_entry(name), content)
    return packed_files.getvalue()


def zip_entry(name: str) -> zipfile.ZipInfo:
    """Give the entry of a file, the same whenever it is made."""
    entry = zipfile.ZipInfo(name, WRITTEN_AT)
    entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, REGULAR_FILE, 3
    return entry
