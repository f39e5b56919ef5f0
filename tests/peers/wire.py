"""The wire of lobbies as a plain peer knows it: topics and the eleven fields. Nothing here knows of an arbiter."""

import json
from datetime import datetime, timedelta

FIELDS = (
    "session_id",
    "creator_client_id",
    "model_name",
    "state",
    "connected_instances",
    "num_players_min",
    "num_players_max",
    "created_at",
    "last_updated",
    "last_heartbeat",
    "version",
)

HEARTBEAT_S = 5.0
SEED_SYNC_S = 3.0
CHECK_S = 3.0
EXPIRY_S = 15.0
POLL_S = 2.5
VERIFY_S = 0.5
RETRIES = 3


def state_topic(form, session):
    return f"session_state/{session}" if form == "prefix" else f"{session}/session_state"


def session_of(form, topic):
    parts = topic.split("/")
    return parts[1] if form == "prefix" else parts[0]


def now(offset_s):
    """A naive ISO text of a clock that is `offset_s` ahead."""
    return (datetime.now() + timedelta(seconds=offset_s)).isoformat()


def age_s(text, offset_s):
    """How old a time is by that clock. Raises where the text has an offset: naive and aware times are not compared."""
    return (datetime.now() + timedelta(seconds=offset_s) - datetime.fromisoformat(text)).total_seconds()


def read(payload):
    """A state, with the fields that a plain peer keeps; `None` where it is none."""
    try:
        doc = json.loads(payload)
        return {field: doc[field] for field in FIELDS}
    except (ValueError, KeyError, TypeError):
        return None
