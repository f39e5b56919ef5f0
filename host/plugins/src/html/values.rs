//! What the value of an attribute may be.

use std::borrow::Cow;

/// The longest action a button may carry, in bytes of JSON.
const ACTION_MAX: usize = 4096;

/// A file of the plugin itself: below `base`, written plainly. No other spelling of a path is understood, so none can lead out.
pub(super) fn own_asset(base: &str, url: &str) -> Result<(), &'static str> {
    let Some(path) = url.strip_prefix(base) else {
        return Err(
            "only the plugin's own assets may be named: the base URL that the request's `assets` gives, and a path",
        );
    };
    for segment in path.split('/') {
        if matches!(segment, "" | "." | "..") {
            return Err("the path has an empty, `.` or `..` segment");
        }
        if !segment
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'@' | b'+' | b'~'))
        {
            return Err("an asset's path has only letters, digits and `_-.@+~` between its slashes");
        }
    }
    Ok(())
}

/// A picture inside the markup. An SVG shown by `<img>` runs no script and loads nothing.
pub(super) fn embedded_image(url: &str) -> Result<(), &'static str> {
    const WRONG: &str =
        "only `data:image/png`, `jpeg`, `webp`, `gif`, `avif` (base64) and `svg+xml` are shown";
    let (kind, data) = url.strip_prefix("data:image/").and_then(|rest| rest.split_once(',')).ok_or(WRONG)?;
    let (kind, encoding) = kind.split_once(';').unwrap_or((kind, ""));
    let base64 = encoding == "base64"
        && data.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
    let escaped = matches!(encoding, "" | "utf8" | "charset=utf-8" | "charset=utf8")
        && data.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~!*'();:@&=+$,/?%#[] ".contains(&b));
    match kind {
        "png" | "jpeg" | "webp" | "gif" | "avif" if base64 => Ok(()),
        "svg+xml" if base64 || escaped => Ok(()),
        _ => Err(WRONG),
    }
}

/// An action: one JSON object.
pub(super) fn action(json: &str) -> Result<(), &'static str> {
    if json.len() > ACTION_MAX {
        return Err("an action is at most 4096 bytes of JSON");
    }
    if !json.trim_start().starts_with('{') || serde_json::from_str::<serde::de::IgnoredAny>(json).is_err() {
        return Err("an action is one JSON object, such as {\"item\":\"bow\",\"step\":1}");
    }
    Ok(())
}

/// Class names without the host's own (`rg-*`).
pub(super) fn classes<'v>(value: &'v str, dropped: &mut dyn FnMut(String)) -> Cow<'v, str> {
    let reserved = |class: &str| class.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("rg-"));
    if !value.split_ascii_whitespace().any(reserved) {
        return Cow::Borrowed(value);
    }
    let mut kept = Vec::new();
    for class in value.split_ascii_whitespace() {
        if reserved(class) {
            dropped(format!("class `{class}`: names that begin with `rg-` are the host's"));
        } else {
            kept.push(class);
        }
    }
    Cow::Owned(kept.join(" "))
}

pub(super) fn one_of(value: &str, words: &[&str]) -> Result<(), &'static str> {
    if words.contains(&value) { Ok(()) } else { Err("its value is none of those allowed") }
}

/// Words of letters, digits and dashes, apart by spaces.
pub(super) fn tokens(value: &str) -> Result<(), &'static str> {
    let plain = value
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-' | b'_' | b'/' | b'.' | b'+'));
    if plain && value.len() <= 200 { Ok(()) } else { Err("its value is not a plain word") }
}

pub(super) fn number(value: &str) -> Result<(), &'static str> {
    let digits = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'%' | b'e');
    if !value.is_empty() && value.len() <= 24 && value.bytes().all(digits) {
        Ok(())
    } else {
        Err("its value is not a number")
    }
}

/// Numbers, path commands, transform functions: what shapes are made of.
pub(super) fn geometry(value: &str) -> Result<(), &'static str> {
    let plain = |b: u8| {
        b.is_ascii_alphanumeric()
            || matches!(b, b' ' | b',' | b'.' | b'+' | b'-' | b'%' | b'(' | b')' | b'\n' | b'\t')
    };
    if value.bytes().all(plain) && !value.to_ascii_lowercase().contains("url") {
        Ok(())
    } else {
        Err("its value is not made of numbers, units and transform functions")
    }
}

/// Any text up to a length: it is escaped, so it can only be read.
pub(super) fn text(value: &str) -> Result<(), &'static str> {
    if value.len() <= 2000 { Ok(()) } else { Err("its value is longer than 2000 bytes") }
}

/// A form field's name. It must not hide a property of the form from the scripts of the page.
pub(super) fn field_name(value: &str) -> Result<(), &'static str> {
    #[rustfmt::skip]
    const PROPERTIES: &[&str] = &[
        "action", "after", "animate", "append", "attributes", "autocomplete", "autofocus", "before",
        "blur", "children", "click", "closest", "contains", "dataset", "dir", "draggable",
        "elements", "encoding", "enctype", "focus", "hidden", "id", "inert", "lang", "length",
        "matches", "method", "name", "nonce", "normalize", "part", "popover", "prefix", "prepend",
        "rel", "remove", "reset", "role", "scroll", "slot", "spellcheck", "style", "submit",
        "target", "title", "translate",
    ];
    let plain = value.len() <= 40
        && value.starts_with(|c: char| c.is_ascii_lowercase())
        && value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'));
    if !plain {
        return Err("a field's name is [a-z][a-z0-9_-]*, 40 characters at most");
    }
    if PROPERTIES.contains(&value) {
        return Err("a field of this name would hide a property of its form");
    }
    Ok(())
}
