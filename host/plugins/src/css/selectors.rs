//! Selectors: each is put below the plugin's block, and read again afterwards.

use lightningcss::selector::{Combinator, Component, PseudoClass, PseudoElement, Selector};
use lightningcss::traits::ToCss;

use super::{Scope, printer};

/// A selector that can only match inside the block, or the block itself.
pub(super) struct Scoped {
    pub text: String,
    /// The rule's subject is the block, not something in it.
    pub is_block: bool,
}

type Compound<'s, 'i> = (Combinator, Vec<&'s Component<'i>>);

/// Simple selectors between combinators, from left to right. A pseudo-element belongs to its compound.
fn compounds<'s, 'i>(selector: &'s Selector<'i>) -> Vec<Compound<'s, 'i>> {
    // Stored from right to left, but the simple selectors of one compound from left to right.
    let stored: Vec<_> = selector.iter_raw_match_order().collect();
    let mut compounds: Vec<Compound<'s, 'i>> = vec![(Combinator::Descendant, Vec::new())];
    let mut end = stored.len();
    for index in (0..=stored.len()).rev() {
        // The combinator to the left of the sequence `index..end` was read as the end of the sequence before it.
        let combinator = index.checked_sub(1).map(|before| stored[before]);
        if index > 0 && !matches!(combinator, Some(Component::Combinator(_))) {
            continue;
        }
        if let Some((_, simple)) = compounds.last_mut() {
            simple.extend(&stored[index..end]);
        }
        end = index.saturating_sub(1);
        match combinator {
            Some(component @ Component::Combinator(Combinator::PseudoElement)) => {
                if let Some((_, simple)) = compounds.last_mut() {
                    simple.push(component);
                }
            }
            Some(Component::Combinator(combinator)) => compounds.push((*combinator, Vec::new())),
            _ => {}
        }
    }
    compounds
}

/// `html`, `body`, `:root`, `:scope` or a bare `&`: what a page would be is the block here.
fn is_page(compound: &[&Component<'_>]) -> bool {
    match compound {
        [Component::Root | Component::Scope | Component::Nesting] => true,
        [Component::LocalName(name)] => matches!(&*name.lower_name.0, "html" | "body"),
        _ => false,
    }
}

/// `body.obs-overlay`, or `body:not(.obs-overlay)`: the one thing outside the block that a rule may depend on.
fn overlay(compound: &[&Component<'_>]) -> Option<&'static str> {
    let is_class = |component: &Component<'_>| matches!(component, Component::Class(class) if &*class.0 == "obs-overlay");
    match compound {
        [Component::LocalName(name), rest] if &*name.lower_name.0 == "body" => match rest {
            Component::Negation(selectors) => {
                let [only] = &**selectors else { return None };
                let inner: Vec<_> = only.iter_raw_parse_order_from(0).collect();
                matches!(inner[..], [component] if is_class(component)).then_some("body:not(.obs-overlay) ")
            }
            component if is_class(component) => Some("body.obs-overlay "),
            _ => None,
        },
        _ => None,
    }
}

/// What has no business in a plugin's selector, however deep.
fn foreign(component: &Component<'_>) -> Option<&'static str> {
    let any = |selectors: &[Selector<'_>]| {
        selectors.iter().flat_map(|selector| selector.iter_raw_match_order()).find_map(foreign)
    };
    match component {
        Component::Host(_) | Component::Slotted(_) | Component::Part(_) => {
            Some("`:host`, `::slotted` and `::part` reach into shadow trees")
        }
        Component::NonTSPseudoClass(PseudoClass::CustomFunction { .. }) => {
            Some("this pseudo-class is not known")
        }
        Component::ExplicitAnyNamespace
        | Component::ExplicitNoNamespace
        | Component::DefaultNamespace(_)
        | Component::Namespace(..) => Some("namespaces are not available"),
        Component::Combinator(
            Combinator::Deep | Combinator::DeepDescendant | Combinator::Part | Combinator::SlotAssignment,
        ) => Some("`>>>` and `/deep/` are not available"),
        Component::PseudoElement(
            PseudoElement::ViewTransition
            | PseudoElement::ViewTransitionGroup { .. }
            | PseudoElement::ViewTransitionImagePair { .. }
            | PseudoElement::ViewTransitionNew { .. }
            | PseudoElement::ViewTransitionOld { .. }
            | PseudoElement::Backdrop(_),
        ) => Some("view transitions and backdrops belong to the page"),
        Component::Negation(inner)
        | Component::Where(inner)
        | Component::Is(inner)
        | Component::Any(_, inner)
        | Component::Has(inner) => any(inner),
        Component::NthOf(data) => any(data.selectors()),
        _ => None,
    }
}

/// The selector below the plugin's block; the message says what an author should write instead.
pub(super) fn scope(selector: &Selector<'_>, scope: &Scope) -> Result<Scoped, String> {
    let shown = selector.to_css_string(printer()).unwrap_or_default();
    if let Some(why) = selector.iter_raw_match_order().find_map(foreign) {
        return Err(format!("selector `{shown}`: {why}"));
    }
    let compounds = compounds(selector);
    let mut prefix = "";
    let mut first = 0;
    while let Some((_, compound)) = compounds.get(first) {
        match overlay(compound) {
            Some(on_air) if prefix.is_empty() => prefix = on_air,
            _ if is_page(compound) => {}
            _ => break,
        }
        first += 1;
        if let Some((combinator, _)) = compounds.get(first) {
            within(*combinator).ok_or_else(|| {
                format!("selector `{shown}`: siblings of the plugin's block are not its own")
            })?;
        }
    }
    let rest = &compounds[first..];
    for (_, compound) in rest {
        if compound.iter().any(|c| matches!(c, Component::Root | Component::Scope | Component::Nesting)) {
            return Err(format!(
                "selector `{shown}`: `:root`, `:scope` and `&` may only stand first and alone; they mean the plugin's block"
            ));
        }
        if compound.iter().any(
            |c| matches!(c, Component::LocalName(name) if matches!(&*name.lower_name.0, "html" | "body")),
        ) {
            return Err(format!(
                "selector `{shown}`: of the page there are only `body.obs-overlay` and `body:not(.obs-overlay)`, in front"
            ));
        }
    }
    let Some(((combinator, _), rest)) = rest.split_first().map(|(head, _)| (head, rest)) else {
        return Ok(Scoped { text: format!("{prefix}{}", scope.selector), is_block: true });
    };
    let joint = if first == 0 { " " } else { within(*combinator).unwrap_or(" ") };
    let mut components = Vec::new();
    for (index, (combinator, compound)) in rest.iter().enumerate() {
        if index > 0 {
            components.push(Component::Combinator(*combinator));
        }
        components.extend(compound.iter().map(|component| (*component).clone()));
    }
    let inner = Selector::from(components)
        .to_css_string(printer())
        .map_err(|error| format!("selector `{shown}`: {error}"))?;
    Ok(Scoped { text: format!("{prefix}{}{joint}{inner}", scope.selector), is_block: false })
}

/// The combinators that lead inwards.
fn within(combinator: Combinator) -> Option<&'static str> {
    match combinator {
        Combinator::Descendant => Some(" "),
        Combinator::Child => Some(">"),
        _ => None,
    }
}

/// Whether a selector of the output begins at the block and goes inwards from there; `Some(true)` where it is the block itself.
pub(super) fn verify(selector: &Selector<'_>, scope: &Scope) -> Option<bool> {
    if selector.iter_raw_match_order().any(|component| foreign(component).is_some()) {
        return None;
    }
    let compounds = compounds(selector);
    let mut rest = compounds.as_slice();
    if let [(_, first), (Combinator::Descendant, _), ..] = rest
        && overlay(first).is_some()
    {
        rest = &rest[1..];
    }
    let ((_, block), inner) = rest.split_first()?;
    let is_scope = matches!(
        block[..],
        [Component::AttributeInNoNamespace { local_name, value, .. }]
            if &*local_name.0 == "data-plugin" && value.0 == scope.id.as_str()
    );
    match inner.first() {
        _ if !is_scope => None,
        None => Some(true),
        Some((combinator, _)) => within(*combinator).map(|_| false),
    }
}
