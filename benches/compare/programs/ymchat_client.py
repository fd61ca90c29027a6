"""This library through its Python binding: a page as dataclasses."""

import platform

import contest
import ymchat

task = contest.arguments()
client = ymchat.Client(
    api_key=contest.API_KEY,
    business_id=task.business,
    base_url=task.base_url,
    ca_file=task.ca_file,
)


def fetch():
    return client.get_chat_history(contest.CHAT_ID, limit=contest.LIMIT).messages


contest.run(
    task,
    fetch,
    len,
    f"ymchat {ymchat.library_version()}, Python {platform.python_version()}",
)
