//! Files of messages: they are at their path whole, or not at all.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use ymchat::internal::TestSettings;
use ymchat::{Action, Client, DownloadOptions, Error, RawClient, Status};
use ymchat_sandbox::{Fault, FaultKind, NewFile, NewMessage, Operation, Sandbox};

use crate::common::program::succeed;
use crate::common::serve::{Server, reply, reply_with};
use crate::common::{API_KEY, MARKER, SimulatedClock, builder, failure, run_child};

/// An empty directory, which is removed at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        let name = format!("ymchat-download-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).expect("to make a directory");
        Folder(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What is in it.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("to read a directory");
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn client(server: &Server) -> Client {
    builder(server.url()).clock(SimulatedClock::new()).build().unwrap()
}

fn url(server: &Server) -> String {
    format!("{}/files/1?sign=abc", server.url())
}

fn usual() -> DownloadOptions {
    DownloadOptions::new()
}

/// The error of a download of these answers, which leaves nothing behind.
fn refused_with(server: &Server, options: &DownloadOptions) -> Error {
    let folder = Folder::new();
    let error = failure(client(server).download_file(&url(server), folder.path("f"), options));
    assert_eq!(folder.names(), [""; 0], "{error}");
    assert_eq!(error.operation(), "download_file");
    assert!(!error.to_json().contains("sign=abc"), "an address may be signed: {error}");
    assert!(!error.to_json().contains(MARKER), "{error}");
    error
}

fn refused(answers: impl IntoIterator<Item = Vec<u8>>) -> Error {
    refused_with(&Server::answers(answers), &usual())
}

#[test]
fn a_file_arrives_whole_under_its_name_alone() {
    let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    let headers = ["content-type: image/png", "connection: close"];
    let server = Server::answers([reply_with(200, &headers, &content)]);
    let folder = Folder::new();
    for path in [folder.path("фото №5.png"), folder.path(&"я".repeat(120))] {
        let file = client(&server).download_file(&url(&server), &path, &usual()).unwrap();
        assert_eq!((file.path.as_path(), file.bytes), (path.as_path(), content.len() as u64));
        assert_eq!(file.content_type.as_deref(), Some("image/png"));
        assert!(fs::read(&path).unwrap() == content);
    }
    assert_eq!(folder.names().len(), 2);
    let request = &server.requests()[0];
    assert_eq!(request.target(), "GET /files/1?sign=abc");
    assert_eq!(request.header("api-key"), Some(API_KEY));
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.header("accept-encoding"), Some("identity"));
    assert_eq!(request.trace_id().len(), 32);
}

#[test]
fn an_empty_file_is_a_file() {
    let server = Server::answers([reply(200, "")]);
    let folder = Folder::new();
    let file = client(&server).download_file(&url(&server), folder.path("f"), &usual()).unwrap();
    assert_eq!((file.bytes, file.content_type), (0, None));
    assert_eq!(fs::read(folder.path("f")).unwrap(), b"");
}

#[test]
fn json_says_the_same_and_the_name_in_the_message_is_no_path() {
    let sandbox = Sandbox::start().unwrap();
    let config = format!(
        r#"{{"apiKey": "{}", "businessId": {}, "baseUrl": "{}"}}"#,
        sandbox.api_key(),
        sandbox.business_id(),
        sandbox.base_url()
    );
    let client = RawClient::from_json(&config).unwrap();
    let chat = sandbox.record().chats[0].chat.chat_id;
    let name = "../../outside.txt";
    let message = NewMessage::text("Чек").file(NewFile::new(name, "Оплачено"));
    let id = sandbox.write(chat, message).unwrap();
    let message = client.get_chat_message(chat, id).unwrap();
    let message: serde_json::Value = serde_json::from_slice(message.as_bytes()).unwrap();
    assert_eq!(message["payload"][0]["name"], name);
    let url = message["payload"][0]["url"].as_str().unwrap();

    let folder = Folder::new();
    let inner = Folder(folder.path("a"));
    fs::create_dir(&inner.0).unwrap();
    let path = inner.path("чек.txt").into_os_string().into_string().unwrap();
    let json = client.download_file(url, &path, "").unwrap();
    let json: serde_json::Value = serde_json::from_slice(json.as_bytes()).unwrap();
    let expected = serde_json::json!({
        "path": path, "bytes": 16, "contentType": "application/octet-stream"
    });
    assert_eq!(json, expected);
    assert_eq!(fs::read_to_string(&path).unwrap(), "Оплачено");
    assert_eq!((folder.names(), inner.names()), (vec!["a".into()], vec!["чек.txt".into()]));
    let error = failure(client.download_file(url, &path, r#"{"overwrites": true}"#));
    assert!(error.to_string().contains("overwrites"), "{error}");
}

#[test]
fn what_is_there_stays_unless_it_is_to_be_replaced() {
    let server = Server::answers([reply(200, "new")]);
    let (client, folder) = (client(&server), Folder::new());
    let path = folder.path("f");
    fs::write(&path, "old").unwrap();
    let error = failure(client.download_file(&url(&server), &path, &usual()));
    assert_eq!((error.status(), error.attempts()), (Status::InvalidArgument, 0), "{error}");
    assert!(error.to_string().contains("overwrite"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(server.requests().len(), 0);

    client.download_file(&url(&server), &path, &usual().overwrite(true)).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    client.download_file(&url(&server), folder.path("g"), &usual().overwrite(true)).unwrap();
    assert_eq!(folder.names(), ["f", "g"]);
}

#[test]
fn what_comes_while_the_file_is_received_stays() {
    let server = Server::answers([reply(200, "new")]);
    let (client, folder) = (client(&server), Folder::new());
    let path = folder.path("f");
    let result = client.download_file_with_progress(&url(&server), &path, &usual(), |_| {
        fs::write(&path, "somebody else's").unwrap();
        ControlFlow::Continue(())
    });
    let error = failure(result);
    assert_eq!(error.status(), Status::InvalidArgument, "{error}");
    assert!(error.to_string().contains("overwrite"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"somebody else's");
    assert_eq!(folder.names(), ["f"]);
}

#[test]
fn a_failed_download_leaves_what_was_there() {
    let server = Server::answers([reply(404, "{}")]);
    let folder = Folder::new();
    fs::write(folder.path("f"), "old").unwrap();
    let options = usual().overwrite(true);
    let result = client(&server).download_file(&url(&server), folder.path("f"), &options);
    assert_eq!(failure(result).status(), Status::NotFound);
    assert_eq!(fs::read(folder.path("f")).unwrap(), b"old");
    assert_eq!(folder.names(), ["f"]);
}

#[test]
fn what_is_no_place_for_a_file_is_refused_before_anything_is_sent() {
    let server = Server::answers([reply(200, "new")]);
    let (client, folder) = (client(&server), Folder::new());
    fs::write(folder.path("file"), "old").unwrap();
    let open = format!("{}/", folder.path("x").display());
    for (path, why) in [
        (PathBuf::new(), "that of a file"),
        (PathBuf::from("/"), "that of a file"),
        (PathBuf::from(open), "that of a file"),
        (folder.path(".."), "that of a file"),
        (folder.0.clone(), "is a directory"),
        (folder.path("missing/f"), "does not exist"),
        (folder.path("file/f"), "path cannot be used"),
        (folder.path("a\0b"), "path cannot be used"),
        (folder.path(&"x".repeat(300)), "path cannot be used"),
    ] {
        for options in [usual(), usual().overwrite(true)] {
            let error = failure(client.download_file(&url(&server), &path, &options));
            assert_eq!(error.status(), Status::InvalidArgument, "{path:?}: {error}");
            assert!(error.to_string().contains(why), "{path:?}: {error}");
            assert!(!error.to_string().contains("missing"), "the path is not shown: {error}");
        }
    }
    assert_eq!(server.requests().len(), 0);
    assert_eq!(folder.names(), ["file"]);
}

#[cfg(unix)]
#[test]
fn links_are_neither_followed_nor_taken_for_nothing() {
    use std::os::unix::fs::symlink;
    let server = Server::answers([reply(200, "new")]);
    let folder = Folder::new();
    symlink(folder.path("victim"), folder.path("link")).unwrap();
    let get = |options: DownloadOptions| {
        client(&server).download_file(&url(&server), folder.path("link"), &options)
    };
    assert_eq!(failure(get(usual())).status(), Status::InvalidArgument);
    assert_eq!(folder.names(), ["link"]);
    get(usual().overwrite(true)).unwrap();
    assert!(!folder.path("link").is_symlink());
    assert_eq!(folder.names(), ["link"], "what a link leads to is not written");
}

#[cfg(unix)]
#[test]
fn a_link_at_the_temporary_name_is_not_followed() {
    let server = Server::answers([reply(200, "new")]);
    let folder = Folder::new();
    // The same random numbers each time.
    let get = |path: &Path, progress: &mut dyn FnMut()| {
        let client = builder(server.url()).seed(7).build().unwrap();
        let told = |_| {
            progress();
            ControlFlow::Continue(())
        };
        client.download_file_with_progress(&url(&server), path, &usual(), told).unwrap();
    };
    let mut names = Vec::new();
    get(&folder.path("f"), &mut || names = folder.names());
    assert_eq!(names.len(), 1, "{names:?}");
    let (temporary, victim) = (folder.path(&names[0]), folder.path("victim"));
    std::os::unix::fs::symlink(&victim, &temporary).unwrap();
    get(&folder.path("g"), &mut || ());
    assert_eq!(folder.names(), [&names[0], "f", "g"]);
    assert!(temporary.is_symlink() && !victim.exists());
}

#[cfg(unix)]
#[test]
fn its_mode_is_that_of_any_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let server = Server::answers([reply(200, "new")]);
    let folder = Folder::new();
    client(&server).download_file(&url(&server), folder.path("f"), &usual()).unwrap();
    fs::write(folder.path("g"), "").unwrap();
    let mode = |name| fs::metadata(folder.path(name)).unwrap().permissions().mode();
    assert_eq!(mode("f"), mode("g"));
}

#[test]
fn a_file_that_ends_early_is_fetched_again_and_never_stays() {
    let half = b"HTTP/1.1 200 X\r\ncontent-length: 8\r\nconnection: close\r\n\r\nhalf".to_vec();
    let error = refused([half.clone()]);
    assert_eq!((error.status(), error.attempts()), (Status::Network, 4), "{error}");
    assert!(error.is_retryable());

    let server = Server::answers([half, reply(200, "other")]);
    let folder = Folder::new();
    let file = client(&server).download_file(&url(&server), folder.path("f"), &usual()).unwrap();
    assert_eq!(file.bytes, 5);
    assert_eq!(fs::read(folder.path("f")).unwrap(), b"other", "nothing is left of the first half");
}

#[test]
fn chunks_that_end_early_are_no_file() {
    let head = "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    let error = refused([format!("{head}4\r\nhalf\r\n").into_bytes()]);
    assert_eq!(error.status(), Status::Network, "{error}");
    let server = Server::answers([format!("{head}4\r\nhalf\r\n2\r\n!!\r\n0\r\n\r\n")]);
    let folder = Folder::new();
    client(&server).download_file(&url(&server), folder.path("f"), &usual()).unwrap();
    assert_eq!(fs::read(folder.path("f")).unwrap(), b"half!!");
}

#[test]
fn what_follows_the_length_is_not_part_of_the_file() {
    let long = b"HTTP/1.1 200 X\r\ncontent-length: 4\r\nconnection: close\r\n\r\nfile and more";
    let server = Server::answers([long.to_vec()]);
    let folder = Folder::new();
    client(&server).download_file(&url(&server), folder.path("f"), &usual()).unwrap();
    assert_eq!(fs::read(folder.path("f")).unwrap(), b"file");
}

#[test]
fn a_file_without_an_end_cannot_be_known_to_be_whole() {
    let error = refused([b"HTTP/1.1 200 X\r\nconnection: close\r\n\r\nhalf?".to_vec()]);
    assert_eq!(error.status(), Status::Protocol, "{error}");
    assert!(error.to_string().contains("where it ends"), "{error}");
}

#[test]
fn a_packed_file_is_unpacked() {
    let content = "text ".repeat(100_000);
    let zipped = gzip(content.as_bytes());
    let headers = ["content-encoding: gzip", "connection: close"];
    let server = Server::answers([reply_with(200, &headers, &zipped)]);
    let folder = Folder::new();
    client(&server).download_file(&url(&server), folder.path("f"), &usual()).unwrap();
    assert_eq!(fs::read_to_string(folder.path("f")).unwrap(), content);

    let error = refused_with(&server, &usual().max_bytes(499_999));
    assert!(error.to_string().contains("maxBytes"), "{error}");
    let half = &zipped[..zipped.len() / 2];
    assert_eq!(refused([reply_with(200, &headers, half)]).status(), Status::Network);
    let error = refused([reply_with(200, &headers, "this is no gzip at all")]);
    assert_eq!(error.status(), Status::Protocol, "{error}");
    let error = refused([reply_with(200, &["content-encoding: br", "connection: close"], "x")]);
    assert_eq!(error.status(), Status::Protocol, "{error}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_file_may_be_so_long_and_no_longer() {
    let server = Server::answers([reply(200, "12345")]);
    let folder = Folder::new();
    let exactly = usual().max_bytes(5);
    client(&server).download_file(&url(&server), folder.path("f"), &exactly).unwrap();
    let error = refused_with(&server, &usual().max_bytes(4));
    assert_eq!((error.status(), error.attempts()), (Status::Protocol, 1), "{error}");
    assert_eq!(error.action(), Action::FixRequest);
    assert!(error.to_string().contains("maxBytes"), "{error}");
    // A length that is a lie is believed only where it forbids.
    let head = b"HTTP/1.1 200 X\r\ncontent-length: 99999999999\r\nconnection: close\r\n\r\n";
    assert!(refused([head.to_vec()]).to_string().contains("maxBytes"));
}

#[test]
fn an_endless_file_ends_at_the_bound() {
    let sandbox = Sandbox::start().unwrap();
    let url = format!("{}/files/1", sandbox.base_url());
    let client = builder(sandbox.base_url()).api_key(sandbox.api_key()).max_attempts(1);
    let client = client.build().unwrap();
    let folder = Folder::new();
    for kind in [FaultKind::EndlessChunks, FaultKind::GzipBomb(64)] {
        sandbox.add_fault(Fault::new(kind.clone()).on(Operation::DownloadFile)).unwrap();
        let options = usual().max_bytes(100_000);
        let error = failure(client.download_file(&url, folder.path("f"), &options));
        assert_eq!(error.status(), Status::Protocol, "{kind:?}: {error}");
        assert!(error.to_string().contains("maxBytes"), "{kind:?}: {error}");
    }
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn failures_are_retried_where_that_may_help() {
    let answers =
        [reply(503, ""), reply(420, ""), b"nonsense\r\n\r\n".to_vec(), reply(200, "file")];
    let server = Server::answers([answers[0].clone(), answers[1].clone(), answers[3].clone()]);
    let folder = Folder::new();
    client(&server).download_file(&url(&server), folder.path("f"), &usual()).unwrap();
    assert_eq!(server.requests().len(), 3);
    for (answer, status, attempts) in [
        (reply(404, "{}"), Status::NotFound, 1),
        (reply(410, ""), Status::BadRequest, 1),
        (reply(401, ""), Status::Unauthorized, 1),
        (reply(500, ""), Status::Server, 4),
        (reply(204, ""), Status::Protocol, 1),
        (reply(206, "part"), Status::Protocol, 1),
        (reply(304, ""), Status::Protocol, 1),
    ] {
        let error = refused([answer]);
        assert_eq!((error.status(), error.attempts()), (status, attempts), "{error}");
        assert!(error.trace_id().is_some(), "{error}");
        assert_eq!(error.to_string().matches(". ").count(), 1, "one sentence, one advice: {error}");
    }
}

#[test]
fn a_key_that_a_server_quotes_is_not_in_the_error() {
    let body = format!(r#"{{"status":"ERROR","errors":[{{"code":"X","message":"{API_KEY}"}}]}}"#);
    let error = refused([reply(403, body)]);
    assert!(error.to_string().contains("oauthToken"), "{error}");
}

#[test]
fn progress_is_told_and_may_end_the_call() {
    let content = vec![b'x'; 300_000];
    let server = Server::answers([reply(200, &content)]);
    let folder = Folder::new();
    let mut told = Vec::new();
    client(&server)
        .download_file_with_progress(&url(&server), folder.path("f"), &usual(), |at| {
            assert_eq!(at.total, Some(300_000));
            told.push(at.bytes);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(told.len() > 2 && told.is_sorted() && told.last() == Some(&300_000), "{told:?}");

    let ended = client(&server).download_file_with_progress(
        &url(&server),
        folder.path("g"),
        &usual(),
        |_| ControlFlow::Break(()),
    );
    let error = failure(ended);
    assert_eq!((error.status(), error.attempts()), (Status::Cancelled, 1), "{error}");
    assert_eq!(folder.names(), ["f"]);
}

#[test]
fn a_progress_function_that_panics_leaves_nothing() {
    let server = Server::answers([reply(200, "file")]);
    let (client, folder) = (client(&server), Folder::new());
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        client.download_file_with_progress(&url(&server), folder.path("f"), &usual(), |_| {
            panic!("in the progress function")
        })
    }));
    assert!(caught.is_err());
    assert_eq!(folder.names(), [""; 0]);
    client.download_file(&url(&server), folder.path("f"), &usual()).unwrap();
}

/// Sends the beginning of a file, and then nothing until the other side has gone.
fn silent_after(beginning: &'static [u8]) -> Server {
    Server::start(move |mut peer| {
        peer.request();
        let _ = peer.send(b"HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\n");
        let _ = peer.send(beginning);
        peer.request();
    })
}

#[test]
fn a_server_that_falls_silent_is_left() {
    let server = silent_after(b"half");
    let folder = Folder::new();
    let client = builder(server.url()).max_attempts(1);
    let client = client.attempt_timeout(Duration::from_millis(200)).build().unwrap();
    let error = failure(client.download_file(&url(&server), folder.path("f"), &usual()));
    assert_eq!(error.status(), Status::Timeout, "{error}");
    let text = error.to_string();
    assert!(text.contains("4 bytes came") && text.contains("attemptTimeoutMs"), "{text}");
    let options = usual().call_timeout(Duration::from_millis(100));
    let error = failure(client.download_file(&url(&server), folder.path("f"), &options));
    assert_eq!(error.status(), Status::Timeout, "{error}");
    assert!(error.to_string().contains("callTimeoutMs"), "{error}");
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn a_download_can_be_cancelled_from_another_thread() {
    let server = silent_after(b"half");
    let folder = Folder::new();
    let client = builder(server.url()).build().unwrap();
    let handle = client.cancel_handle();
    let (told, hears) = mpsc::channel();
    let waiting = std::thread::spawn(move || {
        hears.recv().unwrap();
        handle.cancel();
    });
    let result =
        client.download_file_with_progress(&url(&server), folder.path("f"), &usual(), |_| {
            let _ = told.send(());
            ControlFlow::Continue(())
        });
    assert_eq!(failure(result).status(), Status::Cancelled);
    waiting.join().unwrap();
    assert_eq!(folder.names(), [""; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_file() {
    run_child("download::a_large_file", &[]);
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by memory_does_not_grow_with_the_file, in a process of its own"]
fn a_large_file() {
    const PART: usize = 64 * 1024;
    const PARTS: usize = 1024;
    fn peak_kib() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
    let part: Arc<[u8]> = vec![b'x'; PART].into();
    let server = Server::start(move |mut peer| {
        peer.request();
        let length = PART * PARTS;
        let head = format!("HTTP/1.1 200 X\r\ncontent-length: {length}\r\n\r\n");
        let _ = peer.send(head.as_bytes());
        for _ in 0..PARTS {
            let _ = peer.send(&part);
        }
    });
    let folder = Folder::new();
    let client = builder(server.url()).build().unwrap();
    let before = peak_kib();
    let options = usual().max_bytes((PART * PARTS) as u64);
    let file = client.download_file(&url(&server), folder.path("f"), &options).unwrap();
    assert_eq!(file.bytes, 64 << 20);
    let grown = peak_kib() - before;
    assert!(grown < 4 * 1024, "{grown} KiB more for 64 MiB");
}

/// The system lets a process write no file beyond a length: the same to it as a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_leaves_nothing() {
    let program = std::env::current_exe().unwrap();
    let test = "download::onto_a_full_disk";
    let script = "trap '' XFSZ; ulimit -f 64; exec \"$@\"";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script, "sh"]).arg(program);
    let text = succeed(command.args(["--exact", test, "--ignored", "--nocapture"]));
    assert!(text.contains("1 passed"), "{text}");
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by a_full_disk_is_said_and_leaves_nothing, with less room"]
fn onto_a_full_disk() {
    let error = refused([reply(200, vec![b'x'; 1024 * 1024])]);
    assert_eq!((error.status(), error.attempts()), (Status::InvalidArgument, 1), "{error}");
    assert!(error.to_string().contains("could not be written"), "{error}");
}
