//! The boundary to the host: the Native API of 1C:Enterprise, laid out by hand.
//!
//! The platform's headers describe it as C++ classes. `types` has their memory layout, `host` calls
//! the host's objects, `values` reads and writes its variants, `object` is the object that the host
//! calls, and `exports` the five functions by which it is found.

mod exports;
mod guard;
mod host;
mod object;
mod stay_loaded;
mod types;
mod values;
