//! Reads clean markup again: its elements, what they are called, and what they do. For tools; only canonical markup is understood.

use std::collections::BTreeMap;

use super::{entity, model};

/// One element, in document order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub tag: String,
    pub attributes: BTreeMap<String, String>,
    /// Its text and that of all inside, pictures by their alternative text.
    pub text: String,
    /// Index of the form around it.
    pub form: Option<usize>,
}

impl Element {
    pub(crate) fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }

    /// What a screen reader calls it; empty where it has no name.
    pub(crate) fn name(&self) -> &str {
        let label = self.get("aria-label").map(str::trim).filter(|label| !label.is_empty());
        label
            .or(self.get("title").map(str::trim).filter(|_| self.text.trim().is_empty()))
            .unwrap_or(self.text.trim())
    }
}

pub(crate) fn outline(html: &str) -> Vec<Element> {
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        say(&mut elements, &open, &rest[..at]);
        let Some((tag, after)) = rest[at + 1..].split_once('>') else { break };
        rest = after;
        if tag.starts_with('/') {
            open.pop();
            continue;
        }
        let form = open.iter().rev().copied().find(|index| elements[*index].tag == "form");
        let element = Element { form, ..read(tag) };
        for attribute in ["alt", "aria-label"] {
            if let Some(text) = element.get(attribute).map(str::to_owned) {
                say(&mut elements, &open, &text);
            }
        }
        elements.push(element);
        if !model::is_void(&elements[elements.len() - 1].tag) {
            open.push(elements.len() - 1);
        }
    }
    elements
}

fn say(elements: &mut [Element], open: &[usize], text: &str) {
    if text.is_empty() {
        return;
    }
    let text = entity::decode(text).unwrap_or_else(|| text.into());
    for index in open {
        elements[*index].text.push_str(&text);
        elements[*index].text.push(' ');
    }
}

fn read(tag: &str) -> Element {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let mut attributes = BTreeMap::new();
    while let Some((name, after)) = rest.split_once("=\"") {
        let (value, after) = after.split_once('"').unwrap_or((after, ""));
        let value = entity::decode(value).unwrap_or_else(|| value.into()).into_owned();
        attributes.insert(name.trim().to_owned(), value);
        rest = after;
    }
    Element { tag: name.to_owned(), attributes, ..Element::default() }
}

#[cfg(test)]
mod tests {
    use super::outline;

    #[test]
    fn elements_have_names_and_forms() {
        let page = outline(
            r#"<form data-do="{&quot;a&quot;:1}"><input name="x"><button><img alt="Bow" src="x"><span>2 &amp; 3</span></button></form><button aria-label="Sword">x</button>"#,
        );
        let names: Vec<_> =
            page.iter().map(|element| (element.tag.as_str(), element.form, element.name())).collect();
        assert_eq!(names[2], ("button", Some(0), "Bow 2 & 3"));
        assert_eq!(names[1], ("input", Some(0), ""));
        assert_eq!(names[5], ("button", None, "Sword"));
        assert_eq!(page[0].get("data-do"), Some("{\"a\":1}"));
    }
}
