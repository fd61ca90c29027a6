//! Reads a whole chat by the iterator, a message at a time, and prints the peak memory.

use std::error::Error;

use ymchat::ClientBuilder;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, base_url, chat_id] = arguments.as_slice() else {
        return Err("usage: BASE_URL CHAT".into());
    };
    let client = ClientBuilder::default()
        .api_key("ACMA:benchmark:0123456789abcdef")
        .business_id(1)
        .base_url(base_url)
        .build()?;
    let mut count = 0;
    for message in client.messages(chat_id.parse()?) {
        message?;
        count += 1;
    }
    println!("{{\"messages\":{count},\"peak_rss_kib\":{}}}", peak_rss_kib()?);
    Ok(())
}

// Not ru_maxrss: that one survives exec and so would show the driver's size where it is larger.
fn peak_rss_kib() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim_end_matches("kB").trim().parse()?)
}
