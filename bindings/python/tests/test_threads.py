"""Calls that block: other threads go on, and the calls can be ended."""

import os
import signal
import threading
import time
import unittest
from datetime import timedelta

import ymchat
from support import FAKE_KEY, MarketTest, Script, Silence
from ymchat import _interrupt

POSIX = os.name == "posix"

INTERRUPTED = """
    import signal, sys, time
    from datetime import timedelta
    import ymchat

    url, what = sys.argv[1:]
    c = ymchat.Client(
        api_key="ACMA:s3cr3t-k3y", business_id=1, base_url=url,
        attempt_timeout=timedelta(seconds=30), call_timeout=timedelta(seconds=30),
    )
    started = time.monotonic()
    try:
        c.get_chat(1) if what == "read" else c.send_message(1, "Дошло?")
    except KeyboardInterrupt as interrupt:
        cause = interrupt.__cause__
        print("interrupted", type(cause).__name__, cause.outcome)
    assert time.monotonic() - started < 10
    assert signal.set_wakeup_fd(-1) == -1
    # Nothing of the interrupt is left for the next call.
    try:
        c.get_chats(call_timeout=timedelta(seconds=0.3))
    except ymchat.Timeout:
        print("next")
"""


class Threads(MarketTest):
    def test_the_gil_is_free_during_a_call(self):
        with Silence() as silence:
            for where in ("main thread", "another thread"):
                with self.subTest(where), silence.client(call_timeout=timedelta(seconds=0.5)) as c:
                    ticks, done = [], threading.Event()

                    def tick(ticks=ticks, done=done):
                        while not done.is_set():
                            ticks.append(time.monotonic())
                            time.sleep(0.005)

                    def call(c=c):
                        with self.assertRaises(ymchat.Timeout):
                            c.get_chat(1)

                    ticker = threading.Thread(target=tick)
                    ticker.start()
                    began = time.monotonic()
                    if where == "main thread":
                        call()
                    else:
                        caller = threading.Thread(target=call)
                        caller.start()
                        caller.join()
                    ended = time.monotonic()
                    done.set()
                    ticker.join()
                    self.assertGreater(ended - began, 0.4)
                    meanwhile = [at for at in ticks if began < at < ended]
                    self.assertGreater(len(meanwhile), 20)
                    gaps = [later - at for at, later in zip(meanwhile, meanwhile[1:])]
                    self.assertLess(max(gaps), 0.2)

    def test_threads_share_a_client(self):
        chat = self.new_chat()
        failures = []

        def work(number):
            try:
                for turn in range(10):
                    self.client.send_message(chat, f"нить {number}, сообщение {turn}")
                    self.client.get_chat(chat)
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        texts = {message.text for message in self.client.messages(chat)}
        self.assertEqual(len([text for text in texts if text.startswith("нить")]), 80)

    def test_cancel_from_another_thread(self):
        with Silence() as silence, silence.client() as client:

            def cancel():
                silence.wait_for_request()
                client.cancel()

            canceller = threading.Thread(target=cancel)
            canceller.start()
            began = time.monotonic()
            # It may have arrived, and that counts.
            with self.assertRaises(ymchat.OutcomeUnknown) as caught:
                client.send_message(1, "Дошло?")
            self.assertLess(time.monotonic() - began, 5)
            canceller.join()
            self.assertEqual(caught.exception.outcome, ymchat.DeliveryStatus.UNKNOWN)
            self.assertEqual(caught.exception.known.cause, "CANCELLED")
            # Later calls are not touched.
            with self.assertRaises(ymchat.Timeout):
                client.get_chats(call_timeout=timedelta(seconds=0.2))

    def test_close_cancels_what_other_threads_do(self):
        with Silence() as silence:
            client = silence.client()
            raised = []

            def call():
                try:
                    client.get_chat(1)
                except ymchat.Error as error:
                    raised.append(error)

            caller = threading.Thread(target=call)
            caller.start()
            silence.wait_for_request()
            began = time.monotonic()
            client.close()
            caller.join(5)
            self.assertLess(time.monotonic() - began, 2)
            self.assertIs(type(raised[0]), ymchat.Cancelled)

    def test_a_daemon_thread_in_a_call_when_the_interpreter_ends(self):
        with Silence() as silence:
            script = Script(
                f"""
                import sys, threading
                import ymchat
                c = ymchat.Client(api_key={FAKE_KEY!r}, business_id=1, base_url={silence.url!r})
                threading.Thread(target=c.get_chat, args=(1,), daemon=True).start()
                sys.stdin.readline()
                print("end")
                """
            )
            silence.wait_for_request()
            began = time.monotonic()
            code, out, err = script.finish()
            self.assertEqual((code, out), (0, "end\n"), err)
            self.assertNotIn("Fatal", err)
            self.assertLess(time.monotonic() - began, 5)


@unittest.skipUnless(POSIX, "a signal cannot be sent to one process alone")
class CtrlC(unittest.TestCase):
    def setUp(self):
        # A shell starts what runs in the background with this signal ignored, which scripts would
        # inherit. What is handled here has its default action there.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)

    def interrupt(self, what):
        with Silence() as silence:
            script = Script(INTERRUPTED, silence.url, what)
            silence.wait_for_request()
            script.signal(signal.SIGINT)
            began = time.monotonic()
            code, out, err = script.finish()
            self.assertEqual((code, err), (0, ""))
            self.assertLess(time.monotonic() - began, 5)
            return out

    def test_it_ends_a_blocked_call(self):
        self.assertEqual(self.interrupt("read"), "interrupted Cancelled None\nnext\n")

    def test_after_a_send_it_says_what_became_of_the_message(self):
        self.assertEqual(self.interrupt("send"), "interrupted OutcomeUnknown unknown\nnext\n")

    def test_a_signal_that_comes_just_before_the_call_begins_ends_it(self):
        with Silence() as silence, silence.client() as client:
            get_chat = client._library.ymchat_get_chat

            def after_the_signal(*arguments):
                # What Python's own C handler does, and no sooner does the call begin.
                watch = _interrupt._watch
                os.write(watch.fd, bytes([signal.SIGINT]))
                watch.wait_until_all_is_read()
                self.assertEqual(get_chat(*arguments), ymchat.Status.CANCELLED)
                raise KeyboardInterrupt

            arguments = (1, None)
            for _ in range(3):
                with self.assertRaises(KeyboardInterrupt):
                    _interrupt.run(
                        client._main_calls, after_the_signal, client._handle, arguments
                    )
            self.assertEqual(client.stats().operations[1].attempts, 0)
            with self.assertRaises(ymchat.Timeout):
                client.get_chats(call_timeout=timedelta(seconds=0.2))

    def test_the_calls_of_other_threads_go_on(self):
        with Silence() as silence:
            script = Script(
                f"""
                import threading
                from datetime import timedelta
                import ymchat
                c = ymchat.Client(
                    api_key={FAKE_KEY!r}, business_id=1, base_url={silence.url!r},
                    attempt_timeout=timedelta(seconds=30), call_timeout=timedelta(seconds=30),
                )
                ended = []
                def call():
                    try:
                        c.get_chat(1)
                    except ymchat.Cancelled:
                        ended.append(True)
                other = threading.Thread(target=call)
                other.start()
                try:
                    c.get_chat(2)
                except KeyboardInterrupt:
                    pass
                other.join(1)
                print("goes on" if not ended else "was touched")
                c.close()
                other.join(10)
                print(ended)
                """
            )
            silence.wait_for_request()
            silence.wait_for_request()
            script.signal(signal.SIGINT)
            self.assertEqual(script.finish(), (0, "goes on\n[True]\n", ""))

    def test_uncaught_it_ends_the_program(self):
        with Silence() as silence:
            script = Script(
                f"""
                import ymchat
                c = ymchat.Client(api_key={FAKE_KEY!r}, business_id=1, base_url={silence.url!r})
                c.get_chat(1)
                """
            )
            silence.wait_for_request()
            script.signal(signal.SIGINT)
            began = time.monotonic()
            code, _, err = script.finish()
            self.assertEqual(code, -signal.SIGINT)
            self.assertIn("KeyboardInterrupt", err)
            self.assertLess(time.monotonic() - began, 5)

    def test_a_handler_of_the_program_s_own_is_left_alone(self):
        with Silence() as silence:
            script = Script(
                f"""
                import signal
                from datetime import timedelta
                import ymchat
                signal.signal(signal.SIGINT, lambda *_: print("mine"))
                c = ymchat.Client(api_key={FAKE_KEY!r}, business_id=1, base_url={silence.url!r})
                try:
                    c.get_chats(call_timeout=timedelta(seconds=1))
                except ymchat.Timeout:
                    print("to the end")
                """
            )
            silence.wait_for_request()
            script.signal(signal.SIGINT)
            code, out, err = script.finish()
            self.assertEqual((code, err), (0, ""))
            self.assertEqual(sorted(out.split("\n")), ["", "mine", "to the end"])

    def test_a_wakeup_fd_of_an_event_loop_is_left_alone(self):
        with Silence() as silence:
            script = Script(
                f"""
                import signal, socket
                from datetime import timedelta
                import ymchat
                mine, other = socket.socketpair()
                mine.setblocking(False)
                signal.set_wakeup_fd(mine.fileno())
                c = ymchat.Client(api_key={FAKE_KEY!r}, business_id=1, base_url={silence.url!r})
                try:
                    c.get_chats(call_timeout=timedelta(seconds=0.2))
                except ymchat.Timeout:
                    print(signal.set_wakeup_fd(-1) == mine.fileno())
                mine.close(), other.close()
                """
            )
            code, out, err = script.finish()
            self.assertEqual((code, out, err), (0, "True\n", ""))
