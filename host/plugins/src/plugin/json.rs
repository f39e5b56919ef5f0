//! Answers as JSON, checked before anything above sees them.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// Deeper documents could not be read again by common JSON readers (serde's own stops at 128).
const DEPTH: usize = 100;

pub(super) fn read<T: DeserializeOwned>(answer: String) -> Result<T, String> {
    serde_json::from_str(&answer)
        .map_err(|error| format!("it is not the JSON that the interface says: {error}"))
}

/// Size and depth of a document in an answer.
pub(super) fn check(name: &str, document: &RawValue, most: usize) -> Result<(), String> {
    let size = document.get().len();
    if size > most {
        return Err(format!("`{name}` has {} KiB; at most {} KiB", size.div_ceil(1024), most >> 10));
    }
    if depth(document.get()) > DEPTH {
        return Err(format!("`{name}` is nested more than {DEPTH} levels deep"));
    }
    Ok(())
}

pub(super) fn check_some(name: &str, document: Option<&RawValue>, most: usize) -> Result<(), String> {
    document.map_or(Ok(()), |document| check(name, document, most))
}

/// Of valid JSON text.
fn depth(text: &str) -> usize {
    let (mut depth, mut most, mut in_string, mut escaped) = (0usize, 0usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                most = most.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_texts_are_no_depth() {
        assert_eq!(depth(r#"{"a":[1,[2]],"b":"[[\"[{"}"#), 3);
        assert_eq!(depth("1"), 0);
    }

    #[test]
    fn documents_are_bounded_in_size_and_depth() {
        let raw = |text: String| RawValue::from_string(text).unwrap();
        assert!(check("state", &raw(format!("{}{}", "[".repeat(100), "]".repeat(100))), 1024).is_ok());
        assert!(
            check("state", &raw(format!("{}{}", "[".repeat(101), "]".repeat(101))), 1024)
                .unwrap_err()
                .contains("levels")
        );
        assert!(
            check("derived", &raw(format!("\"{}\"", "x".repeat(1023))), 1024)
                .unwrap_err()
                .contains("2 KiB; at most 1")
        );
    }
}
