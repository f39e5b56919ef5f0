//! Inline styles: custom properties, geometry and paint, one declaration at a time, by real CSS tokens.
//!
//! Position, names of animations and all that loads belong in the plugin's style sheet, which is confined as a whole.

use std::borrow::Cow;

use cssparser::{ParseError, Parser, Token};

/// Properties that change how an element looks or where it lies in its block, and nothing else.
#[rustfmt::skip]
const PROPERTIES: &[&str] = &[
    "align-content", "align-items", "align-self", "animation-delay", "animation-duration", "aspect-ratio",
    "background", "background-color", "background-position", "background-size", "border", "border-bottom",
    "border-color", "border-left", "border-radius", "border-right", "border-style", "border-top",
    "border-width", "bottom", "box-shadow", "clip-path", "color", "column-gap", "column-span", "columns",
    "display", "fill", "fill-opacity", "filter", "flex", "flex-basis", "flex-direction", "flex-flow",
    "flex-grow", "flex-shrink", "flex-wrap", "font-size", "font-style", "font-variant-numeric",
    "font-weight", "gap", "grid-area", "grid-auto-columns", "grid-auto-flow", "grid-auto-rows",
    "grid-column", "grid-column-end", "grid-column-start", "grid-row", "grid-row-end", "grid-row-start",
    "grid-template", "grid-template-areas", "grid-template-columns", "grid-template-rows", "height",
    "inset", "justify-content", "justify-items", "justify-self", "left", "letter-spacing", "line-height",
    "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-height", "max-width",
    "min-height", "min-width", "object-fit", "object-position", "opacity", "order", "outline", "padding",
    "padding-bottom", "padding-left", "padding-right", "padding-top", "place-content", "place-items",
    "place-self", "right", "rotate", "row-gap", "scale", "stroke", "stroke-dasharray",
    "stroke-dashoffset", "stroke-linecap", "stroke-opacity", "stroke-width", "text-align",
    "text-decoration", "text-shadow", "text-transform", "top", "transform", "transform-origin",
    "transition-delay", "transition-duration", "translate", "vertical-align", "visibility", "white-space",
    "width", "z-index",
];

/// Functions that compute a number, a colour, a shape or a gradient. None of them loads.
#[rustfmt::skip]
const FUNCTIONS: &[&str] = &[
    "abs", "blur", "brightness", "calc", "circle", "clamp", "color", "color-mix", "conic-gradient",
    "contrast", "cubic-bezier", "drop-shadow", "ellipse", "env", "fit-content", "grayscale", "hsl",
    "hsla", "hue-rotate", "hwb", "inset", "invert", "lab", "lch", "light-dark", "linear",
    "linear-gradient", "matrix", "matrix3d", "max", "min", "minmax", "oklab", "oklch", "opacity", "path",
    "perspective", "polygon", "radial-gradient", "repeat", "repeating-conic-gradient",
    "repeating-linear-gradient", "repeating-radial-gradient", "rgb", "rgba", "rotate", "rotate3d",
    "rotatex", "rotatey", "rotatez", "round", "saturate", "scale", "scale3d", "scalex", "scaley",
    "scalez", "sepia", "sign", "skew", "skewx", "skewy", "steps", "translate", "translate3d",
    "translatex", "translatey", "translatez", "var",
];

/// The declarations that may stay, as they were written; `None` where none may.
pub(super) fn filter<'v>(style: &'v str, dropped: &mut dyn FnMut(String)) -> Option<Cow<'v, str>> {
    // Characters that could hide the end of a declaration: comments, escapes, blocks, rules.
    let tricky = |b: u8| matches!(b, b'\\' | b'{' | b'}' | b'@' | b'<' | b'>' | 0..=8 | 11..=31 | 127);
    if style.len() > 4096 || style.bytes().any(tricky) || style.contains("/*") {
        dropped(
            "the style: no comments, escapes, braces, at-rules or control characters, 4096 bytes at most"
                .into(),
        );
        return None;
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut all = true;
    for declaration in declarations(style) {
        let declaration = declaration.trim();
        if declaration.is_empty() {
            continue;
        }
        match check(declaration) {
            Ok(()) => kept.push(declaration),
            Err(why) => {
                all = false;
                dropped(format!("style `{declaration}`: {why}"));
            }
        }
    }
    match (all, kept.is_empty()) {
        (true, _) => Some(Cow::Borrowed(style)),
        (false, true) => None,
        (false, false) => Some(Cow::Owned(kept.join(";"))),
    }
}

/// Parts between semicolons that are in no string and no parentheses. Brackets that do not match fail in [`check`].
fn declarations(style: &str) -> Vec<&str> {
    let (mut parts, mut from, mut depth, mut quote) = (Vec::new(), 0, 0_usize, None);
    for (at, byte) in style.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(' | b'[') => depth += 1,
            (None, b')' | b']') => depth = depth.saturating_sub(1),
            (None, b';') if depth == 0 => {
                parts.push(&style[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&style[from..]);
    parts
}

fn check(declaration: &str) -> Result<(), &'static str> {
    let (name, value) = declaration.split_once(':').ok_or("it is no declaration")?;
    let name = name.trim_end();
    let custom = name.strip_prefix("--");
    let known = match custom {
        Some(rest) => {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        }
        None => PROPERTIES.binary_search(&name.to_ascii_lowercase().as_str()).is_ok(),
    };
    if !known {
        return Err("this property belongs in the style sheet");
    }
    if !is_safe_value(value) {
        return Err("its value has more than words, numbers, strings and functions that compute");
    }
    Ok(())
}

/// Whether a value is balanced, loads nothing and ends where it seems to.
pub(super) fn is_safe_value(value: &str) -> bool {
    let harmless = |b: u8| {
        b.is_ascii_alphanumeric() || matches!(b, b' ' | b'.' | b',' | b'%' | b'#' | b'-' | b'+' | b'_')
    };
    if value.bytes().all(harmless) {
        return true;
    }
    let tricky =
        |b: u8| matches!(b, b'\\' | b'{' | b'}' | b'@' | b'<' | b'>' | b';' | b'!' | 0..=8 | 11..=31 | 127);
    if value.bytes().any(tricky) || value.contains("/*") {
        return false;
    }
    balanced(value) && tokens(&mut Parser::new(value), 0)
}

/// The tokenizer closes at the end what was left open; in an attribute the next declaration would be swallowed.
fn balanced(value: &str) -> bool {
    let (mut open, mut quote) = (Vec::new(), None);
    for byte in value.bytes() {
        match (quote, byte) {
            (Some(mark), byte) if byte == mark => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(') => open.push(b')'),
            (None, b'[') => open.push(b']'),
            (None, b')' | b']') if open.pop() != Some(byte) => return false,
            _ => {}
        }
    }
    quote.is_none() && open.is_empty()
}

fn tokens(parser: &mut Parser<'_>, depth: u8) -> bool {
    if depth > 8 {
        return false;
    }
    loop {
        let nested = match parser.next_including_whitespace_and_comments() {
            Err(_) => return true,
            Ok(token) => match token {
                Token::UnquotedUrl(_) | Token::BadUrl(_) | Token::BadString(_) | Token::Comment(_) => {
                    return false;
                }
                Token::CurlyBracketBlock
                | Token::Semicolon
                | Token::CDO
                | Token::CDC
                | Token::AtKeyword(_) => return false,
                Token::CloseParenthesis | Token::CloseSquareBracket | Token::CloseCurlyBracket => {
                    return false;
                }
                Token::Function(name) => {
                    if FUNCTIONS.binary_search(&name.to_ascii_lowercase().as_str()).is_err() {
                        return false;
                    }
                    true
                }
                Token::ParenthesisBlock | Token::SquareBracketBlock => true,
                _ => false,
            },
        };
        if nested {
            let safe = parser.parse_nested_block(|inner| Ok::<_, ParseError<()>>(tokens(inner, depth + 1)));
            if !matches!(safe, Ok(true)) {
                return false;
            }
        }
    }
}
