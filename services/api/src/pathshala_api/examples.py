"""The bodies that the API's description shows, by the name of their schema; a test holds them to it."""

from typing import Any

TASK_ID = "550e8400-e29b-41d4-a716-446655440000"
LESSON_URL = "/lessons/english/verbs?version=1.0"
CREATED_AT, COMPLETED_AT = "2026-11-23T14:55:20.885Z", "2026-11-23T14:56:15.123Z"
TITLE = "Understanding English Verbs"

ORDER: dict[str, Any] = {
    "subject": "english",
    "topic": "verbs",
    "user_id": "user123",
    "include_wikipedia": True,
    "language": "en",
    "level": "middle",
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
    "shloka": "विद्या ददाति विनयम्",
    "shloka_source": "Hitopadesha, Prastavika 6",
    "translation": "Learning gives humility.",
    "explanation": "A verb is a word that says what happens.",
    "activity": "Find five verbs in a story that you like.",
    "question": "Which word of this sentence is its verb?",
    "wikipedia_info": {
        "title": "Verb",
        "summary": "A verb is a word that generally conveys an action, an occurrence, or a state of being.",
        "url": "https://en.wikipedia.org/wiki/Verb",
        "related_articles": ["Adverb", "Noun"],
        "thumbnail": None,
        "language": "en",
        "revision_id": 1234,
        "licence": "CC BY-SA 4.0",
    },
    "language": "en",
    "quality": {
        "writer": "offline",
        "model": None,
        "grounded": True,
        "ungrounded_reason": None,
        "repaired_fields": [],
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
    "subject": "english",
    "topic": "verbs",
}

STATUS: dict[str, Any] = _TASK | {
    "lesson_data": LESSON_DATA,
    "deadline": "2026-11-23T15:10:20.885Z",
    "lesson_url": LESSON_URL,
}

TASKS: dict[str, Any] = {
    "status": "success",
    "total_tasks": 1,
    "tasks": [_TASK | {"user_id": "user123"}],
    "status_counts": {"pending": 0, "in_progress": 0, "completed": 1, "failed": 0},
    "next_cursor": None,
}

LESSON: dict[str, Any] = LESSON_DATA | {
    "subject": "english",
    "topic": "verbs",
    "task_id": TASK_ID,
    "created_at": COMPLETED_AT,
}

VERSIONS: dict[str, Any] = {
    "subject": "english",
    "topic": "verbs",
    "versions": [{"version": "1.0", "title": TITLE, "created_at": COMPLETED_AT, "task_id": TASK_ID, "url": LESSON_URL}],
    "next_before": None,
}

PROBLEM: dict[str, Any] = {
    "type": "urn:pathshala:problem:invalid_request",
    "title": "Bad Request",
    "status": 400,
    "detail": "topic: Field required",
    "code": "invalid_request",
    "errors": [{"field": "topic", "message": "Field required"}],
}

EXAMPLES = {
    "LessonOrder": ORDER,
    "Accepted": ACCEPTED,
    "TaskStatus": STATUS,
    "TaskList": TASKS,
    "LessonVersion": LESSON,
    "VersionList": VERSIONS,
    "ProblemBody": PROBLEM,
}
