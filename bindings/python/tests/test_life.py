"""A client's life: opened, closed, forgotten, forked."""

import copy
import gc
import os
import pickle
import unittest
import weakref

import ymchat
from support import base_url, FAKE_KEY, MarketTest, Script, Silence


class Life(MarketTest):
    def test_after_close_there_is_a_clear_exception(self):
        client = self.new_client()
        chat = self.new_chat()
        chats, messages = client.chats(), client.messages(chat)
        client.close()
        client.close()
        client.cancel()
        self.assertTrue(client.closed)
        for call in (
            client.get_chats,
            client.get_all_chats,
            client.get_campaigns,
            client.get_token_info,
            client.stats,
            lambda: client.get_chat(1),
            lambda: client.get_chat_history(1),
            lambda: client.get_chat_message(1, 1),
            lambda: client.get_messages_since(1),
            lambda: client.send_message(1, "а"),
            lambda: client.send_file(1, b"1", name="а"),
            lambda: client.create_chat("ORDER", 1),
            lambda: next(chats),
            lambda: next(messages),
        ):
            with self.assertRaises(ymchat.ClientClosed) as caught:
                call()
            self.assertIn("closed", str(caught.exception))
            self.assertIsInstance(caught.exception, ymchat.Error)

    def test_the_library_itself_refuses_a_stale_handle(self):
        client = self.new_client()
        handle = client._handle
        client.close()
        self.assertEqual(client._library.ymchat_client_free(handle), ymchat.Status.INVALID_ARGUMENT)

    def test_with_closes(self):
        with self.new_client() as client:
            self.assertFalse(client.closed)
            client.get_chats()
        self.assertTrue(client.closed)
        self.assertIn("closed", repr(client))

    def test_a_forgotten_client_is_freed(self):
        client = ymchat.Client(api_key="ACMA:k")
        handle, library, gone = client._handle, client._library, weakref.ref(client)
        del client
        gc.collect()
        self.assertIsNone(gone())
        self.assertEqual(library.ymchat_client_cancel(handle), ymchat.Status.INVALID_ARGUMENT)

    def test_a_failed_opening_leaves_nothing_behind(self):
        with self.assertRaises(ymchat.InvalidArgument):
            ymchat.Client(api_key="ACMA:k", max_attempts=0)
        gc.collect()

    def test_it_is_not_copied(self):
        for attempt in (copy.copy, pickle.dumps):
            with self.assertRaises(TypeError):
                attempt(self.client)

    @unittest.skipUnless(os.path.exists("/proc/self/statm"), "no /proc")
    def test_a_thousand_clients(self):
        chat = self.new_chat()

        def open_and_close(count):
            for number in range(count):
                with self.new_quiet_client() as client:
                    if number % 20 == 0:
                        client.get_chat(chat)

        open_and_close(200)
        gc.collect()
        before, files = _resident(), len(os.listdir("/proc/self/fd"))
        open_and_close(1000)
        gc.collect()
        self.assertLess(_resident() - before, 1 << 20)
        self.assertLessEqual(len(os.listdir("/proc/self/fd")), files)

    def new_quiet_client(self):
        return ymchat.Client(
            api_key=self.start["keys"]["full"],
            business_id=self.start["businessId"],
            base_url=base_url(),
        )

    @unittest.skipUnless(os.path.exists("/proc/self/statm"), "no /proc")
    def test_ten_thousand_answers_and_errors(self):
        def ask(count):
            for _ in range(count):
                self.client.stats()
                with self.assertRaises(ymchat.InvalidArgument):
                    self.client.get_chat(0)

        ask(500)
        gc.collect()
        before = _resident()
        ask(5000)
        gc.collect()
        # An answer has more than 1 KiB.
        self.assertLess(_resident() - before, 2 << 20)

    @unittest.skipUnless(hasattr(os, "fork"), "no fork")
    def test_in_the_child_of_a_fork_a_client_says_so(self):
        script = Script(
            f"""
            import os, sys, warnings
            import ymchat
            def new():
                return ymchat.Client(
                    api_key={self.start["keys"]["full"]!r},
                    business_id={self.start["businessId"]},
                    base_url={base_url()!r},
                )
            c = new()
            c.get_chats()
            with warnings.catch_warnings():
                # Python 3.12 and later warn of a fork where there are threads.
                warnings.simplefilter("ignore")
                child = os.fork()
            if child == 0:
                try:
                    c.get_chats()
                except ymchat.ClientClosed as error:
                    assert "forked" in str(error), error
                else:
                    sys.exit(1)
                c.close()
                with new() as mine:
                    mine.get_chats()
                sys.exit(7)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
            c.get_chats()
            print("parent")
            """
        )
        code, out, err = script.finish()
        self.assertEqual((code, out, err), (0, "parent\n", ""))

    @unittest.skipUnless(hasattr(os, "fork"), "no fork")
    def test_the_child_of_a_fork_does_not_wait_for_calls_of_the_parent(self):
        with Silence() as silence:
            script = Script(
                f"""
                import os, sys, threading, warnings
                import ymchat
                c = ymchat.Client(api_key={FAKE_KEY!r}, business_id=1, base_url={silence.url!r})
                threading.Thread(target=c.get_chat, args=(1,), daemon=True).start()
                sys.stdin.readline()
                warnings.simplefilter("ignore")
                child = os.fork()
                if child == 0:
                    c.close()
                    os._exit(7)
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
                print("parent")
                os._exit(0 if sys.stdout.flush() is None else 1)
                """
            )
            silence.wait_for_request()
            code, out, err = script.finish()
            self.assertEqual((code, out, err), (0, "parent\n", ""))

    def test_the_interpreter_ends_with_a_client_open(self):
        script = Script("import ymchat; c = ymchat.Client(api_key='ACMA:k'); print(c)")
        code, out, err = script.finish()
        self.assertEqual((code, out, err), (0, "<ymchat.Client of business None, open>\n", ""))


def _resident():
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
