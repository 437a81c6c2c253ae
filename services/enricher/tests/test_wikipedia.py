import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.lesson import Absence, Article
from pathshala_enricher.cooldown import FAILURES_MAX, PROBE_AFTER_SECONDS
from pathshala_enricher.http_fetch import BODY_SIZE_MAX_BYTES
from pathshala_enricher.source import RATE_LIMITED, TIMED_OUT, UNAVAILABLE, Query
from pathshala_enricher.wikipedia import LookUpLimits, Wikipedia
from services.enricher.tests.given import USER_AGENT, VERBS, found, wikipedia_at
from tests.clock import PassingClock
from tests.stubs.wikipedia import (
    BAD_VALUE,
    FORBIDDEN,
    GARBAGE,
    HANG_UP,
    HUGE,
    MAXLAG,
    NOT_GZIP,
    SERVER_ERROR,
    STALL,
    Fault,
    StubWikipedia,
    elsewhere,
    rate_limited,
)
from tests.waiting import one_turn
from tests.yardstick import timed

NOUNS = Query("english", "nouns", "en")
NOWHERE = Query("english", "qwertyuiop", "en")
IMPATIENT = LookUpLimits(lookup_seconds=0.3, turn_seconds=0.2)


@pytest_asyncio.fixture
async def wikipedia(stub: StubWikipedia, clock: PassingClock) -> AsyncIterator[Wikipedia]:
    async with wikipedia_at(stub.url_template, clock) as wikipedia:
        yield wikipedia


async def title_of(wikipedia: Wikipedia, query: Query) -> str:
    article = await found(wikipedia, query)
    assert isinstance(article, Article), article
    return article.title


async def retry_of(wikipedia: Wikipedia, query: Query = VERBS) -> tuple[str, float | None]:
    with pytest.raises(Retry) as raised:
        await found(wikipedia, query)
    return raised.value.code, raised.value.after_seconds


# ---------------------------------------------------------------- what is found


async def test_an_article_comes_with_all_that_its_licence_asks_for(wikipedia: Wikipedia, stub: StubWikipedia) -> None:
    article = await found(wikipedia, VERBS)
    assert isinstance(article, Article)
    assert article.title == "Verb"
    assert article.summary.startswith("A verb is a word")
    assert article.url == stub.url_template.replace("{language}/w/api.php", "en/wiki/Verb")
    assert article.related_articles == ("English verbs", "Regular and irregular verbs", "Value")
    assert article.thumbnail == "https://upload.wikimedia.org/wikipedia/commons/thumb/verb.svg/320px-verb.svg.png"
    assert (article.language, article.revision_id, article.licence) == ("en", 1_200_032_654, "CC BY-SA 4.0")


@pytest.mark.parametrize(
    ("subject", "topic", "title"),
    [
        ("English", "Verbs", "Verb"),
        ("english", "noun", "Value"),
        ("Biology", "photosynthesis", "Photosynthesis"),
        ("math", "fractions", "Fraction"),
        ("chemistry", "mercury", "Mercury (element)"),
        ("astronomy", "mercury", "Mercury (planet)"),
        ("class 7", "photosynthesis", "Photosynthesis"),
    ],
)
async def test_the_article_is_about_the_topic_in_its_subject(
    wikipedia: Wikipedia, subject: str, topic: str, title: str
) -> None:
    assert await title_of(wikipedia, Query(subject, topic, "en")) == title


async def test_a_topic_is_looked_for_in_the_asked_language(wikipedia: Wikipedia, stub: StubWikipedia) -> None:
    article = await found(wikipedia, Query("हिन्दी व्याकरण", "क्रिया", "hi"))
    assert isinstance(article, Article)
    assert (article.title, article.language) == ("क्रिया", "hi")
    assert stub.searches == [("hi", "क्रिया हिन्दी व्याकरण")]


async def test_what_is_not_found_in_the_asked_language_is_looked_for_in_english(
    wikipedia: Wikipedia, stub: StubWikipedia
) -> None:
    article = await found(wikipedia, Query("english", "verbs", "hi"))
    assert isinstance(article, Article)
    assert (article.title, article.language) == ("Verb", "en")
    assert stub.searches == [("hi", "verbs english"), ("hi", "verbs"), ("en", "verbs english")]


async def test_a_wiki_that_does_not_exist_leaves_english(wikipedia: Wikipedia, stub: StubWikipedia) -> None:
    stub.faults.append(elsewhere("https://incubator.example/"))
    assert await title_of(wikipedia, Query("english", "verbs", "xx")) == "Verb"


async def test_a_wiki_of_one_language_is_asked_once(stub: StubWikipedia) -> None:
    async with wikipedia_at(stub.url_template.replace("{language}", "en")) as wikipedia:
        article = await found(wikipedia, Query("english", "verbs", "hi"))
        assert isinstance(article, Article)
        assert article.language == "en"
        assert await found(wikipedia, Query("english", "qwertyuiop", "hi")) is Absence.NOT_FOUND
    assert stub.searches == [("en", "verbs english"), ("en", "qwertyuiop english"), ("en", "qwertyuiop")]


async def test_a_topic_that_nobody_wrote_of_is_not_found(wikipedia: Wikipedia) -> None:
    assert await found(wikipedia, NOWHERE) is Absence.NOT_FOUND


async def test_a_topic_without_words_is_not_found_without_asking(wikipedia: Wikipedia, stub: StubWikipedia) -> None:
    assert await found(wikipedia, Query("english", "???", "en")) is Absence.NOT_FOUND
    assert stub.requests == []


@pytest.mark.parametrize("language", ["", "evil.example/", "../en", "en-../x", "en.evil", "e", "abcd", "en\n"])
async def test_a_language_cannot_alter_the_address(wikipedia: Wikipedia, stub: StubWikipedia, language: str) -> None:
    with pytest.raises(ValueError, match="BCP 47"):
        await found(wikipedia, Query("english", "verbs", language))
    assert stub.requests == []


# ---------------------------------------------------------------- politeness


async def test_one_request_asks_for_all_and_names_who_asks(wikipedia: Wikipedia, stub: StubWikipedia) -> None:
    await found(wikipedia, VERBS)
    [request], [picture] = stub.requests, stub.pictures
    assert request.headers["user-agent"] == picture.headers["user-agent"] == USER_AGENT
    assert (request.params["maxlag"], picture.params["maxlag"]) == ("5", "5")
    assert "gzip" in request.headers["accept-encoding"]
    assert request.params == {
        "action": "query",
        "format": "json",
        "formatversion": "2",
        "maxlag": "5",
        "curtimestamp": "1",
        "redirects": "1",
        "generator": "search",
        "gsrsearch": "verbs english",
        "gsrwhat": "text",
        "gsrnamespace": "0",
        "gsrlimit": "8",
        "prop": "extracts|pageimages|info|pageprops",
        "exintro": "1",
        "explaintext": "1",
        "exlimit": "max",
        "inprop": "url",
        "piprop": "thumbnail|name",
        "pithumbsize": "320",
        "ppprop": "disambiguation",
        "list": "search",
        "srsearch": "verbs",
        "srwhat": "text",
        "srnamespace": "0",
        "srlimit": "8",
        "srinfo": "suggestion",
    }


async def test_requests_are_sent_one_at_a_time(wikipedia: Wikipedia, stub: StubWikipedia) -> None:
    stub.delay_seconds = 0.01
    await asyncio.gather(*(found(wikipedia, Query("english", f"verbs {number}", "en")) for number in range(10)))
    assert len(stub.requests) == 20
    assert stub.in_flight_max == 1


async def test_the_same_question_asked_at_once_is_one_request(wikipedia: Wikipedia, stub: StubWikipedia) -> None:
    queries = [VERBS, Query("English", "VERBS", "en"), Query(" english", "verbs ", "en")] * 5
    titles = await asyncio.gather(*(title_of(wikipedia, query) for query in queries))
    assert set(titles) == {"Verb"}
    assert len(stub.requests) == 1


async def test_who_stops_waiting_does_not_stop_it_for_others(wikipedia: Wikipedia, stub: StubWikipedia) -> None:
    stub.delay_seconds = 0.05
    first, second = (asyncio.create_task(title_of(wikipedia, VERBS)) for _ in range(2))
    await one_turn()
    first.cancel()
    assert await second == "Verb"
    assert first.cancelled()


@pytest.mark.parametrize("query", [VERBS, NOWHERE])
async def test_what_was_learned_is_kept_for_a_while(
    wikipedia: Wikipedia, stub: StubWikipedia, clock: PassingClock, query: Query
) -> None:
    learned = await found(wikipedia, query)
    asked = len(stub.requests)
    clock.advance(LookUpLimits().cache_seconds - 1)
    assert await found(wikipedia, query) == learned
    assert len(stub.requests) == asked
    clock.advance(1)
    assert await found(wikipedia, query) == learned
    assert len(stub.requests) == 2 * asked


ROOM_FOR_ONE = 20_000


async def test_only_so_much_is_kept(stub: StubWikipedia) -> None:
    async with wikipedia_at(stub.url_template, limits=LookUpLimits(cache_max_bytes=ROOM_FOR_ONE)) as wikipedia:
        for query in (VERBS, NOUNS, VERBS):
            await found(wikipedia, query)
    assert len(stub.requests) == 3


async def test_a_failure_is_not_kept(wikipedia: Wikipedia, stub: StubWikipedia) -> None:
    stub.faults.append(FORBIDDEN)
    assert await found(wikipedia, VERBS) is Absence.UNAVAILABLE
    assert await title_of(wikipedia, VERBS) == "Verb"


@pytest.mark.parametrize(
    ("fault", "code", "seconds"),
    [
        (rate_limited("7"), RATE_LIMITED, 7.0),
        (rate_limited("Mon, 23 Nov 2026 12:00:07 GMT"), RATE_LIMITED, 7.0),
        (rate_limited(), RATE_LIMITED, 10.0),
        (MAXLAG, UNAVAILABLE, 5.0),
        (Fault(503, {"Retry-After": "20"}), UNAVAILABLE, 20.0),
    ],
)
async def test_a_server_that_asks_for_a_rest_is_left_alone_until_then(
    wikipedia: Wikipedia, stub: StubWikipedia, clock: PassingClock, fault: Fault, code: str, seconds: float
) -> None:
    stub.faults.append(fault)
    assert await retry_of(wikipedia) == (code, seconds)
    clock.advance(seconds - 1)
    assert await found(wikipedia, VERBS) is Absence.UNAVAILABLE
    assert await found(wikipedia, NOUNS) is Absence.UNAVAILABLE
    assert len(stub.requests) == 1
    clock.advance(1)
    assert await title_of(wikipedia, VERBS) == "Verb"


async def test_those_who_waited_their_turn_do_not_ask_a_server_that_wants_rest(
    wikipedia: Wikipedia, stub: StubWikipedia
) -> None:
    stub.always = rate_limited("7")
    queries = [Query("english", f"verbs {number}", "en") for number in range(50)]
    ends = await asyncio.gather(*(found(wikipedia, query) for query in queries), return_exceptions=True)
    assert [type(end) for end in ends].count(Absence) == 49
    assert len(stub.requests) == 1


# ---------------------------------------------------------------- misbehaviour


@pytest.mark.parametrize(
    "fault",
    [
        FORBIDDEN,
        Fault(404),
        BAD_VALUE,
        GARBAGE,
        NOT_GZIP,
        Fault(body=b"<html>Log in to this network</html>"),
        Fault(body=b"[]"),
        Fault(204),
    ],
)
async def test_an_answer_of_no_use_is_unavailable_and_harms_no_other_request(
    wikipedia: Wikipedia, stub: StubWikipedia, fault: Fault
) -> None:
    stub.faults.extend([fault] * FAILURES_MAX)
    for _ in range(FAILURES_MAX):
        assert await found(wikipedia, VERBS) is Absence.UNAVAILABLE
    assert await title_of(wikipedia, NOUNS) == "Value"


async def test_a_redirect_is_not_followed(wikipedia: Wikipedia, stub: StubWikipedia) -> None:
    async with StubWikipedia() as other:
        stub.always = elsewhere(other.url_template.replace("{language}", "en"))
        assert await found(wikipedia, VERBS) is Absence.UNAVAILABLE
        assert other.requests == []


async def test_a_huge_body_is_cut_off(wikipedia: Wikipedia, stub: StubWikipedia) -> None:
    stub.faults.append(HUGE)
    assert await found(wikipedia, VERBS) is Absence.UNAVAILABLE
    assert stub.bytes_sent < 16 * BODY_SIZE_MAX_BYTES


async def test_a_body_that_unpacks_to_a_huge_one_is_cut_off(wikipedia: Wikipedia, stub: StubWikipedia) -> None:
    bomb = gzip.compress(b'{"query":' + bytes(64 * 1_048_576))
    stub.faults.append(Fault(headers={"Content-Encoding": "gzip"}, body=bomb))
    assert await found(wikipedia, VERBS) is Absence.UNAVAILABLE


@pytest.mark.parametrize("fault", [SERVER_ERROR, HANG_UP])
async def test_a_server_that_breaks_may_be_asked_again_until_it_breaks_too_often(
    wikipedia: Wikipedia, stub: StubWikipedia, clock: PassingClock, fault: Fault
) -> None:
    stub.faults.extend([fault] * FAILURES_MAX)
    for _ in range(FAILURES_MAX):
        assert await retry_of(wikipedia) == (UNAVAILABLE, None)
    assert await found(wikipedia, VERBS) is Absence.UNAVAILABLE
    assert len(stub.requests) == FAILURES_MAX
    clock.advance(PROBE_AFTER_SECONDS)
    assert await title_of(wikipedia, VERBS) == "Verb"


@pytest.mark.parametrize("fault", [STALL, Fault(body=b"{", headers={"Content-Length": "99"})])
async def test_a_server_that_stalls_is_given_up_in_time(stub: StubWikipedia, fault: Fault) -> None:
    stub.always = fault
    async with wikipedia_at(stub.url_template, limits=IMPATIENT) as wikipedia:
        with timed() as taken:
            assert await retry_of(wikipedia) == (TIMED_OUT, None)
        assert taken.seconds < taken.stretched(1)


async def test_the_time_limit_is_for_all_requests_of_a_look_up(stub: StubWikipedia) -> None:
    # Each of the two answers alone is in time. On a busy machine the first may be late; then the times are longer.
    for longer in (1, 4, 16):
        stub.requests.clear()
        stub.delay_seconds = 0.2 * longer
        async with wikipedia_at(stub.url_template, limits=LookUpLimits(lookup_seconds=0.3 * longer)) as wikipedia:
            assert await retry_of(wikipedia, NOWHERE) == (TIMED_OUT, None)
        if len(stub.requests) > 1:
            break
    assert len(stub.requests) == 2


async def test_nobody_waits_long_for_their_turn(stub: StubWikipedia) -> None:
    stub.always = STALL
    async with wikipedia_at(stub.url_template, limits=IMPATIENT) as wikipedia:
        first = asyncio.create_task(retry_of(wikipedia))
        await one_turn()
        assert await found(wikipedia, NOUNS) is Absence.TIMED_OUT
        assert await first == (TIMED_OUT, None)
        assert len(stub.requests) == 1
        stub.always = None
        assert await title_of(wikipedia, NOUNS) == "Value"


async def test_nobody_waits_for_the_probe_of_a_server_that_was_down(stub: StubWikipedia, clock: PassingClock) -> None:
    stub.faults.extend([rate_limited("7"), STALL])
    async with wikipedia_at(stub.url_template, clock, IMPATIENT) as wikipedia:
        await retry_of(wikipedia)
        clock.advance(7)
        probe = asyncio.create_task(retry_of(wikipedia))
        await stub.until(lambda: len(stub.requests) == 2)
        assert await found(wikipedia, NOUNS) is Absence.UNAVAILABLE
        assert not probe.done()
        assert await probe == (TIMED_OUT, None)


async def test_a_server_that_cannot_be_reached_is_known_to_be_down_until_a_probe(clock: PassingClock) -> None:
    async with StubWikipedia() as stub:
        url_template = stub.url_template
    async with wikipedia_at(url_template, clock) as wikipedia:
        with capture_logs() as lines:
            assert await found(wikipedia, VERBS) is Absence.UNAVAILABLE
            assert await found(wikipedia, VERBS) is Absence.UNAVAILABLE
        reasons = [line["reason"] for line in lines]
        assert reasons == ["cannot be reached", "is known to be down, or asked for a rest"]
        [waits] = wikipedia.open_circuits()
        assert (waits.guards, waits.reason, waits.opened_at) == ("127.0.0.1", "unreachable", clock.now())
        assert waits.probe_at == clock.now() + timedelta(seconds=PROBE_AFTER_SECONDS)
        async with StubWikipedia(port=int(url_template.split("/")[2].split(":")[1])) as stub:
            clock.advance(PROBE_AFTER_SECONDS - 1)
            assert await found(wikipedia, VERBS) is Absence.UNAVAILABLE
            clock.advance(1)
            assert await title_of(wikipedia, VERBS) == "Verb"
            assert len(stub.requests) == 1
        assert wikipedia.open_circuits() == []


async def test_a_host_without_a_name_is_unavailable() -> None:
    async with wikipedia_at("http://{language}.wikipedia.invalid/w/api.php") as wikipedia:
        assert await found(wikipedia, VERBS) is Absence.UNAVAILABLE


async def test_a_host_that_drops_what_is_sent_is_given_up_in_time() -> None:
    # A full backlog leaves further connections unanswered, as a network does that drops them.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        address = deaf.getsockname()
        with socket.create_connection(address):
            url_template = f"http://127.0.0.1:{address[1]}/{{language}}"
            async with wikipedia_at(url_template, connect_seconds=0.1) as wikipedia:
                with timed() as taken, capture_logs() as lines:
                    assert await found(wikipedia, VERBS) is Absence.UNAVAILABLE
                assert taken.seconds < taken.stretched(1)
    assert lines[0]["reason"] == "cannot be reached"


async def test_a_connection_that_is_lost_once_makes_no_server_one_that_is_down() -> None:
    """The system tries a lost connection again after a second; whoever gives it up before connects anew at once."""
    answering: set[asyncio.Task[None] | None] = set()

    async def nothing_found(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answering.add(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 22\r\n\r\n{"batchcomplete":true}')
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        with socket.create_connection(deaf.getsockname()):
            url_template = f"http://127.0.0.1:{deaf.getsockname()[1]}/{{language}}"
            async with wikipedia_at(url_template, connect_seconds=0.5) as wikipedia:
                finding = asyncio.create_task(found(wikipedia, VERBS))
                await asyncio.wait([finding], timeout=0.2)
                server = await asyncio.start_server(nothing_found, sock=deaf)
                assert await finding is Absence.NOT_FOUND
        await asyncio.gather(*(one for one in answering if one is not None))
        server.close()


async def test_an_address_that_is_none_is_unavailable() -> None:
    async with wikipedia_at("nonsense:// {language}") as wikipedia:
        assert await found(wikipedia, VERBS) is Absence.UNAVAILABLE


async def test_closing_ends_what_is_under_way(stub: StubWikipedia) -> None:
    stub.always = STALL
    async with wikipedia_at(stub.url_template) as wikipedia:
        waiting = asyncio.create_task(found(wikipedia, VERBS))
        await one_turn()
    with pytest.raises(asyncio.CancelledError):
        await waiting


# ---------------------------------------------------------------- the log


async def test_each_look_up_leaves_one_line_that_tells_nothing_of_the_request(
    wikipedia: Wikipedia, stub: StubWikipedia
) -> None:
    stub.faults.append(SERVER_ERROR)
    with capture_logs() as lines:
        await retry_of(wikipedia, Query("my-secret", "about-me verbs", "en"))
        await found(wikipedia, Query("my-secret", "about-me verbs", "en"))
        await found(wikipedia, VERBS)
    assert [line["event"] for line in lines] == ["look-up failed, may pass", "look-up ended", "look-up ended"]
    assert "secret" not in str(lines)
    assert "about-me" not in str(lines)
