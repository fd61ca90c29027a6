//! Files of messages, brought to a path.

mod disk;
pub(crate) mod options;
pub(crate) mod result;
mod target;

use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use http::Method;

use super::session::Session;
use crate::error::Error;
use crate::pipeline::envelope::Promise;
use crate::pipeline::fetch::{Fetch, too_long};
use crate::pipeline::{CountedBy, Effect, Operation};
use crate::sentences::{Sentence, errors, files};
use crate::settings::FileUrl;
use crate::status::Status;
use crate::transport::Receiver;
use options::DownloadOptions;
use result::{DownloadProgress, DownloadedFile};
use target::{Target, TemporaryFile};

/// It is none of the API's own: no quota counts it.
pub(crate) static OPERATION: Operation = Operation {
    name: "download_file",
    method: Method::GET,
    path: "",
    index: usize::MAX,
    per_hour: 0,
    effect: Effect::Read,
    counted_by: CountedBy::Credential,
    promise: Promise::Nothing,
};

/// Is called by the thread that called; `false` cancels the call.
pub(crate) type OnProgress<'a> = &'a mut dyn FnMut(DownloadProgress) -> bool;

impl Session {
    /// Brings the file of a URL to a path.
    pub(crate) fn download_file(
        &self,
        url: &str,
        path: &Path,
        options: &DownloadOptions,
        progress: Option<OnProgress<'_>>,
    ) -> Result<DownloadedFile, Error> {
        let name = OPERATION.name;
        let invalid = |refusal: Sentence| Error::invalid(name, refusal);
        self.pipeline.check_process(&OPERATION)?;
        let (max_bytes, allowed_hosts) = options.check().map_err(invalid)?;
        let url = FileUrl::parse(url).map_err(|why| invalid(files::url_is_wrong(&why)))?;
        self.pipeline.check_file_access(&url, &allowed_hosts).map_err(|denied| {
            Error::invalid(name, files::url_is_wrong(&denied.why())).with_advice(denied.advice())
        })?;
        let target = Target::check(path, options.overwrite).map_err(invalid)?;
        let file = target.begin(|| self.pipeline.random_128()).map_err(invalid)?;
        let mut download =
            Download { file, max_bytes, received: 0, total: None, progress, stopped: None };
        let fetch =
            Fetch { operation: &OPERATION, url: &url, allowed_hosts: &allowed_hosts, max_bytes };
        let budget = self.budget(options.call_timeout);
        match (self.pipeline.fetch(&fetch, &mut download, &budget), download.stopped) {
            (Ok(fetched), None) => {
                let bytes = download.received;
                download.file.keep().map_err(|error| invalid(not_written(&error)))?;
                Ok(DownloadedFile {
                    path: path.to_owned(),
                    bytes,
                    content_type: fetched.content_type,
                })
            }
            (Ok(_), Some(why)) => Err(why.error(max_bytes)),
            (Err(error), None) => Err(error),
            (Err(error), Some(why)) => {
                let own = why.error(max_bytes).with_attempts(error.attempts());
                Err(match error.trace_id() {
                    Some(trace_id) => own.with_trace_id(trace_id),
                    None => own,
                })
            }
        }
    }
}

/// Why the receiver wants no more of a file.
enum Stopped {
    TooLong,
    ByProgress,
    NotWritten(io::Error),
}

impl Stopped {
    fn error(self, max_bytes: u64) -> Error {
        let name = OPERATION.name;
        match self {
            Stopped::TooLong => too_long(name, max_bytes),
            Stopped::ByProgress => {
                Error::new(Status::Cancelled, name, errors::cancelled_by_progress())
            }
            Stopped::NotWritten(error) => Error::invalid(name, not_written(&error)),
        }
    }
}

/// The path is not shown: the caller knows it, and it may be a credential in the wrong place.
fn not_written(error: &io::Error) -> Sentence {
    if error.kind() == io::ErrorKind::AlreadyExists {
        return files::exists_already();
    }
    files::not_written(error)
}

/// What has come of a file.
struct Download<'a> {
    file: TemporaryFile,
    max_bytes: u64,
    received: u64,
    total: Option<u64>,
    progress: Option<OnProgress<'a>>,
    stopped: Option<Stopped>,
}

impl Download<'_> {
    fn stop(&mut self, why: Stopped) -> ControlFlow<()> {
        self.stopped = Some(why);
        ControlFlow::Break(())
    }
}

impl Receiver for Download<'_> {
    fn begin(&mut self, length: Option<u64>) -> ControlFlow<()> {
        (self.received, self.total) = (0, length);
        if length.is_some_and(|length| length > self.max_bytes) {
            return self.stop(Stopped::TooLong);
        }
        match self.file.empty() {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => self.stop(Stopped::NotWritten(error)),
        }
    }

    fn take(&mut self, part: &[u8]) -> ControlFlow<()> {
        let received = self.received.saturating_add(part.len() as u64);
        if received > self.max_bytes {
            return self.stop(Stopped::TooLong);
        }
        if let Err(error) = self.file.append(part) {
            return self.stop(Stopped::NotWritten(error));
        }
        self.received = received;
        let at = DownloadProgress { bytes: received, total: self.total };
        let goes_on = self.progress.as_mut().is_none_or(|progress| progress(at));
        if goes_on { ControlFlow::Continue(()) } else { self.stop(Stopped::ByProgress) }
    }
}
