"""What Schemathesis must know of us to make valid requests: it loads this by the variable SCHEMATHESIS_HOOKS."""

from datetime import UTC, datetime

import schemathesis
from hypothesis import strategies

from pathshala_api.routes.pages import cursor_of

CURSOR = cursor_of(datetime(2026, 11, 23, 14, 55, tzinfo=UTC), "550e8400-e29b-41d4-a716-446655440000")

schemathesis.openapi.format("cursor", strategies.just(CURSOR))
