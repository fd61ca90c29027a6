//! No panic leaves the add-in: every function that the host calls is one call of [`guard`].

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `body`; what a panic gives is `otherwise`.
pub(crate) fn guard<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        // Dropping a payload may panic in its turn.
        std::mem::forget(panic);
        otherwise
    })
}
