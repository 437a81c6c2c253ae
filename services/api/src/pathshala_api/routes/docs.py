"""The page /docs: the description of the API to read and to try, without any host but this one."""

from http import HTTPStatus
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import FileResponse

from pathshala_api.access import Access, guarded_router, needs

CARRIER = "fastapi_offline"
"""The package that carries Swagger UI. It is not imported: its files are all that is wanted of it."""

ASSETS = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript", "favicon.png": "image/png"}
ASSET_CACHED_SECONDS = 86_400

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Pathshala</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" href="docs/favicon.png">
<div id="ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</html>
"""

# Without a validatorUrl the page would have its description judged by a host on the internet.
START = """SwaggerUIBundle({ url: "openapi.json", dom_id: "#ui", deepLinking: true, validatorUrl: null });
"""

POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'; "
    "script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
)
"""The page's Content-Security-Policy: no script stands in it, and nothing is loaded from elsewhere. Swagger UI sets
styles of its elements, and has icons in its style sheet."""


def router() -> APIRouter:
    """The page and what it loads."""
    routes = guarded_router(dependencies=[needs(Access.OPEN)], include_in_schema=False)

    @routes.get("/docs")
    async def docs() -> Response:
        return Response(PAGE, media_type="text/html", headers={"Content-Security-Policy": POLICY})

    @routes.get("/docs/start.js")
    async def start() -> Response:
        return Response(START, media_type="text/javascript")

    @routes.get("/docs/{name}")
    async def asset(name: str) -> Response:
        if name not in ASSETS:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        headers = {"Cache-Control": f"public, max-age={ASSET_CACHED_SECONDS}"}
        return FileResponse(_folder() / name, media_type=ASSETS[name], headers=headers)

    return routes


def _folder() -> Path:
    found = find_spec(CARRIER)
    if found is None or not found.submodule_search_locations:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Path(found.submodule_search_locations[0]) / "static"
