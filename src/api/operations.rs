//! The operations of the API: where they are, their documented quotas, and the shape of their
//! results.

use http::Method;

use crate::json_scan::Kind;
use crate::pipeline::envelope::{Promise, Shape};
use crate::pipeline::{CountedBy, Effect, Operation};

static CHATS: Shape = Shape::new(&[("chats", Kind::Array)]);
static CHAT: Shape = Shape::new(&[("chatId", Kind::Integer)]);
static HISTORY: Shape =
    Shape::new(&[("messages", Kind::Array)]).with_ids_in("messages", "\"messageId\"");
static MESSAGE: Shape = Shape::new(&[("messageId", Kind::Integer)]).with_id("\"messageId\"");
static CAMPAIGNS: Shape = Shape::new(&[("campaigns", Kind::Array)]);
static TOKEN: Shape = Shape::new(&[("apiKey", Kind::Object)]);

macro_rules! operations {
    ($(
        $(#[$comment:meta])*
        $constant:ident: $name:literal, $method:ident $path:literal, $per_hour:literal, $effect:ident,
            $counted_by:ident, $promise:expr;
    )+) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Place { $($constant),+ }

        $(
            $(#[$comment])*
            pub(crate) static $constant: Operation = Operation {
                name: $name,
                method: Method::$method,
                path: $path,
                index: Place::$constant as usize,
                per_hour: $per_hour,
                effect: Effect::$effect,
                counted_by: CountedBy::$counted_by,
                promise: $promise,
            };
        )+

        /// All of them, each at its index.
        pub(crate) static ALL: [&Operation; [$(Place::$constant),+].len()] = [$(&$constant),+];
    };
}

operations! {
    GET_CHATS: "getChats", POST "/v2/businesses/{businessId}/chats",
        5_000, Read, Business, Promise::Result(&CHATS);
    GET_CHAT: "getChat", GET "/v2/businesses/{businessId}/chat",
        1_000, Read, Business, Promise::Result(&CHAT);
    GET_CHAT_HISTORY: "getChatHistory", POST "/v2/businesses/{businessId}/chats/history",
        10_000, Read, Business, Promise::Result(&HISTORY);
    GET_CHAT_MESSAGE: "getChatMessage", GET "/v2/businesses/{businessId}/chats/message",
        1_000, Read, Business, Promise::Result(&MESSAGE);
    SEND_MESSAGE_TO_CHAT: "sendMessageToChat", POST "/v2/businesses/{businessId}/chats/message",
        1_000, Send, Business, Promise::Nothing;
    SEND_FILE_TO_CHAT: "sendFileToChat", POST "/v2/businesses/{businessId}/chats/file/send",
        1_000, Send, Business, Promise::Nothing;
    /// It answers with the chat that exists already, so that doing it twice does no harm.
    CREATE_CHAT: "createChat", POST "/v2/businesses/{businessId}/chats/new",
        1_000, Idempotent, Business, Promise::Result(&CHAT);
    GET_CAMPAIGNS: "getCampaigns", GET "/v2/campaigns",
        1_000, Read, Credential, Promise::Document(&CAMPAIGNS);
    GET_AUTH_TOKEN_INFO: "getAuthTokenInfo", POST "/v2/auth/token",
        100, Read, Credential, Promise::Result(&TOKEN);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_stands_at_its_index() {
        for (place, operation) in ALL.iter().enumerate() {
            assert_eq!(operation.index, place, "{}", operation.name);
        }
    }

    #[test]
    fn errors_know_which_operations_are_sends() {
        for operation in ALL {
            let is_send = operation.effect == Effect::Send;
            assert_eq!(crate::error::is_send(operation.name), is_send, "{}", operation.name);
        }
    }
}
