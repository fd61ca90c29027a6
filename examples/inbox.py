#!/usr/bin/env python3
"""Every message in a table, once, whatever happens to this program.

    inbox.py TABLE

It brings what is new, and ends. It may be killed at any moment, and is started again: the messages
and the token that says what was received are written in one transaction. Let one program at a time
receive into a table. `receiver.py` does so when the Market sends a notification.

    pip install ./bindings/python
    YMCHAT_API_KEY=… YMCHAT_BUSINESS_ID=… python3 examples/inbox.py inbox.sqlite
"""

import json
import os
import sqlite3
import sys

import ymchat

TABLES = """
CREATE TABLE IF NOT EXISTS message (
    chat_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    sender TEXT NOT NULL,
    text TEXT,
    json TEXT NOT NULL,
    PRIMARY KEY (chat_id, message_id)
);
CREATE TABLE IF NOT EXISTS token (only_row INTEGER PRIMARY KEY, since TEXT NOT NULL);
INSERT OR IGNORE INTO token VALUES (1, '');
-- What notifications have told: a chat in which something is new.
CREATE TABLE IF NOT EXISTS hint (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    chat_id INTEGER NOT NULL
);
"""


def main(arguments):
    if len(arguments) != 1:
        print("inbox: the argument is: TABLE", file=sys.stderr)
        return 2
    try:
        with open_client() as client:
            receive(open_table(arguments[0]), client)
    except ymchat.Error as error:
        print(f"inbox: {error}", file=sys.stderr)
        return 1
    return 0


def open_table(path):
    db = sqlite3.connect(path, timeout=60)
    # A commit is on the disk before the next step is taken.
    db.execute("PRAGMA synchronous = FULL")
    db.executescript(TABLES)
    return db


def open_client():
    return ymchat.Client(
        api_key=os.environ["YMCHAT_API_KEY"],
        business_id=int(os.environ["YMCHAT_BUSINESS_ID"]),
        base_url=os.environ.get("YMCHAT_BASE_URL"),
    )


def receive(db, client):
    """Brings everything that is new."""
    sync(db, client, None, newest_hint(db))


def receive_hinted(db, client):
    """Brings what is new in the chats that notifications have named."""
    newest = newest_hint(db)
    chats = db.execute("SELECT DISTINCT chat_id FROM hint WHERE number <= ?", (newest,))
    chat_ids = [chat_id for (chat_id,) in chats]
    if chat_ids:
        sync(db, client, chat_ids, newest)


def sync(db, client, chat_ids, newest):
    more = True
    while more:
        (since,) = db.execute("SELECT since FROM token").fetchone()
        news = client.sync(since, start="all", scope="all", limit=50, chat_ids=chat_ids)
        more = news.more
        rows = [
            (found.chat.chat_id, m.message_id, m.sender, m.text, json.dumps(m.raw))
            for found in news.chats
            for m in found.messages
        ]
        with db:
            # Not "OR IGNORE": a message that came twice would be an error.
            db.executemany("INSERT INTO message VALUES (?, ?, ?, ?, ?)", rows)
            db.execute("UPDATE token SET since = ?", (news.since,))
            if not more:
                db.execute("DELETE FROM hint WHERE number <= ?", (newest,))
        print(f"{len(rows)} messages", flush=True)


def newest_hint(db):
    return db.execute("SELECT coalesce(max(number), 0) FROM hint").fetchone()[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
