"""The bodies that the API's description shows, by the name of their schema; a test holds them to it."""

from typing import Any

TASK_ID = "550e8400-e29b-41d4-a716-446655440000"
EDITION_URL = "/lessons/english/verbs?language=en&level=middle"
LESSON_URL = f"{EDITION_URL}&version=1.0"
CREATED_AT, COMPLETED_AT = "2026-11-23T14:55:20.885Z", "2026-11-23T14:56:15.123Z"
TITLE = "Understanding English Verbs"

ORDER: dict[str, Any] = {
    "subject": "english",
    "topic": "verbs",
    "user_id": "user123",
    "include_wikipedia": True,
    "language": "en",
    "level": "middle",
    "source_text": "A verb is a word that says what someone does, what happens, or how things are.",
}

REWRITE: dict[str, Any] = {
    "user_id": "user123",
    "part": "activity",
    "question": None,
    "wish": "a shorter activity",
}

ACCEPTED: dict[str, Any] = {
    "task_id": TASK_ID,
    "status": "pending",
    "message": "Lesson generation started for english/verbs",
    "estimated_completion_time": "30-60 seconds",
    "poll_url": f"/lessons/status/{TASK_ID}",
}

LESSON_DATA: dict[str, Any] = {
    "title": TITLE,
    "objectives": ["Find the verb of a sentence and say what it tells."],
    "shloka": "विद्या ददाति विनयं विनयाद्याति पात्रताम् ।\nपात्रत्वाद्धनमाप्नोति धनाद्धर्मं ततः सुखम् ॥",
    "shloka_transliteration": (
        "vidyā dadāti vinayaṃ vinayād yāti pātratām |\npātratvād dhanam āpnoti dhanād dharmaṃ tataḥ sukham ||"
    ),
    "shloka_source": "Hitopadesha, Prastavika 6",
    "shloka_connection": "The verse says what learning gives; to know the verbs is to begin to learn a language.",
    "translation": (
        "Learning gives humility; from humility one comes to worthiness; from worthiness to means; "
        "from means to right conduct, and from there to happiness."
    ),
    "explanation": (
        "A verb is a word that says what someone does, what happens, or how things are. [1]\n\n"
        "In English, its basic form is the infinitive. [2] In “Asha sings”, the verb is “sings”."
    ),
    "statements": [
        {
            "text": "A verb is a word that says what someone does, what happens, or how things are.",
            "quote": "A verb is a word that generally conveys an action, an occurrence, or a state of being.",
        },
        {
            "text": "In English, its basic form is the infinitive.",
            "quote": "In the usual description of English, the basic form is the infinitive.",
        },
        {"text": "In “Asha sings”, the verb is “sings”.", "quote": None},
    ],
    "activity": "Find five verbs in a story that you like. Write for each whether it is an action or a state.",
    "minutes": 30,
    "materials": ["a story that you like", "paper and pencil"],
    "question": "What is the verb in “Asha sings”?",
    "questions": [
        {
            "form": "choice",
            "text": "What is the verb in “Asha sings”?",
            "options": ["Asha", "sings"],
            "answer": "sings",
            "proven_by": [3],
        },
        {
            "form": "gap",
            "text": "The basic form of an English verb is the _____.",
            "options": [],
            "answer": "infinitive",
            "proven_by": [2],
        },
        {
            "form": "open",
            "text": "Nothing moves in “The soup is hot”; what makes “is” a verb all the same?",
            "options": [],
            "answer": "It says how things are.",
            "proven_by": [1],
        },
    ],
    "wikipedia_info": {
        "title": "Verb",
        "summary": (
            "A verb is a word that generally conveys an action, an occurrence, or a state of being. "
            "In the usual description of English, the basic form is the infinitive."
        ),
        "url": "https://en.wikipedia.org/wiki/Verb",
        "related_articles": ["Adverb", "Value"],
        "thumbnail": None,
        "language": "en",
        "revision_id": 1234,
        "licence": "CC BY-SA 4.0",
        "source": "wikipedia",
        "read_at": "2026-11-23T09:00:01Z",
        "picture": None,
    },
    "source": "wikipedia",
    "source_info": None,
    "language": "en",
    "level": "middle",
    "quality": {
        "writer": "openai",
        "model": "gpt-5.4-mini",
        "grounded": True,
        "ungrounded_reason": None,
        "article_fallback": False,
        "source": "wikipedia",
        "repaired_fields": ["question"],
        "checks_passed": [
            "on_topic",
            "language",
            "complete",
            "own_voice",
            "plain_text",
            "evidence",
            "fresh",
            "reading_level",
        ],
        "prompt_version": "1",
        "usage": {
            "calls": 2,
            "prompt_tokens": 2410,
            "completion_tokens": 655,
            "seconds": 7.312,
            "cost": 0.0042,
            "currency": "USD",
        },
        "reading_level": {"formula": "automated_readability_index", "score": 5.8, "fits": True},
    },
    "version": "1.0",
}

_TASK: dict[str, Any] = {
    "task_id": TASK_ID,
    "status": "completed",
    "progress_message": "Lesson generation completed successfully",
    "created_at": CREATED_AT,
    "completed_at": COMPLETED_AT,
    "error_message": None,
    "error_code": None,
    "warnings": [],
    "subject": "english",
    "topic": "verbs",
}

STATUS: dict[str, Any] = _TASK | {
    "change": 7,
    "progress": {
        "stage": "ended",
        "attempt": None,
        "of": None,
        "waiting_for": None,
        "until": None,
        "percent": 100,
    },
    "lesson_data": LESSON_DATA,
    "suggestion": None,
    "deadline": "2026-11-23T15:10:20.885Z",
    "lesson_url": LESSON_URL,
    "retry_of": None,
    "retried_as": None,
}

CHANGE: dict[str, Any] = _TASK | {
    "change": 7,
    "progress": STATUS["progress"],
    "lesson_url": LESSON_URL,
    "retry_of": None,
    "retried_as": None,
}

TASKS: dict[str, Any] = {
    "status": "success",
    "total_tasks": 1,
    "tasks": [_TASK | {"user_id": "user123"}],
    "status_counts": {"pending": 0, "in_progress": 0, "completed": 1, "failed": 0},
    "next_cursor": None,
}

EVENT: dict[str, Any] = {
    "position": 2,
    "time": "2026-11-23T14:55:20.912Z",
    "gap_seconds": 0.027,
    "service": "enricher",
    "event": "EnrichmentStarted",
    "attempt": 1,
    "event_id": "0a3a8fd8-6e0b-5d0a-8a43-0d8f4a1f7b52",
    "causation_id": "9b7a3b60-1d52-5a58-9a3e-6a2f2c9c6a11",
    "summary": "looks for 'verbs' in wikipedia",
    "data": {"task_id": TASK_ID, "attempt": 1, "source": "wikipedia", "query": "verbs"},
}

STORED: dict[str, Any] = {
    "event_id": "6f5b7a10-8a53-5c5e-9a37-2b1f6f3f0d11",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}

LESSON: dict[str, Any] = LESSON_DATA | {
    "subject": "english",
    "topic": "verbs",
    "task_id": TASK_ID,
    "created_at": COMPLETED_AT,
    "stored": STORED,
}

PUPIL: dict[str, Any] = LESSON | {
    "questions": [{name: asked[name] for name in ("form", "text", "options")} for asked in LESSON_DATA["questions"]]
}

_EDITION: dict[str, Any] = {"language": "en", "level": "middle"}
_KEPT: dict[str, Any] = {"title": TITLE, "created_at": COMPLETED_AT, "task_id": TASK_ID}

EDITION: dict[str, Any] = _EDITION | {"version": "1.0", "versions": 1, "url": EDITION_URL}

EDIT_ID = "8d0f7c1e-3f0a-5b1c-9c53-0c2b8a7e6d11"
NOTE = "Plainer words for class 6."
FINDING = {
    "check": "reading_level",
    "part": "explanation",
    "reason": "is too childish for the level that was asked for: it needs fuller sentences and more exact words",
}
OVERRULING = {"check": "reading_level", "reason": "Half of the class reads Hindi at home."}
APPROVAL = {"by": "mira", "approved_at": COMPLETED_AT, "note": None}

VERSIONS: dict[str, Any] = {
    "subject": "english",
    "topic": "verbs",
    **_EDITION,
    "versions": [
        {
            "version": "1.1",
            **_EDITION,
            **_KEPT,
            "task_id": EDIT_ID,
            "title": "Doing words",
            "url": f"{EDITION_URL}&version=1.1",
            "how": "edited",
            "made_by": "tara",
            "made_of": "1.0",
            "note": NOTE,
            "approved": APPROVAL,
            "rating": {"stars": 4.5, "count": 2},
            "found": [FINDING],
            "overruled": [OVERRULING],
        },
        {
            "version": "1.0",
            **_EDITION,
            **_KEPT,
            "url": LESSON_URL,
            "how": "generated",
            "made_by": "user123",
            "made_of": None,
            "note": None,
            "approved": None,
            "rating": {"stars": None, "count": 0},
            "found": [],
            "overruled": [],
        },
    ],
    "next_before": None,
    "editions": [EDITION],
}

_ARTICLE: dict[str, Any] = LESSON_DATA["wikipedia_info"]

PROOF: dict[str, Any] = {
    "subject": "english",
    "topic": "verbs",
    **_EDITION,
    "version": "1.0",
    "task_id": TASK_ID,
    "stored": STORED,
    "article": {
        "title": "Verb",
        "text": _ARTICLE["summary"],
        "language": "en",
        "source": "wikipedia",
        "revision_id": 1234,
        "revision_url": "https://en.wikipedia.org/wiki/Verb?oldid=1234",
        "licence": "CC BY-SA 4.0",
    },
    "citations": [
        {"number": 1, "statement": 1, **LESSON_DATA["statements"][0], "start": 0, "end": 84},
        {"number": 2, "statement": 2, **LESSON_DATA["statements"][1], "start": 85, "end": 153},
    ],
}

PACK: dict[str, Any] = {
    "format": "imscc",
    "title": "Grammar",
    "approved": False,
    "lessons": [{"subject": "english", "topic": "verbs", **_EDITION, "version": "1.0"}],
}

EDITIONS: dict[str, Any] = {
    "editions": [{"subject": "english", "topic": "verbs", **EDITION, **_KEPT}],
    "next_cursor": None,
}

CHANGES: dict[str, Any] = {"title": "Doing words"}
EDIT: dict[str, Any] = {"user_id": "tara", "changes": CHANGES, "note": NOTE, "overruled": [OVERRULING]}
DRAFT: dict[str, Any] = {"changes": CHANGES}
ROLL_BACK: dict[str, Any] = {"user_id": "tara", "version": "1.0", "note": "The first one was clearer."}
CHECKED: dict[str, Any] = {
    "version": "1.0",
    "edited_fields": ["title"],
    "found": [FINDING],
    "passed": ["on_topic", "language"],
    "reading_level": None,
}
CHANGED: dict[str, Any] = LESSON | {
    "title": "Doing words",
    "version": "1.1",
    "task_id": EDIT_ID,
    "quality": LESSON_DATA["quality"] | {"edited_fields": ["title"]},
    "made_by": "tara",
    "made_of": {"how": "edited", "version": "1.0", "note": NOTE},
    "examined": {"found": [FINDING], "overruled": [OVERRULING]},
}
REVIEW: dict[str, Any] = {"version": "1.1", "approved": APPROVAL, "rating": {"stars": 4.5, "count": 2}}
RATINGS: dict[str, Any] = REVIEW | {
    "ratings": [{"user_id": "asha", "stars": 5, "reason": "I understood it at once.", "rated_at": COMPLETED_AT}]
}
DIFF: dict[str, Any] = {
    "before": "1.0",
    "after": "1.1",
    "changes": [
        {
            "field": "title",
            "before": TITLE,
            "after": "Doing words",
            "words": [{"kind": "removed", "text": TITLE}, {"kind": "added", "text": "Doing words"}],
            "items": [],
        }
    ],
}

PROBLEM: dict[str, Any] = {
    "type": "urn:pathshala:problem:invalid_request",
    "title": "Bad Request",
    "status": 400,
    "detail": "topic: Field required",
    "code": "invalid_request",
    "errors": [{"field": "topic", "message": "Field required"}],
}

BULK: dict[str, Any] = {"matched": 12, "more": False, "done": 12}

KEY_ORDER: dict[str, Any] = {"name": "Asha's laptop", "user_id": "asha", "role": "user", "expires_at": None}
KEY: dict[str, Any] = {
    "key_id": "5f0c9a4be1d2837a",
    "name": "Asha's laptop",
    "user_id": "asha",
    "role": "user",
    "created_at": CREATED_AT,
    "expires_at": None,
    "revoked_at": None,
    "used_at": None,
}
NEW_KEY: dict[str, Any] = {**KEY, "key": "ps_5f0c9a4be1d2837a_" + 43 * "x"}
KEYS: dict[str, Any] = {"keys": [{**KEY, "used_at": COMPLETED_AT}], "next_after": None}
SESSION: dict[str, Any] = {"auth": "keys", "user_id": "asha", "role": "user"}
TOKEN: dict[str, Any] = {"token": f"5f0c9a4be1d2837a.1795445720.{64 * '0'}", "expires_at": COMPLETED_AT}

SET_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
SET_URL = f"/class-sets/{SET_ID}"
SUGGESTED: dict[str, Any] = {
    "words": "Order it with subject 'maths and science'.",
    "order": {
        "subject": "maths and science",
        "topic": "light",
        "user_id": "user123",
        "include_wikipedia": True,
        "language": "en",
        "level": "middle",
    },
    "needs": [],
}
REFUSED_ROW: dict[str, Any] = {
    "error_code": "invalid_row",
    "error_message": "subject: must not contain a slash; a topic may",
    "suggestion": SUGGESTED,
}
SET_ORDER: dict[str, Any] = {
    "user_id": "user123",
    "title": "Class 7b, spring",
    "calls_max": 100,
    "lessons": [
        {"subject": "english", "topic": "verbs", "language": "en", "level": "middle"},
        {"subject": "maths/science", "topic": "light"},
    ],
}
SET_ACCEPTED: dict[str, Any] = {
    "set_id": SET_ID,
    "message": "Lessons ordered: 1 of 2",
    "accepted": 1,
    "refused": [{"row": 2, **REFUSED_ROW}],
    "set_url": SET_URL,
}
SET_HEAD: dict[str, Any] = {
    "set_id": SET_ID,
    "user_id": "user123",
    "title": "Class 7b, spring",
    "status": "finished",
    "stopped": None,
    "rows": 2,
    "created_at": CREATED_AT,
    "finished_at": COMPLETED_AT,
    "set_url": SET_URL,
}
SETS: dict[str, Any] = {"class_sets": [SET_HEAD], "next_cursor": None}
ITEM_ORDER: dict[str, Any] = {"subject": "maths and science", "topic": "light", "language": "en", "level": "middle"}
ITEM: dict[str, Any] = {
    "row": 1,
    "subject": "english",
    "topic": "verbs",
    "language": "en",
    "level": "middle",
    "status": "completed",
    "progress_message": None,
    "task_id": TASK_ID,
    "status_url": f"/lessons/status/{TASK_ID}",
    "version": "1.0",
    "lesson_url": LESSON_URL,
    "error_code": None,
    "error_message": None,
    "suggestion": None,
}
REFUSED_ITEM: dict[str, Any] = {
    **dict.fromkeys(ITEM),
    "row": 2,
    "subject": "maths/science",
    "topic": "light",
    "language": "",
    "level": "",
    "status": "refused",
    **REFUSED_ROW,
}
SET_STATUS: dict[str, Any] = {
    **SET_HEAD,
    "percent": 100,
    "counts": {"refused": 1, "waiting": 0, "pending": 0, "in_progress": 0, "completed": 1, "failed": 0},
    "ceiling": {
        "calls_max": 100,
        "calls": 4,
        "calls_left": 96,
        "cost_max": None,
        "cost": 0.0021,
        "cost_left": None,
        "currency": "USD",
    },
    "items": [ITEM, REFUSED_ITEM],
    "pack_url": f"{SET_URL}/pack",
}

EXAMPLES = {
    "LessonOrder": ORDER,
    "RewriteOrder": REWRITE,
    "Accepted": ACCEPTED,
    "TaskChange": CHANGE,
    "TaskStatus": STATUS,
    "TaskList": TASKS,
    "BulkAnswer": BULK,
    "TaskEvent": EVENT,
    "LessonVersion": LESSON,
    "PupilVersion": PUPIL,
    "LessonProof": PROOF,
    "PackOrder": PACK,
    "VersionList": VERSIONS,
    "ChangedVersion": CHANGED,
    "VersionEdit": EDIT,
    "DraftEdit": DRAFT,
    "CheckedDraft": CHECKED,
    "RollBack": ROLL_BACK,
    "ApprovalOrder": {"user_id": "mira", "approved": True, "note": "Read with class 6."},
    "RatingOrder": {"user_id": "asha", "stars": 5, "reason": "I understood it at once."},
    "VersionReview": REVIEW,
    "RatingList": RATINGS,
    "VersionDiff": DIFF,
    "EditionList": EDITIONS,
    "KeyOrder": KEY_ORDER,
    "NewKey": NEW_KEY,
    "KeyList": KEYS,
    "SessionBody": SESSION,
    "StreamToken": TOKEN,
    "ProblemBody": PROBLEM,
    "ClassSetOrder": SET_ORDER,
    "ClassSetAccepted": SET_ACCEPTED,
    "ClassSetStatus": SET_STATUS,
    "ClassSetList": SETS,
    "ItemOrder": ITEM_ORDER,
    "ClassSetItem": ITEM,
}
