//! Bodies of every length and in any pieces, and what becomes of the connections they came on.

use std::io::Write;
use std::sync::{Arc, Barrier};

use flate2::{Compression, write::GzEncoder};
use ymchat::{Client, Status};

use crate::common::serve::{Server, kept, reply, reply_with};
use crate::common::tls::{Authority, TlsServer};
use crate::common::{builder, failure};

/// Short ones, about a quarter and the whole of what is read at once with the header, longer ones.
const LENGTHS: [usize; 14] = [
    60, 1_000, 12_287, 12_288, 12_289, 40_000, 48_900, 49_000, 49_100, 49_152, 49_153, 60_000,
    131_072, 1_000_000,
];

/// A chat whose answer has exactly this many bytes.
fn body(length: usize) -> String {
    let (before, after) = (r#"{"status":"OK","result":{"chatId":5,"note":""#, r#""}}"#);
    let note: String = ('a'..='z').cycle().take(length - before.len() - after.len()).collect();
    format!("{before}{note}{after}")
}

fn read(client: &Client, length: usize) {
    let chat = client.get_chat(5).unwrap_or_else(|error| panic!("{length}: {error}"));
    let whole = body(length);
    let note = chat.other["note"].as_str().unwrap();
    assert!(whole.contains(&format!("\"{note}\"")), "{length}: {} of the note", note.len());
}

#[test]
fn bodies_of_every_length_are_read_whole_on_one_connection() {
    let server = Server::answers(LENGTHS.map(|length| kept(200, body(length))));
    let client = builder(server.url()).build().unwrap();
    for length in LENGTHS {
        read(&client, length);
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn bodies_of_every_length_are_read_whole_on_connections_of_their_own() {
    let server = Server::answers(LENGTHS.map(|length| reply(200, body(length))));
    let client = builder(server.url()).build().unwrap();
    for length in LENGTHS {
        read(&client, length);
    }
    assert_eq!(server.connections(), LENGTHS.len());
}

#[test]
fn bodies_of_every_length_are_read_whole_through_tls() {
    let authority = Authority::new();
    let file = authority.file();
    let server = TlsServer::start(authority.server("localhost", 2090), |mut peer| {
        for length in LENGTHS {
            if peer.request().is_none() || peer.send(&kept(200, body(length))).is_err() {
                return;
            }
        }
    });
    let client = builder(server.url("localhost")).ca_file(&file.0).build().unwrap();
    for length in LENGTHS {
        read(&client, length);
    }
    assert_eq!(server.handshakes.lock().unwrap().len(), 1);
}

#[test]
fn a_body_may_come_in_any_pieces() {
    const PIECES: [usize; 6] = [1, 90, 1_000, 12_300, 30_000, 49_152];
    let server = Server::start(|mut peer| {
        for piece in PIECES {
            if peer.request().is_none() {
                return;
            }
            // The header and the first bytes of the body, then the rest bit by bit.
            let answer = kept(200, body(60_000));
            let (first, rest) = answer.split_at(piece + 60);
            let mut sent = peer.send(first);
            for piece in rest.chunks(piece.max(500)) {
                sent = sent.and_then(|()| peer.send(piece));
            }
            if sent.is_err() {
                return;
            }
        }
    });
    let client = builder(server.url()).build().unwrap();
    for _ in PIECES {
        read(&client, 60_000);
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_body_that_lacks_its_last_byte_is_not_taken_for_whole() {
    for length in [60, 40_000, 60_000] {
        // The byte that is missing is white space: the text alone would not tell.
        let answer = kept(200, body(length) + " ");
        let server = Server::start(move |mut peer| {
            peer.request();
            let _ = peer.send(&answer[..answer.len() - 1]);
        });
        let client = builder(server.url()).max_attempts(1).build().unwrap();
        let error = failure(client.get_chat(5));
        assert_eq!((error.status(), error.is_retryable()), (Status::Network, true), "{error}");
    }
}

fn chunked(text: &str, more: &str) -> Vec<u8> {
    let length = text.len();
    format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{length:x}\r\n{text}\r\n0\r\n\r\n{more}"
    )
    .into_bytes()
}

fn zipped(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    reply_with(200, &["content-encoding: gzip"], encoder.finish().unwrap())
}

/// How many connections three reads of this answer take, of a server that closes none.
fn connections(answer: Vec<u8>) -> usize {
    let server = Server::start(
        move |mut peer| {
            while peer.request().is_some() && peer.send(&answer).is_ok() {}
        },
    );
    let client = builder(server.url()).max_attempts(1).build().unwrap();
    for _ in 0..3 {
        assert_eq!(client.get_chat(5).unwrap().chat_id, 5);
    }
    server.connections()
}

#[test]
fn a_connection_is_used_again_after_an_answer_that_is_over() {
    for text in [body(60), body(40_000)] {
        assert_eq!(connections(kept(200, &text)), 1, "with a length");
        assert_eq!(connections(reply_with(200, &["connection: keep-alive"], &text)), 1);
        assert_eq!(connections(chunked(&text, "")), 1, "in chunks");
        assert_eq!(connections(zipped(&text)), 1, "compressed");
    }
}

#[test]
fn a_connection_is_not_used_again_where_the_server_says_so() {
    for text in [body(60), body(40_000)] {
        for option in ["close", "Close", "keep-alive, close", "close , TE"] {
            let answer = reply_with(200, &[&format!("Connection: {option}")], &text);
            assert_eq!(connections(answer), 3, "{option}");
        }
        let twice = reply_with(200, &["connection: keep-alive", "connection: close"], &text);
        assert_eq!(connections(twice), 3, "in the second of two headers");
        let old = String::from_utf8(kept(200, &text)).unwrap().replace("HTTP/1.1", "HTTP/1.0");
        assert_eq!(connections(old.into_bytes()), 3, "HTTP/1.0");
    }
}

#[test]
fn a_connection_on_which_something_follows_the_answer_is_not_used_again() {
    for text in [body(60), body(40_000), body(60_000)] {
        for more in ["\n", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"] {
            let answer = [kept(200, &text), more.into()].concat();
            assert_eq!(connections(answer), 3, "{} bytes, then {more:?}", text.len());
        }
        assert_eq!(connections(chunked(&text, "\n")), 3, "{} bytes in chunks", text.len());
    }
}

#[test]
fn what_follows_an_answer_in_a_tls_record_of_its_own_is_not_taken_for_the_next_answer() {
    let authority = Authority::new();
    let file = authority.file();
    for length in [60, 40_000, 60_000] {
        let server = TlsServer::start(authority.server("localhost", 2090), move |mut peer| {
            while peer.request().is_some() {
                // Two records that arrive together: the second may wait within the TLS layer.
                let more = kept(200, r#"{"status":"OK","result":{"chatId":6}}"#);
                let mut records = peer.stream.conn.writer();
                records.write_all(&kept(200, body(length))).unwrap();
                records.write_all(&more).unwrap();
                if peer.stream.flush().is_err() {
                    return;
                }
            }
        });
        let client =
            builder(server.url("localhost")).ca_file(&file.0).max_attempts(1).build().unwrap();
        for _ in 0..3 {
            assert_eq!(client.get_chat(5).unwrap().chat_id, 5, "{length} bytes");
        }
        assert_eq!(server.server.connections(), 3, "{length} bytes");
    }
}

#[test]
fn a_connection_on_which_something_is_said_while_it_is_idle_is_not_used_again() {
    let idle = Arc::new(Barrier::new(2));
    let said = Arc::clone(&idle);
    let server = Server::start(move |mut peer| {
        while peer.request().is_some() && peer.send(&kept(200, body(60))).is_ok() {
            if peer.number == 0 {
                said.wait();
                peer.send(b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n").unwrap();
                said.wait();
            }
        }
    });
    let client = builder(server.url()).max_attempts(1).build().unwrap();
    assert_eq!(client.get_chat(5).unwrap().chat_id, 5);
    idle.wait();
    idle.wait();
    for _ in 0..2 {
        assert_eq!(client.get_chat(5).unwrap().chat_id, 5);
    }
    assert_eq!(server.connections(), 2);
}
