//! The one multipart body that the API takes: a part `file` with a file name (RFC 7578).

/// What stands before the file's bytes. The file name has been checked: it cannot break out of its
/// quotes.
pub(super) fn start(boundary: &str, file_name: &str) -> Vec<u8> {
    let content_type = content_type(file_name);
    format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\
         \r\nContent-Type: {content_type}\r\n\r\n"
    )
    .into_bytes()
}

/// What stands behind them.
pub(super) fn end(boundary: &str) -> Vec<u8> {
    format!("\r\n--{boundary}--\r\n").into_bytes()
}

/// So that pictures are shown as such; anything else is a file.
fn content_type(file_name: &str) -> &'static str {
    let extension = file_name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "pdf" => "application/pdf",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cyrillic_name_travels_as_utf8() {
        let expected = "--b0undary\r\nContent-Disposition: form-data; name=\"file\"; \
                        filename=\"чек.PNG\"\r\nContent-Type: image/png\r\n\r\n";
        assert_eq!(start("b0undary", "чек.PNG"), expected.as_bytes());
        assert_eq!(end("b0undary"), b"\r\n--b0undary--\r\n");
    }
}
