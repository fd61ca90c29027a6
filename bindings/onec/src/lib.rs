//! The add-in for 1C:Enterprise (Native API), on [`ymchat::RawClient`].
//!
//! `abi` is the boundary: memory layouts, tables of functions, texts in UTF-16. Nothing else is
//! unsafe. What the add-in offers stands in `table`; what a call does, in `calls`.

#[allow(unsafe_code)]
mod abi;
mod add_in;
mod arguments;
mod calls;
mod failure;
mod files;
mod json;
mod language;
mod mistake;
mod sentences;
mod settings;
mod table;
mod value;

// A panic that aborts would kill the host.
#[cfg(not(panic = "unwind"))]
compile_error!("ymchat must be built with panic = \"unwind\"");
