#!/usr/bin/env python3
"""Replies that arrive once, whatever happens to this program: a table with a row for each reply.

    outbox.py TABLE add CHAT_ID TEXT    puts a reply into the table
    outbox.py TABLE send                sends what has not been sent

It may be killed at any moment, and is started again until nothing is left. Each reply has a
ticket, which is stored before the reply is sent for the first time.

    pip install ./bindings/python
    YMCHAT_API_KEY=… YMCHAT_BUSINESS_ID=… python3 examples/outbox.py outbox.sqlite send
"""

import os
import sqlite3
import sys

import ymchat

TABLE = """
CREATE TABLE IF NOT EXISTS reply (
    id INTEGER PRIMARY KEY,
    chat_id INTEGER NOT NULL,
    text TEXT NOT NULL,
    ticket TEXT,
    sent INTEGER NOT NULL DEFAULT 0
)
"""


def main(arguments):
    match arguments:
        case [table, "add", chat_id, text] if chat_id.isdecimal():
            with open_table(table) as db:
                row = (int(chat_id), text)
                db.execute("INSERT INTO reply (chat_id, text) VALUES (?, ?)", row)
            return 0
        case [table, "send"]:
            return send_all(open_table(table))
        case _:
            print("outbox: the arguments are: TABLE (add CHAT_ID TEXT | send)", file=sys.stderr)
            return 2


def open_table(path):
    db = sqlite3.connect(path)
    # A commit is on the disk before the next step is taken.
    db.execute("PRAGMA synchronous = FULL")
    db.execute(TABLE)
    return db


def send_all(db):
    waiting = "SELECT id, chat_id, text, ticket FROM reply WHERE NOT sent ORDER BY id"
    # A reply goes out when the one before it in its chat is settled: its ticket names the newest
    # message of the chat.
    blocked = set()
    with ymchat.Client(
        api_key=os.environ["YMCHAT_API_KEY"],
        business_id=int(os.environ["YMCHAT_BUSINESS_ID"]),
        base_url=os.environ.get("YMCHAT_BASE_URL"),
    ) as client:
        for number, chat_id, text, ticket in db.execute(waiting).fetchall():
            if chat_id in blocked:
                continue
            try:
                if ticket is None:
                    ticket = client.prepare_send(chat_id, text)
                    with db:
                        row = (ticket, number)
                        db.execute("UPDATE reply SET ticket = ? WHERE id = ?", row)
                outcome = client.send_message(chat_id, text, ticket=ticket).outcome
                with db:
                    db.execute("UPDATE reply SET sent = 1 WHERE id = ?", (number,))
                print(f"{number}: {outcome}")
            except ymchat.Error as error:
                print(f"{number}: {error}", file=sys.stderr)
                blocked.add(chat_id)
    return 1 if blocked else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
