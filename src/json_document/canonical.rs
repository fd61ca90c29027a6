//! One text for all texts of the same content.

use super::{JsonDocument, JsonKind, Slot, json_quote, strings};

impl JsonDocument {
    /// The same text for the same content, whatever the order of members, the space between them
    /// and the escapes in strings. Of equal keys the last one counts. Numbers stay as they are
    /// written: how a number is rounded is not the same in all versions of all readers.
    pub(crate) fn canonical(&self) -> String {
        let mut text = String::new();
        self.write_canonical(0, &mut text);
        text
    }

    /// Recursion ends with the document's own bound on nesting.
    fn write_canonical(&self, slot: Slot, text: &mut String) {
        match self.kind_of(slot) {
            JsonKind::Object => {
                let count = self.index.count(&self.text, slot, true);
                let keys = (0..count).filter_map(|n| self.index.child(&self.text, slot, true, n));
                let mut members: Vec<_> =
                    keys.map(|key| (strings::decode(self.raw_of(key)), key + 1)).collect();
                members.sort();
                text.push('{');
                for (n, (key, value)) in members.iter().enumerate() {
                    if members.get(n + 1).is_some_and(|(next, _)| next == key) {
                        continue;
                    }
                    text.push_str(&json_quote(key));
                    text.push(':');
                    self.write_canonical(*value, text);
                    text.push(',');
                }
                text.push('}');
            }
            JsonKind::Array => {
                let count = self.index.count(&self.text, slot, false);
                text.push('[');
                for item in (0..count).filter_map(|n| self.index.child(&self.text, slot, false, n))
                {
                    self.write_canonical(item, text);
                    text.push(',');
                }
                text.push(']');
            }
            JsonKind::String => text.push_str(&json_quote(&strings::decode(self.raw_of(slot)))),
            JsonKind::Null | JsonKind::Boolean | JsonKind::Number => {
                text.push_str(self.raw_of(slot));
            }
        }
    }
}
