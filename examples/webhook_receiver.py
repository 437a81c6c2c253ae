"""Receives the webhooks of a house: uvicorn webhook_receiver:app --port 8080.

It needs `pip install fastapi uvicorn pathshala-client`, and in PATHSHALA_WEBHOOK_SECRET the secret that the house has
in PATHSHALA_WEBHOOK_SECRETS. An order then names https://.../hooks/pathshala as its `callback_url`.
"""

import os

from fastapi import FastAPI, HTTPException, Request

from pathshala_client.webhooks import WebhookRefused, verified

app = FastAPI()
secret = os.environ["PATHSHALA_WEBHOOK_SECRET"]
had = set[str]()
"""The webhooks that came before, since each may come again. In a database, if they must outlive a restart."""


@app.post("/hooks/pathshala", status_code=204)
async def receive(request: Request) -> None:
    """Take a webhook in, and do what takes longer than a moment afterwards."""
    try:
        webhook = verified(await request.body(), request.headers, secret)
    except WebhookRefused as error:
        raise HTTPException(401, str(error)) from error
    if webhook.identity not in had:
        had.add(webhook.identity)
        task = webhook.task
        print(task["task_id"], task["status"], task["lesson_url"] or task["error_message"], flush=True)
