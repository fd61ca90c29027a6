//! The language of what is said to people.

/// The language of the sentences for people: of errors, and of their advice.
///
/// Codes, names, JSON members and the log are English in every language. So is what others wrote:
/// the service, the operating system, TLS.
///
/// ```
/// use ymchat::{Client, Language};
///
/// let error = Client::builder().language(Language::Russian).build().unwrap_err();
/// assert!(error.to_string().starts_with("client_new: не задан apiKey"));
/// assert!(error.in_language(Language::English).to_string().contains("apiKey is missing"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Language {
    /// `en`: what an error without a client speaks, too.
    #[default]
    English,
    /// `ru`
    Russian,
}

impl Language {
    /// Every language.
    pub const ALL: &[Language] = &[Language::English, Language::Russian];

    /// The code in configurations: `en` or `ru`.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Russian => "ru",
        }
    }

    /// The language of a [code](Language::code).
    ///
    /// ```
    /// # use ymchat::Language;
    /// assert_eq!(Language::from_code("ru"), Some(Language::Russian));
    /// assert_eq!(Language::from_code("de"), None);
    /// ```
    pub fn from_code(code: &str) -> Option<Self> {
        Language::ALL.iter().copied().find(|language| language.code() == code)
    }
}
