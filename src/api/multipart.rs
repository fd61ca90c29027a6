//! The one multipart body that the API takes: a part `file` with a file name (RFC 7578).

/// Writes the body. The file name has been checked: it cannot break out of its quotes.
pub(super) fn body(boundary: &str, file_name: &str, data: &[u8]) -> Vec<u8> {
    let content_type = content_type(file_name);
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\
         \r\nContent-Type: {content_type}\r\n\r\n"
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    let mut body = Vec::with_capacity(head.len() + data.len() + tail.len());
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(data);
    body.extend_from_slice(tail.as_bytes());
    body
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
        let body = body("b0undary", "чек.PNG", b"\x89PNG\r\n--");
        let expected = "--b0undary\r\nContent-Disposition: form-data; name=\"file\"; \
                        filename=\"чек.PNG\"\r\nContent-Type: image/png\r\n\r\n";
        assert!(body.starts_with(expected.as_bytes()));
        assert!(body.ends_with(b"\x89PNG\r\n--\r\n--b0undary--\r\n"));
    }
}
