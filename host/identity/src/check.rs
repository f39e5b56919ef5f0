//! What names, passwords, labels, targets and granted roles may be.

use regie_core::{Error, Result, Role};
use unicode_normalization::UnicodeNormalization;

const NAME_CHARS: usize = 40;
const PASSWORD_CHARS: usize = 8;
const PASSWORD_BYTES: usize = 1024;
const LABEL_CHARS: usize = 80;
const TOKENS_BYTES: usize = 200;

/// The name as it is kept: trimmed, composed (NFC), 1 to 40 characters, none of them invisible.
pub(crate) fn name(text: &str) -> Result<String> {
    line(text, NAME_CHARS, "name")
}

pub(crate) fn label(text: &str) -> Result<String> {
    line(text, LABEL_CHARS, "label")
}

/// What may be a label of `text`: without what cannot be seen, and no longer than one.
pub fn fit_label(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).nfc().take(LABEL_CHARS).collect()
}

/// What two names have in common when they are the same name: compatibility forms and case do not count.
pub(crate) fn fold(name: &str) -> String {
    name.trim().nfkc().collect::<String>().to_lowercase().nfkc().collect()
}

/// At least 8 characters; at most 1,024 bytes, so that hashing one is bounded work.
pub(crate) fn password(text: &str) -> Result<()> {
    if text.chars().count() < PASSWORD_CHARS {
        let hint = format!("at least {PASSWORD_CHARS} characters; a few words make a good one");
        return Err(Error::bad_request("this password is too short").path("password").hint(hint));
    }
    if text.len() > PASSWORD_BYTES {
        let hint = format!("at most {PASSWORD_BYTES} bytes");
        return Err(Error::bad_request("this password is too long").path("password").hint(hint));
    }
    Ok(())
}

/// Tokens joined by `.`, as in `restream.12`: the name of a target or a scope, and a key in storage.
pub(crate) fn tokens(text: &str, field: &'static str) -> Result<()> {
    let of_token = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    let token = |t: &str| (1..=64).contains(&t.len()) && t.bytes().all(of_token);
    if text.len() <= TOKENS_BYTES && text.split('.').all(token) {
        return Ok(());
    }
    Err(Error::bad_request(format!("this is not a {field}"))
        .path(field)
        .hint("tokens of a-z, 0-9, - and _, joined by a dot, as in restream.12"))
}

/// A role that a target can grant.
pub(crate) fn granted_role(role: Role) -> Result<()> {
    if matches!(role, Role::Editor | Role::Restreamer) {
        return Ok(());
    }
    Err(Error::bad_request(format!("the role {} cannot be granted on one target", role.as_str()))
        .path("role")
        .hint("editor or restreamer"))
}

/// What somebody else's server says, fit for a message: visible, and short.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).take(80).collect()
}

fn line(text: &str, most: usize, field: &'static str) -> Result<String> {
    let text = text.trim();
    // A character has at most 16 bytes before composition; what is longer is not worth composing.
    let text: String = if text.len() > most * 16 { text.into() } else { text.nfc().collect() };
    let length = text.chars().count();
    if length == 0 || length > most {
        return Err(Error::bad_request(format!("this {field} has {length} characters"))
            .path(field)
            .hint(format!("1 to {most} characters")));
    }
    if let Some(bad) = text.chars().find(|c| is_invisible(*c)) {
        return Err(Error::bad_request(format!(
            "this {field} holds U+{:04X}, which cannot be seen",
            u32::from(bad)
        ))
        .path(field)
        .hint("letters, digits, marks and spaces"));
    }
    Ok(text)
}

/// Control characters and those that only change how neighbours look: two names could look the same with them.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_fitted_is_a_label() {
        for text in ["hud of Ada, Sun\u{200b}day\n", &"x y ".repeat(60), &"e\u{301}".repeat(200)] {
            label(&fit_label(text)).unwrap();
        }
        assert_eq!(fit_label("hud of Ada, Sun\u{200b}day"), "hud of Ada, Sunday");
    }

    #[test]
    fn names_are_trimmed_composed_and_visible() {
        for (text, kept) in [("  Ada ", "Ada"), ("Zoe\u{301}", "Zo\u{e9}"), ("J. R. 2", "J. R. 2")] {
            assert_eq!(name(text).unwrap(), kept);
        }
        let long = "x".repeat(41);
        for bad in
            ["", "   ", "a\nb", "a\u{200b}b", "a\u{202e}b", "\u{0}", long.as_str(), &"x".repeat(1 << 20)]
        {
            assert_eq!(name(bad).unwrap_err().path.as_deref(), Some("name"), "{bad:.50?}");
        }
        assert!(name(&"é".repeat(40)).is_ok());
    }

    #[test]
    fn names_that_differ_in_case_or_form_are_one() {
        for (one, other) in
            [("Ada", "aDA"), ("ÉLODIE", "élodie"), ("e\u{301}", "é"), ("Ａda", "ada"), ("Straße", "straße")]
        {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("Ada"), fold("Ida"));
    }

    #[test]
    fn passwords_have_a_shortest_and_a_longest() {
        for (text, fits) in [("1234567", false), ("12345678", true), ("éééééééé", true)] {
            assert_eq!(password(text).is_ok(), fits, "{text}");
        }
        assert!(password(&"x".repeat(1024)).is_ok());
        assert!(password(&"x".repeat(1025)).is_err());
    }

    #[test]
    fn targets_and_scopes_are_tokens_joined_by_dots() {
        let long = "x".repeat(65);
        for good in ["restream.12", "auto.restream.12", "a", "a-b_c.d", &"x".repeat(64)] {
            assert!(tokens(good, "target").is_ok(), "{good}");
        }
        for bad in ["", ".", "a.", ".a", "a..b", "A", "a/b", "é", "a b", &long, &"abc.".repeat(60)] {
            assert_eq!(tokens(bad, "scope").unwrap_err().path.as_deref(), Some("scope"), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_target_that_is_taken_is_a_key_of_storage(text in "[a-zA-Z0-9_./é -]{0,80}") {
            if tokens(&text, "target").is_ok() {
                prop_assert!(text.split('.').all(|t| regie_core::Topic::parse(t).is_ok()), "{}", text);
            }
        }

        #[test]
        fn a_name_that_is_kept_is_kept_as_it_is(text in ".{0,60}") {
            if let Ok(kept) = name(&text) {
                prop_assert_eq!(name(&kept).unwrap(), kept.clone());
                prop_assert_eq!(fold(&kept), fold(&text));
            }
        }
    }
}
