//! Which texts are topics and which are filters.

/// A level is a step of recursion and a node: nobody needs hundreds.
const MAX_LEVELS: usize = 64;

pub fn is_topic(text: &str) -> bool {
    is_path(text) && !text.contains(['+', '#'])
}

pub fn is_filter(text: &str) -> bool {
    is_path(text)
        && text.split('/').enumerate().all(|(place, level)| match level {
            "#" => place == text.matches('/').count(),
            "+" => true,
            _ => !level.contains(['+', '#']),
        })
}

fn is_path(text: &str) -> bool {
    !text.is_empty() && !text.contains('\0') && text.matches('/').count() < MAX_LEVELS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_have_no_wildcards_and_filters_whole_ones_only() {
        let deep = "/".repeat(MAX_LEVELS);
        for (text, topic, filter) in [
            ("a", true, true),
            ("/", true, true),
            ("a/b c/é", true, true),
            ("", false, false),
            ("a\0", false, false),
            ("+", false, true),
            ("#", false, true),
            ("a/+/b/#", false, true),
            ("a/#/b", false, false),
            ("#/", false, false),
            ("a#", false, false),
            ("a/+b", false, false),
            (&deep, false, false),
        ] {
            assert_eq!((is_topic(text), is_filter(text)), (topic, filter), "{text:?}");
        }
    }
}
