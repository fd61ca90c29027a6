//! Progress on stderr, on a terminal alone.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ymchat::Language;

use crate::sentences::notes;

/// A spinner that is seen while a call lasts.
pub fn spinner(visible: bool, what: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, target(visible));
    // Without it, a bar is drawn, and no message.
    bar.set_style(ProgressStyle::default_spinner());
    bar.set_message(what.to_owned());
    if visible {
        bar.enable_steady_tick(Duration::from_millis(100));
    }
    bar
}

/// A bar for bytes.
pub fn bytes(visible: bool, language: Language) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, target(visible));
    let counted = notes::bytes_of("{bytes}", "{total_bytes}");
    let template = format!("{} {{wide_bar}} {{eta}}", counted.in_language(language));
    let style = ProgressStyle::with_template(&template);
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

fn target(visible: bool) -> ProgressDrawTarget {
    if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}
