"""requests with one Session, as its documentation advises."""

import platform
import ssl

import requests

import contest

task = contest.arguments()
url = f"{task.base_url}/v2/businesses/{task.business}/chats/history"
query = {"chatId": contest.CHAT_ID, "limit": contest.LIMIT}
session = requests.Session()
session.headers["Api-Key"] = contest.API_KEY
if task.ca_file:
    session.verify = task.ca_file


def fetch():
    response = session.post(url, params=query, json={}, timeout=(5, 15))
    response.raise_for_status()
    return response.json()["result"]["messages"] if task.tree else response.text


def count(answer):
    return len(answer) if task.tree else answer.count('"messageId":')


contest.run(
    task,
    fetch,
    count,
    f"requests {requests.__version__}, Python {platform.python_version()}, {ssl.OPENSSL_VERSION}",
)
