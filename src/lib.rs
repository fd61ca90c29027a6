//! Blocking client for the seller chats of the Yandex Market Partner API, with a C ABI.

mod model;
#[cfg_attr(not(test), expect(dead_code))] // until the operations use it
mod pipeline;
#[cfg(feature = "sandbox")]
pub mod sandbox;

pub use model::*;
