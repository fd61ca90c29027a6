//! The API's own data types, named as its documentation names them.
//!
//! They are made to survive a newer service: a value that is not known here becomes
//! `Unknown`, a member that is not known here is kept in `other`.

use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// Members of a JSON object that this version does not know.
pub type OtherFields = Map<String, Value>;

macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
            /// A value that this version does not know, as the service sent it.
            Unknown(String),
        }

        impl $name {
            /// The value as it stands in the API's JSON.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct TextVisitor;
                impl serde::de::Visitor<'_> for TextVisitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a string")
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        Ok($name::from(text))
                    }
                }
                deserializer.deserialize_str(TextVisitor)
            }
        }
    };
}

open_enum! {
    /// What a chat is about.
    ContextType {
        /// An order.
        Order = "ORDER",
        /// A return.
        Return = "RETURN",
        /// A chat that the customer started; a seller cannot create one.
        Direct = "DIRECT",
    }
}

/// An order or a return that a chat is about; a seller cannot open a DIRECT chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChatContextRef {
    /// The order with this id.
    Order(i64),
    /// The return with this id.
    Return(i64),
}

impl ChatContextRef {
    /// What the id is of.
    pub fn context_type(self) -> ContextType {
        match self {
            Self::Order(_) => ContextType::Order,
            Self::Return(_) => ContextType::Return,
        }
    }

    /// The id.
    pub fn id(self) -> i64 {
        match self {
            Self::Order(id) | Self::Return(id) => id,
        }
    }
}

open_enum! {
    /// The kind of a chat.
    ChatType {
        /// A chat between the shop and a customer.
        Chat = "CHAT",
        /// A dispute, with the Market's arbiter in it.
        Arbitrage = "ARBITRAGE",
    }
}

open_enum! {
    /// Whose turn it is in a chat.
    ChatStatus {
        /// A new chat.
        New = "NEW",
        /// The customer is to answer.
        WaitingForCustomer = "WAITING_FOR_CUSTOMER",
        /// The shop must answer.
        WaitingForPartner = "WAITING_FOR_PARTNER",
        /// The arbiter is to answer.
        WaitingForArbiter = "WAITING_FOR_ARBITER",
        /// The Market is to answer.
        WaitingForMarket = "WAITING_FOR_MARKET",
        /// The chat is over.
        Finished = "FINISHED",
    }
}

open_enum! {
    /// Who wrote a message.
    Sender {
        /// The shop.
        Partner = "PARTNER",
        /// The customer.
        Customer = "CUSTOMER",
        /// The Market, automatically.
        Market = "MARKET",
        /// A person of the Market's support.
        Support = "SUPPORT",
    }
}

/// A moment as the API writes it: ISO 8601 with an offset, fractions of a second possible.
///
/// The text is kept as it came; [`DateTime::to_system_time`] reads it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DateTime(String);

impl DateTime {
    /// Wraps a text; nothing is checked.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as the service sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The moment, or `None` where the text is not ISO 8601 with an offset.
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    /// let at = ymchat::DateTime::new("1970-01-01T03:00:01.5+03:00");
    /// assert_eq!(at.to_system_time(), Some(UNIX_EPOCH + Duration::from_millis(1500)));
    /// ```
    pub fn to_system_time(&self) -> Option<SystemTime> {
        crate::dates::iso8601(&self.0)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The customer in a chat, as the customer is known in public.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChatCustomer {
    /// The public name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The public id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_id: Option<String>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub other: OtherFields,
}

/// What a chat is about, and with whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChatFullContext {
    /// Order, return, or neither.
    #[serde(rename = "type")]
    pub context_type: ContextType,
    /// The customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<ChatCustomer>,
    /// The shop's (campaign's) id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign_id: Option<i64>,
    /// The order's id, for ORDER and RETURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    /// The return's id, for RETURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_id: Option<i64>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub other: OtherFields,
}

/// A chat (the API's GetChatInfo).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Chat {
    /// The chat's id.
    pub chat_id: i64,
    /// The order's id; deprecated by the API in favour of `context`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    /// What the chat is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<ChatFullContext>,
    /// Chat or dispute.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub chat_type: Option<ChatType>,
    /// Whose turn it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ChatStatus>,
    /// When the chat was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<DateTime>,
    /// When its last message was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<DateTime>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub other: OtherFields,
}

/// A file in a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChatMessagePayload {
    /// The file's name.
    #[serde(default)]
    pub name: String,
    /// Where it can be fetched, 1 to 2000 characters.
    #[serde(default)]
    pub url: String,
    /// Its size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<i64>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub other: OtherFields,
}

/// A message of a chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChatMessage {
    /// The message's id; a newer message has a greater one.
    pub message_id: i64,
    /// When it was written.
    pub created_at: DateTime,
    /// Who wrote it.
    pub sender: Sender,
    /// The text; absent where there are only files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The files. Empty where the service sends none, null, or a list of nulls (its own
    /// documentation shows one).
    #[serde(default, deserialize_with = "payload", skip_serializing_if = "Vec::is_empty")]
    pub payload: Vec<ChatMessagePayload>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub other: OtherFields,
}

fn payload<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<ChatMessagePayload>, D::Error> {
    let items = Option::<Vec<Option<ChatMessagePayload>>>::deserialize(d)?;
    Ok(items.unwrap_or_default().into_iter().flatten().collect())
}

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Paging {
    /// The token of the next page, opaque; `None` on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_page_token: Option<String>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub other: OtherFields,
}

/// One page of a chat's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChatMessagesResult {
    /// The order's id; deprecated by the API in favour of `context`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    /// What the chat is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<ChatFullContext>,
    /// The messages, in an order that the API does not document.
    pub messages: Vec<ChatMessage>,
    /// Where the history goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paging: Option<Paging>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub other: OtherFields,
}

/// One page of the list of chats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChatsResult {
    /// The chats, in an order that the API does not document.
    pub chats: Vec<Chat>,
    /// Where the list goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paging: Option<Paging>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub other: OtherFields,
}

/// The answer to the creation of a chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CreateChatResult {
    /// The chat's id: a new one, or that of the chat that was there already.
    pub chat_id: i64,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub other: OtherFields,
}

/// A business account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Business {
    /// The business's id: the `businessId` of this library's configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub other: OtherFields,
}

/// A shop (campaign) of a business.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Campaign {
    /// The shop's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// Its address or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The business that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business: Option<Business>,
    /// FBS, FBY, DBS and others, as the service names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement_type: Option<String>,
    /// AVAILABLE, or why the API is closed to this shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_availability: Option<String>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub other: OtherFields,
}

/// One page of the shops that the credential grants access to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CampaignsResult {
    /// The shops.
    pub campaigns: Vec<Campaign>,
    /// Where the list goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paging: Option<Paging>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub other: OtherFields,
}

/// What an Api-Key is allowed to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApiKeyInfo {
    /// The name that the shop gave to the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its scopes in capitals: ALL_METHODS, COMMUNICATION, ALL_METHODS_READ_ONLY, …
    #[serde(default)]
    pub auth_scopes: Vec<String>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub other: OtherFields,
}

/// The answer to the question what a key may do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TokenInfo {
    /// The key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key: Option<ApiKeyInfo>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub other: OtherFields,
}
