//! Reads a style sheet and says what in it a plugin must not have: first the source, for messages with places; then the output, as
//! the proof that the steps before did what they should.

use lightningcss::declaration::DeclarationBlock;
use lightningcss::rules::keyframes::KeyframesName;
use lightningcss::rules::{CssRule, CssRuleList, Location};

use super::{Fault, Scope, declarations, parse, print, printer, selectors, tokens};

/// The author's sheet, with nesting.
pub(super) fn source(rules: &CssRuleList<'_>, scope: &Scope, faults: &mut Vec<Fault>) {
    for rule in &rules.0 {
        match rule {
            CssRule::Style(rule) => {
                let mut is_block = false;
                for selector in &rule.selectors.0 {
                    match selectors::scope(selector, scope) {
                        Ok(scoped) => is_block |= scoped.is_block,
                        Err(message) => faults.push(Fault::new(rule.loc, message)),
                    }
                }
                declared(&rule.declarations, rule.loc, is_block, faults);
                nested(&rule.rules, rule.loc, faults);
            }
            CssRule::Keyframes(rule) => {
                for frame in &rule.keyframes {
                    declared(&frame.declarations, rule.loc, false, faults);
                }
            }
            CssRule::Media(rule) => source(&rule.rules, scope, faults),
            CssRule::Supports(rule) => source(&rule.rules, scope, faults),
            CssRule::Container(rule) => source(&rule.rules, scope, faults),
            CssRule::StartingStyle(rule) => source(&rule.rules, scope, faults),
            CssRule::LayerBlock(rule) => source(&rule.rules, scope, faults),
            CssRule::FontFace(rule) if print::family(rule).is_none() => {
                faults.push(Fault::new(rule.loc, "`@font-face` needs a `font-family` of its own name"));
            }
            CssRule::Property(rule) => property(&rule.name.0, scope, rule.loc, faults),
            CssRule::FontFace(_) | CssRule::LayerStatement(_) | CssRule::Ignored => {}
            _ => faults.push(Fault::nowhere("the style sheet has a rule that a plugin cannot use")),
        }
    }
}

/// Rules inside rules: their selectors are judged after lowering, when they are whole.
fn nested(rules: &CssRuleList<'_>, outer: Location, faults: &mut Vec<Fault>) {
    for rule in &rules.0 {
        match rule {
            CssRule::Style(rule) => {
                declared(&rule.declarations, rule.loc, false, faults);
                nested(&rule.rules, rule.loc, faults);
            }
            CssRule::NestedDeclarations(rule) => declared(&rule.declarations, rule.loc, false, faults),
            CssRule::Media(rule) => nested(&rule.rules, rule.loc, faults),
            CssRule::Supports(rule) => nested(&rule.rules, rule.loc, faults),
            CssRule::Container(rule) => nested(&rule.rules, rule.loc, faults),
            CssRule::StartingStyle(rule) => nested(&rule.rules, rule.loc, faults),
            CssRule::LayerBlock(rule) => nested(&rule.rules, rule.loc, faults),
            CssRule::Ignored => {}
            _ => faults.push(Fault::new(
                outer,
                "of rules inside this one there are style, media, supports, container and layer",
            )),
        }
    }
}

/// Registered properties are the whole page's: a plugin's are told from the host's by name.
fn property(name: &str, scope: &Scope, at: Location, faults: &mut Vec<Fault>) {
    let own = format!("--x-{}-", scope.id);
    if !name.starts_with(&own) {
        faults.push(Fault::new(
            at,
            format!("`@property {name}`: registered properties hold for the whole page; name it `{own}…`"),
        ));
    }
}

fn declared(block: &DeclarationBlock<'_>, at: Location, is_block: bool, faults: &mut Vec<Fault>) {
    for property in block.declarations.iter().chain(&block.important_declarations) {
        let text = match property.to_css_string(false, printer()) {
            Ok(text) => text,
            Err(error) => {
                faults.push(Fault::new(at, error.to_string()));
                continue;
            }
        };
        for (name, value) in declarations::split(&text) {
            if let Err(message) = declarations::check(name, value, is_block) {
                faults.push(Fault::new(at, message));
            }
        }
    }
}

/// The output: every rule begins at the block, every name is the plugin's, every address its own, nothing is nested.
pub(super) fn verify(css: &str, scope: &Scope, base: &str) -> Result<(), Vec<Fault>> {
    let mut faults = tokens::check(css, base);
    let sheet = parse(css)?;
    confined(&sheet.rules, scope, &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn confined(rules: &CssRuleList<'_>, scope: &Scope, faults: &mut Vec<Fault>) {
    for rule in &rules.0 {
        match rule {
            CssRule::Style(rule) => {
                if !rule.rules.0.is_empty() {
                    refuse(faults, "a rule is nested in another after lowering");
                }
                let verdicts: Vec<_> =
                    rule.selectors.0.iter().map(|selector| selectors::verify(selector, scope)).collect();
                if verdicts.iter().any(Option::is_none) || verdicts.is_empty() {
                    refuse(faults, "a selector does not begin at the plugin's block after scoping");
                }
                declared(&rule.declarations, rule.loc, verdicts.contains(&Some(true)), faults);
            }
            CssRule::Keyframes(rule) => {
                let name = match &rule.name {
                    KeyframesName::Ident(name) => &*name.0,
                    KeyframesName::Custom(name) => name,
                };
                if !name.starts_with(&scope.prefix) {
                    refuse(faults, format!("animation `{name}` has no prefix"));
                }
                for frame in &rule.keyframes {
                    declared(&frame.declarations, rule.loc, false, faults);
                }
            }
            CssRule::FontFace(rule) => {
                if !print::family(rule).is_some_and(|name| name.starts_with(&scope.prefix)) {
                    refuse(faults, "a font has no prefix");
                }
            }
            CssRule::LayerBlock(rule) => {
                let name = rule.name.as_ref().and_then(|name| name.0.first());
                if name.is_some_and(|name| !name.starts_with(&scope.prefix)) {
                    refuse(faults, "a layer has no prefix");
                }
                confined(&rule.rules, scope, faults);
            }
            CssRule::LayerStatement(rule) => {
                if rule
                    .names
                    .iter()
                    .any(|name| !name.0.first().is_some_and(|name| name.starts_with(&scope.prefix)))
                {
                    refuse(faults, "a layer has no prefix");
                }
            }
            CssRule::Property(rule) => property(&rule.name.0, scope, rule.loc, faults),
            CssRule::Media(rule) => confined(&rule.rules, scope, faults),
            CssRule::Supports(rule) => confined(&rule.rules, scope, faults),
            CssRule::Container(rule) => confined(&rule.rules, scope, faults),
            CssRule::StartingStyle(rule) => confined(&rule.rules, scope, faults),
            CssRule::Ignored => {}
            _ => refuse(faults, "a rule of a kind that plugins do not have"),
        }
    }
}

fn refuse(faults: &mut Vec<Fault>, message: impl Into<String>) {
    faults.push(Fault::nowhere(message));
}
