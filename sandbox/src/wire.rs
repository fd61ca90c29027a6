//! The API's types, made from their JSON: outside of their crate they cannot be written down.

use serde::de::DeserializeOwned;
use serde_json::Value;
use ymchat::OtherFields;

/// A value of the API. `json` has every member that is needed; `other` are those that the types
/// do not know.
pub(super) fn value<T: DeserializeOwned>(mut json: Value, other: &OtherFields) -> T {
    if let Value::Object(members) = &mut json {
        members.extend(other.clone());
    }
    serde_json::from_value(json).expect("the sandbox keeps to the API's types")
}
