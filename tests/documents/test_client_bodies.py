"""The types and problems of the clients are those of the description."""

import asyncio

from tests.documents.client_bodies import described, files


def test_they_are_what_the_description_says() -> None:
    expected = files(asyncio.run(described()))
    assert [path.name for path, text in expected.items() if path.read_text() != text] == [], "run scripts/clients"
