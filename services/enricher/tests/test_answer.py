import pytest

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_enricher.answer import REST_SECONDS, Refused, Resting, read
from pathshala_enricher.source import RATE_LIMITED, UNAVAILABLE
from tests.clock import NOON


def answered(status: int, retry_after: str | None, answer: str) -> ProviderCall:
    headers = {"retry-after": retry_after} if retry_after is not None else {}
    return ProviderCall(provider="wikipedia", request="?", status=status, headers=headers, answer=answer, seconds=0)


@pytest.mark.parametrize(
    ("call", "code", "seconds"),
    [
        (answered(429, "7", ""), RATE_LIMITED, 7.0),
        (answered(429, None, ""), RATE_LIMITED, REST_SECONDS),
        (answered(503, "20", ""), UNAVAILABLE, 20.0),
        (answered(200, "5", '{"error": {"code": "maxlag", "lag": 6}}'), UNAVAILABLE, 5.0),
        (answered(200, None, '{"error": {"code": "cirrussearch-too-busy-error"}}'), UNAVAILABLE, REST_SECONDS),
    ],
)
def test_a_server_that_asks_for_a_rest_gets_it(call: ProviderCall, code: str, seconds: float) -> None:
    with pytest.raises(Resting) as raised:
        read(call, NOON)
    assert (raised.value.code, raised.value.after_seconds) == (code, seconds)


def test_a_server_that_fails_by_itself_may_be_asked_again() -> None:
    with pytest.raises(Retry) as raised:
        read(answered(500, None, ""), NOON)
    assert (raised.value.code, raised.value.after_seconds) == (UNAVAILABLE, None)


@pytest.mark.parametrize(
    "call",
    [
        answered(302, None, ""),
        answered(403, None, ""),
        answered(404, "5", ""),
        answered(204, None, ""),
        answered(200, None, ""),
        answered(200, None, "<html></html>"),
        answered(200, None, "[]"),
        answered(200, None, "[" * 100_000),
        answered(200, None, "1" * 10_000),
        answered(200, None, '{"error": {"code": "badvalue"}}'),
        answered(200, None, '{"error": "what?"}'),
    ],
)
def test_an_answer_that_will_be_no_better_is_refused(call: ProviderCall) -> None:
    with pytest.raises(Refused):
        read(call, NOON)
