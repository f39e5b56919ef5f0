//! The source, token by token: addresses, at-rules, depth. What a parser above might leave alone cannot hide here.

use cssparser::{ParseError, Parser, Token};

use super::Fault;

/// Blocks and functions in one another.
const DEPTH: u8 = 24;
/// Style rules in one another: lowering repeats the outer selector in every inner one.
const RULE_DEPTH: u8 = 6;

/// Where a string is an address.
#[derive(Clone, Copy, PartialEq)]
enum Strings {
    /// Nowhere near one.
    Text,
    /// In `url(…)` and `src(…)`.
    Address,
    /// In `image-set(…)`.
    Images,
}

pub(super) fn check(css: &str, base: &str) -> Vec<Fault> {
    let mut walk = Walk { base, faults: Vec::new() };
    walk.tokens(&mut Parser::new(css), Strings::Text, 0, 0);
    walk.faults
}

struct Walk<'b> {
    base: &'b str,
    faults: Vec<Fault>,
}

enum Inside {
    Nothing,
    Block,
    Function(Strings),
}

impl Walk<'_> {
    fn tokens(&mut self, parser: &mut Parser<'_>, strings: Strings, depth: u8, rules: u8) {
        let mut selectors_amp = 0_u8;
        loop {
            let at = parser.current_source_location();
            let mut fault = None;
            let inside = match parser.next_including_whitespace_and_comments() {
                Err(_) => return,
                Ok(Token::UnquotedUrl(url)) => {
                    fault = address(url, self.base).err();
                    Inside::Nothing
                }
                Ok(Token::BadUrl(_)) => {
                    fault = Some("this `url(…)` cannot be read; put the address into quotes".into());
                    Inside::Nothing
                }
                Ok(Token::BadString(_)) => {
                    fault = Some("this string is not closed".into());
                    Inside::Nothing
                }
                Ok(Token::QuotedString(text)) => {
                    if strings != Strings::Text {
                        fault = address(text, self.base).err();
                    }
                    Inside::Nothing
                }
                Ok(Token::CDO | Token::CDC) => {
                    fault = Some("`<!--` and `-->` have no place in a style sheet".into());
                    Inside::Nothing
                }
                Ok(Token::AtKeyword(name)) => {
                    fault = at_rule(&name.to_ascii_lowercase()).err();
                    Inside::Nothing
                }
                Ok(Token::Delim('&')) => {
                    selectors_amp += 1;
                    if selectors_amp > 3 {
                        fault = Some("a selector names `&` three times at most".into());
                    }
                    Inside::Nothing
                }
                Ok(Token::Comma | Token::Semicolon) => {
                    selectors_amp = 0;
                    Inside::Nothing
                }
                Ok(Token::CurlyBracketBlock) => {
                    selectors_amp = 0;
                    Inside::Block
                }
                Ok(Token::ParenthesisBlock | Token::SquareBracketBlock) => Inside::Function(strings),
                Ok(Token::Function(name)) => match function(&name.to_ascii_lowercase(), strings) {
                    Ok(strings) => Inside::Function(strings),
                    Err(why) => {
                        fault = Some(why);
                        Inside::Function(Strings::Text)
                    }
                },
                Ok(_) => Inside::Nothing,
            };
            if let Some(message) = fault {
                self.faults.push(Fault { line: at.line + 1, column: at.column, message });
            }
            let (strings, rules) = match inside {
                Inside::Nothing => continue,
                Inside::Block => (Strings::Text, rules + 1),
                Inside::Function(strings) => (strings, rules),
            };
            if depth >= DEPTH || rules > RULE_DEPTH {
                let message = "blocks are nested too deep: 6 rules, 24 functions or brackets at most".into();
                self.faults.push(Fault { line: at.line + 1, column: at.column, message });
                return;
            }
            // The walk itself never fails: what is wrong goes into `faults`.
            let _ = parser.parse_nested_block(|inner| {
                self.tokens(inner, strings, depth + 1, rules);
                Ok::<_, ParseError<()>>(())
            });
        }
    }
}

fn at_rule(name: &str) -> Result<(), String> {
    match name {
        "media" | "supports" | "container" | "layer" | "starting-style" | "keyframes"
        | "-webkit-keyframes" | "font-face" | "property" => Ok(()),
        "import" => {
            Err("`@import` loads another style sheet; name each file in the manifest's `frontend.css`".into())
        }
        "charset" => Err("`@charset` is not needed: style sheets are UTF-8".into()),
        _ => Err(format!(
            "`@{name}` is not available: of at-rules there are media, supports, container, layer, starting-style, keyframes, font-face, \
             property"
        )),
    }
}

fn function(name: &str, outer: Strings) -> Result<Strings, String> {
    match name {
        "url" | "src" => Ok(Strings::Address),
        "image-set" | "-webkit-image-set" | "image" | "cross-fade" | "-webkit-cross-fade" => {
            Ok(Strings::Images)
        }
        "expression" | "paint" | "element" | "-moz-element" => Err(format!("`{name}(…)` is not available")),
        "var" | "env" | "attr" | "if" | "inherit" if outer != Strings::Text => {
            Err(format!("`{name}(…)` cannot stand where an address is expected; write the address itself"))
        }
        _ => Ok(Strings::Text),
    }
}

/// What an address may be: a file of the plugin, or a picture inside the sheet.
fn address(url: &str, base: &str) -> Result<(), String> {
    let shown: String = url.chars().take(60).collect();
    if let Some(data) = url.strip_prefix("data:") {
        let image = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/avif", "image/svg+xml"];
        let is_image =
            image.iter().any(|kind| data.strip_prefix(kind).is_some_and(|rest| rest.starts_with([';', ','])));
        if is_image {
            return Ok(());
        }
        return Err(format!(
            "`{shown}`: `data:` is for pictures; fonts and sounds are files in `assets/`, which pages may load"
        ));
    }
    let path = url.strip_prefix(base).unwrap_or(url);
    for segment in path.split('/') {
        let plain = segment
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'@' | b'+' | b'~'));
        if matches!(segment, "" | "." | "..") || !plain {
            return Err(format!(
                "`{shown}`: only the plugin's own assets can be loaded: a path relative to this file, of letters, digits and `_-.@+~`, \
                 without `..`"
            ));
        }
    }
    Ok(())
}
