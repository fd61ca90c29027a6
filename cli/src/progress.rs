//! Progress on stderr, on a terminal alone.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget};

/// A spinner that is seen while a call lasts.
pub fn spinner(visible: bool, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, target(visible));
    bar.set_message(what);
    if visible {
        bar.enable_steady_tick(Duration::from_millis(100));
    }
    bar
}

fn target(visible: bool) -> ProgressDrawTarget {
    if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}
