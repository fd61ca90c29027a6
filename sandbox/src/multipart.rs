//! The upload of a file: multipart/form-data with exactly one part, `file`.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyDataStream, Full};
use hyper::HeaderMap;

use super::error::{ApiError, ErrorKind};

/// "At most 5 MB".
pub(super) const MAX_FILE: usize = 5 * 1024 * 1024;

#[derive(Debug, Clone)]
pub(super) struct UploadedFile {
    pub(super) name: String,
    pub(super) bytes: Bytes,
}

pub(super) type Upload = Result<UploadedFile, ApiError>;

pub(super) async fn read(headers: &HeaderMap, body: Bytes) -> Upload {
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok());
    let boundary = content_type.and_then(|text| multer::parse_boundary(text).ok());
    let Some(boundary) = boundary else {
        return Err(ApiError::new(
            ErrorKind::UnsupportedMediaType,
            format!(
                "Content type '{}' is not supported, use 'multipart/form-data' with a boundary",
                content_type.unwrap_or("none")
            ),
        ));
    };
    let stream = BodyDataStream::new(Full::<Bytes>::new(body));
    let mut parts = multer::Multipart::new::<_, Bytes, Infallible, _>(stream, boundary);
    let malformed = |error| ApiError::bad_request(format!("Multipart body is malformed: {error}"));
    let mut file = None;
    while let Some(part) = parts.next_field().await.map_err(malformed)? {
        let field = part.name().unwrap_or_default().to_owned();
        let name = file_name(part.headers());
        let bytes = part.bytes().await.map_err(malformed)?;
        if field != "file" {
            return Err(ApiError::bad_request(format!(
                "Multipart body must have one part 'file', but has a part {field:?}"
            )));
        }
        if file.is_some() {
            return Err(ApiError::bad_request("Multipart body must have only one part 'file'"));
        }
        let Some(name) = name.filter(|name| !name.trim().is_empty()) else {
            return Err(ApiError::bad_request("Part 'file' must have a file name"));
        };
        file = Some(UploadedFile { name, bytes });
    }
    let file = file.ok_or_else(|| ApiError::bad_request("Missing required part 'file'"))?;
    match file.bytes.len() {
        0 => Err(ApiError::bad_request("File must not be empty")),
        size if size > MAX_FILE => Err(ApiError::new(
            ErrorKind::BodyTooLarge,
            format!("File must have at most {MAX_FILE} bytes, not {size}"),
        )),
        _ => Ok(file),
    }
}

/// The file name in `Content-Disposition`: raw UTF-8 in `filename` (RFC 7578), or `filename*`
/// (RFC 5987), which multer does not know.
fn file_name(headers: &HeaderMap) -> Option<String> {
    let disposition = headers.get("content-disposition")?.as_bytes();
    let disposition = std::str::from_utf8(disposition).ok()?;
    let extended = parameter(disposition, "filename*").and_then(|value| {
        let encoded = value.get(..7).filter(|start| start.eq_ignore_ascii_case("utf-8''"))?;
        let decoded = percent_encoding::percent_decode_str(&value[encoded.len()..]);
        decoded.decode_utf8().ok().map(|name| name.into_owned())
    });
    extended.or_else(|| parameter(disposition, "filename"))
}

/// A parameter of a header, with or without quotes.
fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, after) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let (value, after) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), after)
            }
        };
        if name.trim().trim_start_matches(';').trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after;
    }
}

/// The text up to the closing quote, and what follows it. Browsers write a quote in a name as
/// `%22`, older clients as `\"`.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value.replace("%22", "\""), &text[at + 1..])),
            '\\' if text[at + 1..].starts_with(['"', '\\']) => value.push(characters.next()?.1),
            character => value.push(character),
        }
    }
    None
}
