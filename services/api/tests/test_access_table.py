"""Who may call each route: what docs/security.md says is what happens, for every route and every kind of caller."""

from services.api.tests.access_table import kept, table


async def test_every_route_lets_in_whom_the_page_says() -> None:
    assert kept() == await table(), "run scripts/access, and read what changed"


def test_the_table_would_show_an_open_door() -> None:
    rows = [row for row in kept().splitlines()[2:] if row.strip()]
    opened = {row.split("`")[1] for row in rows if row.split("|")[2].strip() == "yes"}

    assert opened == {
        "GET /",
        "GET /docs",
        "GET /openapi.json",
        "GET /library",
        "GET /console/{release}/main.js",
        "GET /health/live",
        "GET /health/ready",
        "DELETE /session",
    }
    for row in rows:
        route, cells = row.split("`")[1], [cell.strip() for cell in row.split("|")[2:-1]]
        assert cells[-1] == "yes", route
        if "/operator" in route or "/house/" in route:
            assert cells == ["401", "403", "403", "403", "yes"], route
        elif "{task_id}" in route:
            assert cells == ["401", "yes", "404", "404", "yes"], route
