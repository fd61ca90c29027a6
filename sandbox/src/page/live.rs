//! What happens, told to the page as it happens (Server-Sent Events).

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame};
use tokio::sync::mpsc;

use super::view;
use crate::state::Shared;

/// What happens within this time is told at once.
const BREATH: Duration = Duration::from_millis(60);

/// Some things change with the clock alone: a quota's hour ends, a message is shown.
const LOOK: Duration = Duration::from_secs(1);

/// A page that was closed is noticed when something is written to it.
const LOOKS_UNTIL_SIGN: u32 = 10;

/// The body of the stream. It ends with the sandbox.
#[derive(Debug)]
pub(in super::super) struct Events {
    told: mpsc::Receiver<Bytes>,
}

impl Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.told.poll_recv(cx).map(|next| next.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// Begins a stream: everything as it stands, then each part that has changed.
pub(in super::super) fn open(shared: Arc<Shared>, chat: Option<i64>) -> Events {
    // A page that is slower than the sandbox is told less often.
    let (sender, told) = mpsc::channel(1);
    tokio::spawn(async move {
        // It ends when the page is closed.
        let _ = tell(&shared, chat, &sender).await;
    });
    Events { told }
}

async fn tell(
    shared: &Shared,
    chat: Option<i64>,
    sender: &mpsc::Sender<Bytes>,
) -> Result<(), mpsc::error::SendError<Bytes>> {
    let mut happened = shared.watch();
    let mut told = BTreeMap::new();
    let mut quiet = 0;
    sender.send(Bytes::from_static(b"retry: 1000\n\n")).await?;
    loop {
        happened.borrow_and_update();
        let parts = view::parts(shared, chat);
        for (name, part) in parts {
            let text = part.to_string();
            if told.get(name) != Some(&text) {
                sender.send(format!("event: {name}\ndata: {text}\n\n").into()).await?;
                told.insert(name, text);
                quiet = 0;
            }
        }
        quiet += 1;
        if quiet > LOOKS_UNTIL_SIGN {
            sender.send(Bytes::from_static(b":\n\n")).await?;
            quiet = 0;
        }
        tokio::time::sleep(BREATH).await;
        tokio::select! {
            // The sender of these news is part of the sandbox, and outlives this stream.
            _ = happened.changed() => {}
            () = tokio::time::sleep(LOOK) => {}
            () = sender.closed() => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::Builder;

    #[test]
    fn a_page_is_woken_by_what_happens() {
        let shared = Shared::new(Builder::default().config, String::new());
        let mut happened = shared.watch();
        happened.borrow_and_update();
        assert!(!happened.has_changed().unwrap());
        shared.notify();
        assert!(happened.has_changed().unwrap());
    }
}
