"""Origins: which web pages may call the API, and what the others are told."""

from http import HTTPStatus

from fastapi.middleware.cors import CORSMiddleware
from starlette.datastructures import Headers
from starlette.responses import Response

from pathshala_api.problems import problem

REFUSED = "This origin, method or header may not be used from a web page here: see PATHSHALA_CORS_ORIGINS."


class Origins(CORSMiddleware):
    """Starlette's middleware, but that a refused preflight is a problem like every other refusal."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """Answer a browser that asks whether it may ask."""
        answer = super().preflight_response(request_headers)
        if answer.status_code < HTTPStatus.BAD_REQUEST:
            return answer
        kept = {name: value for name, value in answer.headers.items() if not name.startswith("content-")}
        return problem(HTTPStatus.BAD_REQUEST, "origin_refused", REFUSED, headers=kept)
