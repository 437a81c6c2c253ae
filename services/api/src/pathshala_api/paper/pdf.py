"""A lesson as PDF: its HTML file, printed by WeasyPrint, which the extra `pdf` brings."""

from typing import Any, NoReturn

from pathshala_api.paper.html import html
from pathshala_api.paper.pieces import joined
from pathshala_api.paper.stamp import Sheet
from pathshala_common.contract.ports.store import StoredLesson


def pdf(stored: StoredLesson, sheet: Sheet) -> bytes:
    """Print the file. Raises ImportError without the library, OSError without what that stands on (Pango)."""
    from weasyprint import HTML  # noqa: PLC0415 - an extra, and it takes time to import

    page = joined(html(stored, sheet)).decode()
    printed: bytes = HTML(string=page, url_fetcher=_refuse).write_pdf()
    return printed


def _refuse(url: str, **_options: Any) -> NoReturn:
    """Fetch nothing: the file needs nothing else, and whatever a lesson says must not become a request."""
    raise ValueError(f"nothing is fetched: {url[:80]}")
