"""Ways through the description of the API, and what it promises of problems."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2

from pathshala_api.problem_codes import KINDS, OF_EVERY_ROUTE
from pathshala_common.contract.problem import MEDIA_TYPE


def parts(node: Any) -> Iterator[dict[str, Any]]:
    """Every object in a document."""
    if isinstance(node, dict):
        yield node
        for child in node.values():
            yield from parts(child)
    elif isinstance(node, list):
        for child in node:
            yield from parts(child)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation with its method and its path."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


class Promises:
    """The problems that each operation may answer, by the description that the API under test serves."""

    def __init__(self) -> None:
        self._document: dict[str, Any] | None = None

    async def hold(self, answer: httpx2.Response, client: httpx2.AsyncClient) -> None:
        """Fail if this answer is a problem that the table of codes or the operation does not name."""
        if answer.headers.get("content-type") != MEDIA_TYPE or answer.request.method == "HEAD":
            return
        code = json.loads(await answer.aread())["code"]
        assert code in KINDS, f"{code} is not among the codes of problems"
        assert KINDS[code].status == answer.status_code, code
        if code in OF_EVERY_ROUTE:
            return
        if self._document is None:
            self._document = (await client.get("/openapi.json")).json()
        operation = self._operation(answer.request.method, answer.request.url.path)
        described = operation["responses"].get(str(answer.status_code), {}).get("content", {}).get(MEDIA_TYPE, {})
        assert code in described.get("examples", {}), f"{operation['operationId']} does not name {code}"

    def _operation(self, method: str, path: str) -> dict[str, Any]:
        """Find the operation; of two whose paths fit, the one with fewer placeholders."""
        assert self._document is not None
        fitting = [template for template in self._document["paths"] if _pattern(template).fullmatch(path)]
        found: dict[str, Any] = self._document["paths"][min(fitting, key=lambda template: template.count("{"))]
        operation: dict[str, Any] = found[method.lower()]
        return operation


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{[a-z_]+\}", "[^/]+", template.replace("{topic}", ".+")))
