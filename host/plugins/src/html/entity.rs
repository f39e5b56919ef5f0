//! Character references: the few that machines write are decoded here; any other is left to the real parser.

use std::borrow::Cow;

/// The text that `raw` stands for; `None` where it has a reference that only the full table of HTML could tell.
pub(super) fn decode(raw: &str) -> Option<Cow<'_, str>> {
    let Some(first) = raw.find('&') else { return Some(Cow::Borrowed(raw)) };
    let mut text = String::with_capacity(raw.len());
    text.push_str(&raw[..first]);
    let mut rest = &raw[first..];
    loop {
        // `rest` starts with an ampersand.
        let after = &rest[1..];
        rest = match after.bytes().next() {
            Some(b'#' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9') => {
                let end = after.as_bytes().iter().take(12).position(|byte| *byte == b';')?;
                text.push(reference(&after[..end])?);
                &after[end + 1..]
            }
            _ => {
                text.push('&');
                after
            }
        };
        match rest.find('&') {
            Some(next) => {
                text.push_str(&rest[..next]);
                rest = &rest[next..];
            }
            None => {
                text.push_str(rest);
                return Some(Cow::Owned(text));
            }
        }
    }
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        "nbsp" => return Some('\u{a0}'),
        _ => {}
    }
    let digits = name.strip_prefix('#')?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok()?,
        None if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
        _ => return None,
    };
    // Controls and the rows that HTML maps to other characters are not worth a table.
    if code < 0x20 || (0x7f..0xa0).contains(&code) {
        return None;
    }
    char::from_u32(code).filter(|c| !is_noncharacter(*c))
}

fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    (0xfdd0..=0xfdef).contains(&code) || code & 0xfffe == 0xfffe
}

/// Writes text the way the HTML serialiser does. `references`: ampersands already are part of references and stay.
pub(super) fn encode(out: &mut String, text: &str, attribute: bool, references: bool) {
    let bytes = text.as_bytes();
    let mut from = 0;
    let mut at = 0;
    while at < bytes.len() {
        let (replacement, width) = match bytes[at] {
            b'<' => ("&lt;", 1),
            b'>' => ("&gt;", 1),
            b'&' if !references => ("&amp;", 1),
            b'"' if attribute => ("&quot;", 1),
            0xc2 if bytes.get(at + 1) == Some(&0xa0) => ("&nbsp;", 2),
            _ => {
                at += 1;
                continue;
            }
        };
        out.push_str(&text[from..at]);
        out.push_str(replacement);
        at += width;
        from = at;
    }
    out.push_str(&text[from..]);
}
