//! Blocking client for the seller chats of the Yandex Market Partner API, with a C ABI.

mod model;
#[cfg(feature = "sandbox")]
pub mod sandbox;

pub use model::*;
