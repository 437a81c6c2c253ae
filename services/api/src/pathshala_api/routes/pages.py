"""The bounds of one page of a list."""

from typing import Annotated

from fastapi import Query

PAGE_SIZE = 100
PAGE_SIZE_MAX = 1_000

PageLimit = Annotated[int, Query(ge=1, le=PAGE_SIZE_MAX, description="Most entries on a page.")]
