#!/usr/bin/env python3
"""A whole conversation with a customer, in Python.

What it prints, and the arguments, stand at the top of quickstart.rs.

    pip install ./bindings/python
    YMCHAT_API_KEY=… YMCHAT_BUSINESS_ID=… python3 examples/quickstart.py

Against a simulated Market (`cargo run --bin ymchat-sandbox -- --auto-reply on` says
which address and key):

    YMCHAT_BASE_URL=http://127.0.0.1:… YMCHAT_API_KEY=… YMCHAT_BUSINESS_ID=1003417 \
        python3 examples/quickstart.py --simulated
"""

import os
import sys
import time

import ymchat

ANSWER = "Здравствуйте, Екатерина! Сахар тоже входит: 200 г. Вот сахарница 👇"
PICTURE_NAME = "сахарница.png"

# A picture of 4 x 4 pixels.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000004000000040100000000818aa3d3000000"
    "0e4944415478da634860f8008409000a8802a142053ddb0000000049454e44ae426082"
)

READ, SEND, CONVERSE = "read", "send", "converse"


def main(arguments):
    task, chat_id, text = READ, 0, ANSWER
    if arguments == ["--simulated"]:
        task = CONVERSE
    elif len(arguments) == 3 and arguments[0] == "--send" and arguments[1].isdecimal():
        task, chat_id, text = SEND, int(arguments[1]), arguments[2]
    elif arguments:
        print("quickstart: the arguments are: [--send CHAT_ID TEXT | --simulated]", file=sys.stderr)
        return 2
    try:
        run(task, chat_id, text)
    except (ymchat.Error, ymchat.LibraryError, ValueError) as error:
        print(f"quickstart: {error}", file=sys.stderr)
        return 1
    return 0


def run(task, chat_id, text):
    key, business = os.environ.get("YMCHAT_API_KEY"), os.environ.get("YMCHAT_BUSINESS_ID")
    if key is None or business is None:
        raise ValueError("YMCHAT_API_KEY and YMCHAT_BUSINESS_ID are both needed")
    if not business.isdecimal():
        raise ValueError("YMCHAT_BUSINESS_ID is not a number")
    base_url = os.environ.get("YMCHAT_BASE_URL")
    if task == CONVERSE and not (base_url or "").startswith("http://127.0.0.1:"):
        raise ValueError("--simulated needs a YMCHAT_BASE_URL that begins with http://127.0.0.1:")
    with ymchat.Client(
        api_key=key,
        business_id=int(business),
        base_url=base_url,
        integration="ymchat-quickstart/1.0",
    ) as client:
        talk(client, business, task, chat_id, text)


def talk(client, business, task, chat_id, text):
    longest, messages = show_waiting(client, int(business))
    if longest is not None:
        show_history(client, longest)
    if task == SEND:
        messages = client.get_messages_since(chat_id)
    elif task == CONVERSE and longest is not None:
        chat_id = longest.chat_id
    else:
        print("Nothing was sent. To answer: --send CHAT_ID TEXT")
        return
    known = messages[-1].message_id if messages else 0

    sent = client.send_message(
        chat_id, text, after_message_id=known or None, return_message_id=True
    )
    print(f"The shop answers in chat {chat_id}:")
    print(f"  Shop: {on_one_line(text)}")
    show_outcome(sent)
    if task == CONVERSE:
        sent = client.send_file(
            chat_id,
            PICTURE,
            name=PICTURE_NAME,
            after_message_id=known or None,
            return_message_id=True,
        )
        print("The shop sends a picture:")
        print(f"  Shop: [file: {PICTURE_NAME}, {len(PICTURE)} bytes]")
        show_outcome(sent)
    show_new(client, chat_id, known)


def show_waiting(client, business):
    """Lists the chats that wait; returns the one with the most messages, and them."""
    chats = client.get_all_chats(statuses=["NEW", "WAITING_FOR_PARTNER"])
    chats.sort(key=lambda chat: chat.chat_id)
    print(f"Chats of business {business} that wait for the shop: {len(chats)}")
    longest, most = None, []
    for chat in chats[:10]:
        print(f"  {chat_line(chat)}")
        messages = client.get_messages_since(chat.chat_id)
        if messages:
            print(f"    {message_line(messages[-1])}")
        if longest is None or len(messages) > len(most):
            longest, most = chat, messages
    print()
    if longest is None:
        print("Nobody waits for an answer.\n")
    return longest, most


def show_history(client, chat):
    # client.messages(chat.chat_id) turns the pages by itself; here they are shown.
    print(f"The longest conversation: {chat_line(chat)}")
    messages, number, token = [], 0, None
    while number == 0 or token is not None:
        page = client.get_chat_history(chat.chat_id, limit=100, page_token=token)
        number, token = number + 1, page.next_page_token
        print(f"  page {number}: {len(page.messages)} messages")
        messages.extend(page.messages)
    # Their order is not documented.
    messages.sort(key=lambda message: message.message_id)
    print("  The last three:")
    for message in messages[-3:]:
        print(f"    {message_line(message)}")
    print()


def show_outcome(sent):
    where = "" if sent.message_id is None else f", message {sent.message_id}"
    print(f"  {sent.outcome}{where}\n")


def show_new(client, chat_id, known):
    answered = False
    messages = []
    for turn in range(10):
        if turn > 0:
            time.sleep(1)
        messages = client.get_messages_since(chat_id, known)
        answered = any(message.sender == ymchat.Sender.CUSTOMER for message in messages)
        if answered:
            break
    print(f"New in chat {chat_id}:")
    for message in messages:
        print(f"  {message_line(message)}")
    if not answered:
        print("  The customer has not answered yet.")


def chat_line(chat):
    context = chat.context
    name = about = None
    if context is None:
        about = "about nothing known"
    else:
        name = context.customer.name if context.customer else None
        about = {
            "ORDER": f"about order {context.order_id or 0}",
            "RETURN": f"about return {context.return_id or 0}",
            "DIRECT": "a question about no order",
        }.get(context.type, f"about {context.type}")
    return f"chat {chat.chat_id}, {'a customer' if name is None else name}, {about}"


def message_line(message):
    who = {
        "PARTNER": "Shop",
        "CUSTOMER": "Customer",
        "MARKET": "Market",
        "SUPPORT": "Support",
    }.get(message.sender, message.sender)
    line = f"{who}:"
    if message.text:
        line += f" {on_one_line(message.text)}"
    for file in message.payload:
        size = "" if file.size is None else f", {file.size} bytes"
        line += f" [file: {file.name}{size}]"
    return line


def on_one_line(text):
    return text.replace("\n", " / ")


if __name__ == "__main__":
    # UTF-8 and LF on every system.
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.exit(main(sys.argv[1:]))
