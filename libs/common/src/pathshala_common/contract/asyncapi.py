"""The exchanges, queues and messages as an AsyncAPI 3 document, generated from the topology and the events.

`scripts/schemas` writes it to docs/asyncapi.json. The exchange has a channel for each routing key, and each queue is a
channel: services send to the former and receive from the latter.
"""

from collections.abc import Sequence
from typing import Any

from pathshala_common import __version__
from pathshala_common.contract.envelope import CONTENT_TYPE
from pathshala_common.contract.events import EVENTS, Event
from pathshala_common.contract.messages import ATTEMPT, NOT_BEFORE, REPLAYED
from pathshala_common.contract.ports.hints import HintKind
from pathshala_common.contract.schemas import envelope_schema
from pathshala_common.contract.topology import SUBSCRIPTIONS, Delay, Queue, Topology

ASYNCAPI_VERSION = "3.0.0"
BINDING_VERSION = "0.3.0"
REFERENCES = "#/components/schemas/{model}"

INFO = {
    "title": "Pathshala's events",
    "version": __version__,
    "description": (
        "What happens to a task on its way from an order to a lesson. A message is a CloudEvents 1.0 envelope in "
        "structured JSON, persistent and confirmed. It may come more than once, always with the same id."
    ),
    "license": {"name": "MIT"},
}

HEADERS = {
    "type": "object",
    "description": "What is ours about the delivery. Messages that come for the first time have none of these.",
    "properties": {
        ATTEMPT: {"type": "integer", "minimum": 1, "description": "The attempt that this delivery is."},
        NOT_BEFORE: {
            "type": "integer",
            "description": "Milliseconds since 1970: a message that comes back sooner waits on.",
        },
        REPLAYED: {
            "type": "string",
            "format": "date-time",
            "description": "The moment at which an operator sent a logged event again.",
        },
    },
}


HINTS = {
    "name": "Hints",
    "title": "Hints",
    "summary": "A word on tasks that are worth a look now; any may be lost. They are no events, and not persistent.",
    "contentType": "application/json",
    "payload": {
        "type": "array",
        "items": {
            "type": "array",
            "description": "A task's id, and the user who asked for it where that is known.",
            "items": {"type": "string"},
            "minItems": 1,
            "maxItems": 2,
        },
    },
}


def asyncapi(topology: Topology | None = None) -> dict[str, Any]:
    """Describe a house on RabbitMQ, by its names and limits, or by those that it has when nothing is set."""
    topology = topology or Topology()
    messages: dict[str, Any] = {"Hints": HINTS}
    schemas: dict[str, Any] = {}
    for event in EVENTS:
        payload = envelope_schema(event, REFERENCES)
        schemas |= payload.pop("$defs")
        schemas[event.__name__] = payload
        messages[event.__name__] = _message(event)
    return {
        "asyncapi": ASYNCAPI_VERSION,
        "info": INFO,
        "defaultContentType": CONTENT_TYPE,
        "channels": {
            **{event.ROUTING_KEY: _routed(event, topology) for event in EVENTS},
            **{queue.name: _queue(queue) for queue in topology.queues()},
            **{delay.name: _delay(delay) for delay in topology.delays()},
            topology.hints_exchange: _hints(topology),
        },
        "operations": {**_sending(), **_receiving(topology)},
        "components": {"messages": messages, "schemas": schemas},
    }


def _message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": event.__name__,
        "title": event.__name__,
        "summary": (event.__doc__ or "").partition("\n")[0],
        "contentType": CONTENT_TYPE,
        "correlationId": {"location": "$message.payload#/correlationid", "description": "The task id."},
        "headers": HEADERS,
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
        "bindings": {"amqp": {"messageType": event.__name__, "bindingVersion": BINDING_VERSION}},
    }


def _routed(event: type[Event], topology: Topology) -> dict[str, Any]:
    """Describe a routing key of the exchange of all events."""
    exchange = {"name": topology.exchange, "type": "topic", "durable": True, "autoDelete": False}
    return {
        "address": event.ROUTING_KEY,
        "description": f"{event.__name__} for everybody who binds a queue to this routing key.",
        "messages": _messages([event]),
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": BINDING_VERSION}},
    }


def _queue(queue: Queue) -> dict[str, Any]:
    events = [event for event in EVENTS if event.ROUTING_KEY in queue.routing_keys]
    bound = f"Bound by {', '.join(queue.routing_keys)}." if queue.routing_keys else "Bound by no routing key."
    limit = f" A message leaves after {queue.time_limit_seconds:g} s." if queue.time_limit_seconds else ""
    onward = f" What leaves unconsumed goes to {queue.dead_letter_to}." if queue.dead_letter_to else ""
    return {
        "address": queue.name,
        "description": f"{bound}{limit}{onward}",
        "messages": _messages(events or EVENTS),
        "bindings": _bound_queue(queue.name),
    }


def _delay(delay: Delay) -> dict[str, Any]:
    return {
        "address": delay.name,
        "description": f"A message waits here for {delay.seconds} s, and returns to the queue in its routing key. Its "
        "fanout exchange has the same name.",
        "messages": _messages(EVENTS),
        "bindings": _bound_queue(delay.name),
    }


def _hints(topology: Topology) -> dict[str, Any]:
    exchange = {"name": topology.hints_exchange, "type": "direct", "durable": True, "autoDelete": False}
    return {
        "address": "{kind}",
        "description": "Hints of one kind, for each process that listens, by a queue that ends with it.",
        "parameters": {"kind": {"enum": [kind.value for kind in HintKind], "description": "What the hints say."}},
        "messages": {"Hints": {"$ref": "#/components/messages/Hints"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": BINDING_VERSION}},
    }


def _bound_queue(name: str) -> dict[str, Any]:
    queue = {"name": name, "durable": True, "exclusive": False, "autoDelete": False}
    return {"amqp": {"is": "queue", "queue": queue, "bindingVersion": BINDING_VERSION}}


def _messages(events: Sequence[type[Event]]) -> dict[str, Any]:
    return {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"} for event in events}


def _sending() -> dict[str, Any]:
    return {
        f"tell{event.__name__}": {
            "action": "send",
            "channel": _channel(event.ROUTING_KEY),
            "summary": f"Tell {event.__name__}.",
            "messages": [_of_channel(event.ROUTING_KEY, event)],
            "bindings": {"amqp": {"deliveryMode": 2, "mandatory": event.MANDATORY, "bindingVersion": BINDING_VERSION}},
        }
        for event in EVENTS
    }


def _receiving(topology: Topology) -> dict[str, Any]:
    return {
        f"{service}Takes": {
            "action": "receive",
            "channel": _channel(topology.queue(service)),
            "summary": f"The {service} handles what is in its queue, and acknowledges it then.",
            "messages": [_of_channel(topology.queue(service), event) for event in events],
            "bindings": {"amqp": {"ack": True, "bindingVersion": BINDING_VERSION}},
        }
        for service, events in SUBSCRIPTIONS.items()
    }


def _channel(name: str) -> dict[str, str]:
    return {"$ref": f"#/channels/{name}"}


def _of_channel(name: str, event: type[Event]) -> dict[str, str]:
    return {"$ref": f"#/channels/{name}/messages/{event.__name__}"}
