//! Writes a flat (already lowered) style sheet again, below the plugin's block and with the plugin's names.

use std::collections::HashSet;

use lightningcss::properties::Property;
use lightningcss::properties::font::FontFamily;
use lightningcss::rules::font_face::{FontFaceProperty, FontFaceRule};
use lightningcss::rules::keyframes::{KeyframesName, KeyframesRule};
use lightningcss::rules::style::StyleRule;
use lightningcss::rules::{CssRule, CssRuleList};
use lightningcss::traits::ToCss;

use super::{Fault, Scope, declarations, printer, selectors};

pub(super) fn print(rules: &CssRuleList<'_>, scope: &Scope) -> Result<String, Vec<Fault>> {
    let mut fonts = HashSet::new();
    families(rules, &mut fonts);
    let mut printer = Printer { scope, fonts, out: String::new(), faults: Vec::new() };
    printer.rules(rules);
    if printer.faults.is_empty() { Ok(printer.out) } else { Err(printer.faults) }
}

/// Names of the fonts a sheet declares, in lower case.
fn families(rules: &CssRuleList<'_>, fonts: &mut HashSet<String>) {
    for rule in &rules.0 {
        match rule {
            CssRule::FontFace(face) => fonts.extend(family(face).map(|name| name.to_lowercase())),
            CssRule::Media(rule) => families(&rule.rules, fonts),
            CssRule::Supports(rule) => families(&rule.rules, fonts),
            CssRule::LayerBlock(rule) => families(&rule.rules, fonts),
            CssRule::Container(rule) => families(&rule.rules, fonts),
            _ => {}
        }
    }
}

/// The family a face declares, without quotes.
pub(super) fn family(face: &FontFaceRule<'_>) -> Option<String> {
    face.properties.iter().find_map(|property| match property {
        FontFaceProperty::FontFamily(FontFamily::FamilyName(name)) => {
            let text = name.to_css_string(printer()).ok()?;
            let mut parser = cssparser::Parser::new(&text);
            if let Ok(quoted) = parser.try_parse(|parser| parser.expect_string().map(|name| name.to_string()))
            {
                return Some(quoted);
            }
            let mut words = Vec::new();
            while let Ok(word) = parser.expect_ident() {
                words.push(word.to_string());
            }
            Some(words.join(" "))
        }
        _ => None,
    })
}

struct Printer<'s> {
    scope: &'s Scope,
    fonts: HashSet<String>,
    out: String,
    faults: Vec<Fault>,
}

impl Printer<'_> {
    fn rules(&mut self, rules: &CssRuleList<'_>) {
        for rule in &rules.0 {
            self.rule(rule);
        }
    }

    fn rule(&mut self, rule: &CssRule<'_>) {
        match rule {
            CssRule::Style(rule) => self.style(rule),
            CssRule::Keyframes(rule) => self.keyframes(rule),
            CssRule::FontFace(rule) => self.font_face(rule),
            CssRule::Media(rule) => {
                let mut shell = rule.clone();
                shell.rules.0.clear();
                self.around(&shell, &rule.rules);
            }
            CssRule::Supports(rule) => {
                let mut shell = rule.clone();
                shell.rules.0.clear();
                self.around(&shell, &rule.rules);
            }
            CssRule::Container(rule) => {
                let mut shell = rule.clone();
                shell.rules.0.clear();
                self.around(&shell, &rule.rules);
            }
            CssRule::StartingStyle(rule) => {
                self.out.push_str("@starting-style{");
                self.rules(&rule.rules);
                self.out.push('}');
            }
            CssRule::LayerBlock(rule) => {
                let name = rule.name.as_ref().map(|name| self.layer(name)).unwrap_or_default();
                self.out.push_str(&format!("@layer {name}{{"));
                self.rules(&rule.rules);
                self.out.push('}');
            }
            CssRule::LayerStatement(rule) => {
                let names: Vec<_> = rule.names.iter().map(|name| self.layer(name)).collect();
                self.out.push_str(&format!("@layer {};", names.join(",")));
            }
            CssRule::Property(rule) => self.text(rule),
            CssRule::Ignored => {}
            _ => self.faults.push(Fault::nowhere("the style sheet has a rule that a plugin cannot use")),
        }
    }

    fn text(&mut self, rule: &impl ToCss) {
        match rule.to_css_string(printer()) {
            Ok(text) => self.out.push_str(&text),
            Err(error) => self.faults.push(Fault::nowhere(error.to_string())),
        }
    }

    /// A rule with others in it: `shell` is the same rule without them.
    fn around(&mut self, shell: &impl ToCss, rules: &CssRuleList<'_>) {
        match shell.to_css_string(printer()) {
            Ok(text) => {
                self.out.push_str(text.trim_end().trim_end_matches('}').trim_end());
                self.rules(rules);
                self.out.push('}');
            }
            Err(error) => self.faults.push(Fault::nowhere(error.to_string())),
        }
    }

    fn layer(&self, name: &lightningcss::rules::layer::LayerName<'_>) -> String {
        format!("{}{}", self.scope.prefix, name.to_css_string(printer()).unwrap_or_default())
    }

    fn style(&mut self, rule: &StyleRule<'_>) {
        let mut is_block = false;
        let mut texts = Vec::new();
        for selector in &rule.selectors.0 {
            match selectors::scope(selector, self.scope) {
                Ok(scoped) => {
                    is_block |= scoped.is_block;
                    texts.push(scoped.text);
                }
                Err(message) => return self.faults.push(Fault::nowhere(message)),
            }
        }
        if !rule.rules.0.is_empty() {
            return self.faults.push(Fault::nowhere(format!(
                "the rules inside `{}` could not be unfolded",
                texts.join(",")
            )));
        }
        let normal = rule.declarations.declarations.iter().map(|property| (property, false));
        let important = rule.declarations.important_declarations.iter().map(|property| (property, true));
        let mut body = Vec::new();
        for (property, important) in normal.chain(important) {
            match self.declaration(property, important, is_block) {
                Ok(text) => body.push(text),
                Err(message) => self.faults.push(Fault::nowhere(format!("`{}`: {message}", texts.join(",")))),
            }
        }
        if !body.is_empty() {
            self.out.push_str(&format!("{}{{{}}}", texts.join(","), body.join(";")));
        }
    }

    fn declaration(
        &self,
        property: &Property<'_>,
        important: bool,
        is_block: bool,
    ) -> Result<String, String> {
        let text = property.to_css_string(important, printer()).map_err(|error| error.to_string())?;
        // One property may print as several, with vendor prefixes before the plain one.
        let parts = declarations::split(&text).into_iter().map(|(name, value)| {
            declarations::check(name, value, is_block)?;
            Ok(format!("{name}:{}", declarations::rename(name, value, &self.scope.prefix, &self.fonts)))
        });
        Ok(parts.collect::<Result<Vec<_>, String>>()?.join(";"))
    }

    fn keyframes(&mut self, rule: &KeyframesRule<'_>) {
        let name = match &rule.name {
            KeyframesName::Ident(name) => name.0.to_string(),
            KeyframesName::Custom(name) => name.to_string(),
        };
        let mut head = String::new();
        declarations::identifier(&mut head, &format!("{}{name}", self.scope.prefix));
        let at = if rule.vendor_prefix == lightningcss::vendor_prefix::VendorPrefix::WebKit {
            "@-webkit-keyframes"
        } else {
            "@keyframes"
        };
        self.out.push_str(&format!("{at} {head}{{"));
        for frame in &rule.keyframes {
            let steps: Vec<_> =
                frame.selectors.iter().filter_map(|step| step.to_css_string(printer()).ok()).collect();
            let normal = frame.declarations.declarations.iter();
            let mut body = Vec::new();
            for property in normal {
                match self.declaration(property, false, false) {
                    Ok(text) => body.push(text),
                    Err(message) => self.faults.push(Fault::nowhere(format!("@keyframes {name}: {message}"))),
                }
            }
            self.out.push_str(&format!("{}{{{}}}", steps.join(","), body.join(";")));
        }
        self.out.push('}');
    }

    fn font_face(&mut self, rule: &FontFaceRule<'_>) {
        let Some(family) = family(rule) else {
            return self.faults.push(Fault::nowhere("`@font-face` needs a `font-family` of its own name"));
        };
        let mut name = String::new();
        declarations::string(&mut name, &format!("{}{family}", self.scope.prefix));
        let mut parts = vec![format!("font-family:{name}")];
        for property in &rule.properties {
            if !matches!(property, FontFaceProperty::FontFamily(_)) {
                match property.to_css_string(printer()) {
                    Ok(text) => parts.push(text),
                    Err(error) => self.faults.push(Fault::nowhere(error.to_string())),
                }
            }
        }
        self.out.push_str(&format!("@font-face{{{}}}", parts.join(";")));
    }
}
