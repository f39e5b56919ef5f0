//! Declarations: what none may say, what the block itself may be given, and names that get the plugin's prefix.

use std::collections::HashSet;

use cssparser::{Parser, Token, serialize_identifier, serialize_string};

/// Why a declaration is refused, if it is. `is_block`: the rule's subject is the plugin's block itself.
pub(super) fn check(name: &str, value: &str, is_block: bool) -> Result<(), String> {
    let name = name.to_ascii_lowercase();
    let value = value.trim().trim_end_matches("!important").trim().to_ascii_lowercase();
    match name.as_str() {
        "position" => {
            let known = [
                "static",
                "relative",
                "absolute",
                "sticky",
                "-webkit-sticky",
                "inherit",
                "initial",
                "unset",
                "revert",
                "revert-layer",
            ];
            if value.contains("fixed") {
                return Err(
                    "`position: fixed` is not available: a plugin stays in its block; use `absolute`".into(),
                );
            }
            if !known.contains(&value.as_str()) {
                return Err(format!("`position: {value}`: write the word itself, no variable"));
            }
        }
        "view-transition-name" | "view-transition-class" | "view-transition-group" => {
            return Err(format!("`{name}` is not available: view transitions belong to the page"));
        }
        "behavior" | "-moz-binding" => return Err(format!("`{name}` is not available")),
        "animation-name" | "-webkit-animation-name" if value.contains("var(") => {
            return Err(format!(
                "`{name}` needs the animation's name itself: names get a prefix, and a variable would not"
            ));
        }
        _ => {}
    }
    if is_block {
        block(&name, &value)?;
    }
    Ok(())
}

/// The block belongs to the host: a plugin may dress it, not move, size, layer or uncontain it.
fn block(name: &str, value: &str) -> Result<(), String> {
    const DRESS: &[&str] = &[
        "--",
        "font",
        "line-height",
        "letter-spacing",
        "word-",
        "white-space",
        "text-",
        "-webkit-text-",
        "-webkit-font-smoothing",
        "tab-size",
        "hyphens",
        "-webkit-hyphens",
        "quotes",
        "direction",
        "writing-mode",
        "overflow-wrap",
        "color",
        "accent-color",
        "caret-color",
        "background",
        "-webkit-background",
        "border",
        "padding",
        "opacity",
        "grid",
        "flex-direction",
        "flex-wrap",
        "flex-flow",
        "gap",
        "row-gap",
        "column-gap",
        "columns",
        "column-count",
        "column-width",
        "align-",
        "justify-",
        "place-",
        "max-width",
        "max-height",
        "box-sizing",
        "aspect-ratio",
        "container",
        "cursor",
        "user-select",
        "-webkit-user-select",
        "list-style",
        "transition",
        "image-rendering",
        "scrollbar-",
        "touch-action",
        "visibility",
        "pointer-events",
        "-webkit-tap-highlight-color",
        "print-color-adjust",
        "-webkit-print-color-adjust",
    ];
    let boxes = ["block", "flow-root", "grid", "flex", "inline-block", "inline-grid", "inline-flex", "none"];
    match name {
        "display" if boxes.contains(&value) => Ok(()),
        "display" => Err(format!(
            "`display: {value}` would take the plugin's block apart; of it there are {}",
            boxes.join(", ")
        )),
        _ if DRESS.iter().any(|start| name.starts_with(start)) => Ok(()),
        _ => Err(format!(
            "`{name}` cannot be set on the plugin's block itself, which the page places; set it on an element inside"
        )),
    }
}

/// The value with the plugin's names prefixed: animations always, fonts where the sheet declares them.
pub(super) fn rename(name: &str, value: &str, prefix: &str, fonts: &HashSet<String>) -> String {
    match name.to_ascii_lowercase().as_str() {
        "animation" | "-webkit-animation" | "animation-name" | "-webkit-animation-name" => {
            each(value, |part| animation(part, prefix))
        }
        "font-family" | "font" if !fonts.is_empty() => each(value, |part| font(part, prefix, fonts)),
        custom if custom.starts_with("--") && !fonts.is_empty() => strings(value, prefix, fonts),
        _ => value.to_owned(),
    }
}

/// One token of a value, with the text it was written as.
struct Piece<'v> {
    token: Token<'v>,
    text: &'v str,
}

/// The tokens at the top of a value; what stands in parentheses is one piece with them.
fn pieces(value: &str) -> Vec<Piece<'_>> {
    let mut parser = Parser::new(value);
    let mut pieces = Vec::new();
    loop {
        let start = parser.position();
        let Ok(token) = parser.next_including_whitespace_and_comments().cloned() else { return pieces };
        if matches!(
            token,
            Token::Function(_)
                | Token::ParenthesisBlock
                | Token::SquareBracketBlock
                | Token::CurlyBracketBlock
        ) {
            let _ = parser.parse_nested_block(|inner| {
                while inner.next().is_ok() {}
                Ok::<_, cssparser::ParseError<()>>(())
            });
        }
        pieces.push(Piece { token, text: parser.slice_from(start) });
    }
}

/// Declarations of printed text: name and value.
pub(super) fn split(text: &str) -> Vec<(&str, &str)> {
    let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
    for piece in pieces(text) {
        if matches!(piece.token, Token::Semicolon) {
            parts.push(&text[start..at]);
            start = at + piece.text.len();
        }
        at += piece.text.len();
    }
    parts.push(&text[start..]);
    let named = parts.into_iter().filter_map(|declaration| declaration.split_once(':'));
    named.map(|(name, value)| (name.trim(), value)).collect()
}

/// Applies `change` to each part between commas.
fn each(value: &str, change: impl Fn(&[Piece<'_>]) -> String) -> String {
    let pieces = pieces(value);
    let parts = pieces.split(|piece| matches!(piece.token, Token::Comma));
    parts.map(change).collect::<Vec<_>>().join(",")
}

fn animation(part: &[Piece<'_>], prefix: &str) -> String {
    const WORDS: &[&str] = &[
        "none",
        "infinite",
        "normal",
        "reverse",
        "alternate",
        "alternate-reverse",
        "forwards",
        "backwards",
        "both",
        "running",
        "paused",
        "linear",
        "ease",
        "ease-in",
        "ease-out",
        "ease-in-out",
        "step-start",
        "step-end",
        "auto",
        "initial",
        "inherit",
        "unset",
        "revert",
        "revert-layer",
        "important",
        "replace",
        "add",
        "accumulate",
    ];
    let mut out = String::new();
    for piece in part {
        match &piece.token {
            Token::Ident(name) if !WORDS.contains(&name.to_ascii_lowercase().as_str()) => {
                identifier(&mut out, &format!("{prefix}{name}"))
            }
            Token::QuotedString(name) => identifier(&mut out, &format!("{prefix}{name}")),
            _ => out.push_str(piece.text),
        }
    }
    out
}

/// A family is a string, or the words at the end of its part.
fn font(part: &[Piece<'_>], prefix: &str, fonts: &HashSet<String>) -> String {
    let is_name = |piece: &&Piece<'_>| matches!(piece.token, Token::Ident(_) | Token::WhiteSpace(_));
    let words = part.iter().rev().take_while(is_name).count();
    let (head, tail) = part.split_at(part.len() - words);
    let name = tail.iter().filter_map(|piece| match &piece.token {
        Token::Ident(word) => Some(&**word),
        _ => None,
    });
    let name = name.collect::<Vec<_>>().join(" ");
    let mut out = String::new();
    for piece in head {
        match &piece.token {
            Token::QuotedString(name) if fonts.contains(&name.to_ascii_lowercase()) => {
                string(&mut out, &format!("{prefix}{name}"))
            }
            _ => out.push_str(piece.text),
        }
    }
    if fonts.contains(&name.to_ascii_lowercase()) {
        let blank = matches!(tail.first().map(|piece| &piece.token), Some(Token::WhiteSpace(_)));
        out.push_str(if blank { " " } else { "" });
        string(&mut out, &format!("{prefix}{name}"));
    } else {
        tail.iter().for_each(|piece| out.push_str(piece.text));
    }
    out
}

/// A custom property may carry a family's name as a string.
fn strings(value: &str, prefix: &str, fonts: &HashSet<String>) -> String {
    let mut out = String::new();
    for piece in pieces(value) {
        match &piece.token {
            Token::QuotedString(name) if fonts.contains(&name.to_ascii_lowercase()) => {
                string(&mut out, &format!("{prefix}{name}"))
            }
            _ => out.push_str(piece.text),
        }
    }
    out
}

pub(super) fn identifier(out: &mut String, name: &str) {
    serialize_identifier(name, out).expect("a String takes all that is written to it");
}

pub(super) fn string(out: &mut String, text: &str) {
    serialize_string(text, out).expect("a String takes all that is written to it");
}
