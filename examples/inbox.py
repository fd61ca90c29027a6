#!/usr/bin/env python3
"""Every message in a table, once, whatever happens to this program.

    inbox.py TABLE                         brings what is new
    inbox.py TABLE answer FOLDER TEXT      reads a notification from stdin, saves the files of what
                                           is new in its chat in FOLDER, and sends TEXT

What it prints stands at the top of inbox.rs. It may be killed at any moment, and is started again:
the messages and the token that says what was received are written in one transaction. Let one
program at a time receive into a table. `receiver.py` does so when the Market sends a notification;
a reply that must not be lost when the program is killed has its place in `outbox.py`.

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
    try:
        match arguments:
            case [table]:
                with open_client() as client:
                    print(f"Received {len(receive(open_table(table), client))} messages.")
                return 0
            case [table, "answer", folder, text]:
                body = sys.stdin.buffer.read(65537)  # what is longer is no notification
                with open_client() as client:
                    return answer(open_table(table), client, body, folder, text)
    except (ymchat.Error, OSError, sqlite3.Error) as error:
        print(f"inbox: {error}", file=sys.stderr)
        return 1
    print("inbox: the arguments are: TABLE [answer FOLDER TEXT]", file=sys.stderr)
    return 2


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


def answer(db, client, body, folder, text):
    told = ymchat.parse_notification(body, name="inbox")
    status = told.reply.http_status
    print(f"The Market says {told.type or 'nothing'}: answered with {status}.")
    if told.chat_id is None:
        return 0 if status == 200 else 1
    findings = ymchat.check_message(text).findings
    for finding in findings:
        print(f"Not sent, because of {finding.kind}: {finding.text}")
    if findings:
        return 1
    messages = sync(db, client, [told.chat_id], 0)
    for message in messages:
        print(f"  {message_line(message)}")
        for index, file in enumerate(message.payload):
            # The name is the customer's, and no path.
            path = os.path.join(folder, f"{message.message_id}-{index}")
            saved = client.download_file(file.url, path, overwrite=True)
            print(f"  Saved {saved.bytes} bytes.")
    asked = [m.message_id for m in messages if m.sender == ymchat.Sender.CUSTOMER]
    if not asked:
        print("Nothing to answer.")
        return 0
    sent = client.send_message(
        told.chat_id, text, after_message_id=asked[-1], return_message_id=True
    )
    print(f"  Shop: {text}\n  {sent.outcome}, message {sent.message_id}")
    return 0


def receive(db, client):
    """Stores everything that is new, and returns it."""
    return sync(db, client, None, newest_hint(db))


def receive_hinted(db, client):
    """The same for the chats that notifications have named."""
    newest = newest_hint(db)
    chats = db.execute("SELECT DISTINCT chat_id FROM hint WHERE number <= ?", (newest,))
    chat_ids = [chat_id for (chat_id,) in chats]
    return sync(db, client, chat_ids, newest) if chat_ids else []


def sync(db, client, chat_ids, newest):
    messages, more = [], True
    while more:
        (since,) = db.execute("SELECT since FROM token").fetchone()
        news = client.sync(since, start="all", scope="all", limit=50, chat_ids=chat_ids)
        more = news.more
        found = [(found.chat.chat_id, m) for found in news.chats for m in found.messages]
        rows = [(chat, m.message_id, m.sender, m.text, json.dumps(m.raw)) for chat, m in found]
        with db:
            # Not "OR IGNORE": a message that came twice would be an error.
            db.executemany("INSERT INTO message VALUES (?, ?, ?, ?, ?)", rows)
            db.execute("UPDATE token SET since = ?", (news.since,))
            if not more:
                db.execute("DELETE FROM hint WHERE number <= ?", (newest,))
        messages += [message for _, message in found]
    return messages


def newest_hint(db):
    return db.execute("SELECT coalesce(max(number), 0) FROM hint").fetchone()[0]


def message_line(message):
    who = {
        "PARTNER": "Shop",
        "CUSTOMER": "Customer",
        "MARKET": "Market",
        "SUPPORT": "Support",
    }.get(message.sender, message.sender)
    line = f"{who}:"
    if message.text:
        line += " " + message.text.replace("\n", " / ")
    for file in message.payload:
        size = "" if file.size is None else f", {file.size} bytes"
        line += f" [file: {file.name}{size}]"
    return line


if __name__ == "__main__":
    # UTF-8 and LF on every system.
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.exit(main(sys.argv[1:]))
