//! What a JSON value is.

/// What a JSON value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    /// A number without fraction and exponent, however great: ids above 2^53 are passed on as text.
    Integer,
    /// Any other number.
    Number,
    Bool,
    Null,
}

impl Kind {
    /// With its article, for sentences.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Object => "an object",
            Self::Array => "an array",
            Self::String => "a string",
            Self::Integer => "an integer",
            Self::Number => "a number with a fraction or an exponent",
            Self::Bool => "a boolean",
            Self::Null => "null",
        }
    }
}
