//! Progress on stderr, on a terminal alone.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A spinner that is seen while a call lasts.
pub fn spinner(visible: bool, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, target(visible));
    bar.set_message(what);
    if visible {
        bar.enable_steady_tick(Duration::from_millis(100));
    }
    bar
}

/// A bar for bytes.
pub fn bytes(visible: bool) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, target(visible));
    let style = ProgressStyle::with_template("{bytes} of {total_bytes} {wide_bar} {eta}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

fn target(visible: bool) -> ProgressDrawTarget {
    if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}
