//! What a large upload takes: the caller's bytes are the only copy of them.

use crate::common::serve::{Server, reply};
use crate::common::tls::{Authority, TlsServer};
use crate::common::{builder, from_parent, peak_memory, run_child};

const FILE_SIZE: usize = 5 * 1024 * 1024;
const OK: &str = r#"{"status":"OK"}"#;

#[test]
fn a_file_is_held_once_while_it_is_sent() {
    let plain = Server::answers([reply(200, OK)]);
    let authority = Authority::new();
    let secure = TlsServer::answering(authority.server("localhost", 2090), reply(200, OK));
    let file = authority.file();
    for url in [plain.url(), secure.url("localhost")] {
        let environment = [
            ("YMCHAT_TEST_URLS", url.as_str()),
            ("YMCHAT_TEST_CA", file.0.to_str().unwrap()),
            ("YMCHAT_TEST_LOG", "0"),
        ];
        run_child("memory::child_that_sends", &environment);
    }
    for sent in [plain.requests(), secure.server.requests()] {
        assert!(sent.last().unwrap().body.len() > FILE_SIZE);
    }
}

#[test]
#[ignore = "run by a_file_is_held_once_while_it_is_sent"]
fn child_that_sends() {
    let url = from_parent("YMCHAT_TEST_URLS");
    let client = builder(&url).ca_file(from_parent("YMCHAT_TEST_CA")).build().unwrap();
    // What the first call needs once and for all does not count.
    client.send_file(5, "a.bin", b"small").unwrap();
    let data = vec![7; FILE_SIZE];
    peak_memory();
    let before = peak_memory();
    client.send_file(5, "a.bin", &data).unwrap();
    let grown = peak_memory().saturating_sub(before);
    assert!(grown < FILE_SIZE * 6 / 10, "{url}: {grown} bytes beside the file");
}
