//! Options of the calls: from Rust, and from the JSON of the C ABI with the same names.

mod campaigns;
mod chats;
mod messages;
pub(super) mod reading;
mod send;

pub use campaigns::CampaignsOptions;
pub(crate) use chats::CHATS_PER_PAGE;
pub use chats::ChatsOptions;
pub(crate) use messages::MESSAGES_PER_PAGE;
pub use messages::{HistoryOptions, MessagesOptions};
pub use send::SendOptions;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn whole_lists_are_bounded_by_default() {
        assert_eq!(MessagesOptions::new().check(), Ok(64 << 20));
        assert_eq!(ChatsOptions::new().take_max_total_bytes(), Ok(64 << 20));
        let json = r#"{"maxTotalBytes": 5000}"#;
        assert_eq!(MessagesOptions::from_json(Some(json)).unwrap().check(), Ok(5000));
        let mut all = ChatsOptions::all_from_json(Some(json)).unwrap();
        assert_eq!((all.take_max_total_bytes(), all.check()), (Ok(5000), Ok(())));
        assert!(MessagesOptions::new().max_total_bytes(1023).check().is_err());
        // A page has no whole.
        assert!(
            ChatsOptions::from_json(Some(json)).unwrap_err().english().contains("maxTotalBytes")
        );
        let refusal = ChatsOptions::new().max_total_bytes(5000).check().unwrap_err();
        assert!(refusal.english().contains("maxTotalBytes"), "{refusal:?}");
    }

    #[test]
    fn an_empty_text_is_no_options() {
        assert_eq!(ChatsOptions::from_json(Some("")).unwrap().limit, None);
        assert!(HistoryOptions::from_json(Some("")).is_ok());
        assert!(MessagesOptions::from_json(Some("")).is_ok());
        assert!(CampaignsOptions::from_json(Some("")).is_ok());
        assert!(SendOptions::from_json(Some("")).is_ok());
        assert!(ChatsOptions::from_json(Some(" ")).is_err());
    }

    #[test]
    fn ids_may_be_strings_of_digits() {
        let options = ChatsOptions::from_json(Some(
            r#"{"orderIds": ["9007199254740993", 5, 6.0],
                "contexts": [{"type": "RETURN", "id": "9007199254740995"}]}"#,
        ));
        assert_eq!(
            Value::Object(options.unwrap().filters),
            json!({"orderIds": [9007199254740993_i64, 5, 6],
                "contexts": [{"type": "RETURN", "id": 9007199254740995_i64}]})
        );
        let options = HistoryOptions::from_json(Some(r#"{"messageIdFrom": "9007199254740993"}"#));
        assert_eq!(options.unwrap().message_id_from, Some(9_007_199_254_740_993));
        let options = SendOptions::from_json(Some(r#"{"afterMessageId": "9007199254740993"}"#));
        assert_eq!(options.unwrap().after_message_id, Some(9_007_199_254_740_993));
    }
}
