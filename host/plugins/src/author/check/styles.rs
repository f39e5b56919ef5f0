//! What style sheets name must be in the package: a picture that is missing is seen by nobody but the viewers.

use cssparser::{ParseError, Parser, Token};

use super::Report;
use crate::Plugin;

pub(super) fn check(plugin: &Plugin, report: &mut Report) {
    let base = plugin.assets_url();
    for sheet in &plugin.manifest().frontend.css {
        let Some(asset) = plugin.asset(sheet) else { continue };
        let text = String::from_utf8_lossy(&asset.bytes).into_owned();
        let folder = sheet.rsplit_once('/').map_or("", |(folder, _)| folder);
        for url in urls(&text) {
            let path = match url.strip_prefix(base.as_str()) {
                Some(path) => path.to_owned(),
                None if folder.is_empty() => url.clone(),
                None => format!("{folder}/{url}"),
            };
            if !url.starts_with("data:") && plugin.asset(&path).is_none() {
                report.error(format!(
                    "assets/{sheet} names `url({url})`, and there is no assets/{path} in the package that pages may load; addresses are \
                     relative to the style sheet"
                ));
            }
        }
    }
}

/// Addresses of `url(…)`, `src(…)` and `image-set(…)`, wherever they stand.
fn urls(css: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(&mut Parser::new(css), false, &mut found);
    found
}

fn collect(parser: &mut Parser<'_>, strings: bool, found: &mut Vec<String>) {
    while let Ok(token) = parser.next_including_whitespace_and_comments() {
        let inside = match token {
            Token::UnquotedUrl(url) => {
                found.push(url.to_string());
                continue;
            }
            Token::QuotedString(text) if strings => {
                found.push(text.to_string());
                continue;
            }
            Token::Function(name) => {
                let name = name.to_ascii_lowercase();
                name == "url" || name == "src" || name.ends_with("image-set")
            }
            Token::CurlyBracketBlock | Token::ParenthesisBlock | Token::SquareBracketBlock => false,
            _ => continue,
        };
        let _ = parser.parse_nested_block(|inner| {
            collect(inner, inside, found);
            Ok::<_, ParseError<()>>(())
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_wherever_they_stand() {
        let css = r#"a{background:url(a.png),url("b.png")} @media print{b{--x:image-set("c.png" 1x)}} i::after{content:"d.png"}"#;
        assert_eq!(urls(css), ["a.png", "b.png", "c.png"]);
    }
}
