use serde_json::Value;

/// An element of a page: its tag, its attributes with entities decoded, and the text in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    pub tag: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub parent: Option<usize>,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn has_class(&self, class: &str) -> bool {
        self.attribute("class").is_some_and(|all| all.split_whitespace().any(|one| one == class))
    }

    /// What a screen reader says.
    pub fn name(&self) -> &str {
        self.attribute("aria-label").unwrap_or(self.text.trim())
    }

    /// The action in `data-do` or `data-do-alt`.
    pub fn action(&self, attribute: &str) -> Value {
        let text =
            self.attribute(attribute).unwrap_or_else(|| panic!("{:?} has no {attribute}", self.name()));
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{attribute}={text}: {error}"))
    }
}

/// A rendered fragment, checked while it was read: tags match, attributes are such as the host lets pass, no two siblings
/// share a key, what can be clicked is a button with a name.
#[derive(Debug, Clone)]
pub struct Page {
    pub elements: Vec<Element>,
}

const VOID: [&str; 6] = ["img", "br", "hr", "input", "source", "wbr"];

impl Page {
    /// Reads what `maud` writes: quoted attributes and explicit ends. Panics at anything else.
    pub fn read(html: &str) -> Self {
        let mut elements: Vec<Element> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let mut rest = html;
        while let Some(start) = rest.find('<') {
            let text = unescape(&rest[..start]);
            open.iter().for_each(|&index| elements[index].text.push_str(&text));
            let end =
                tag_end(&rest[start..]).unwrap_or_else(|| panic!("a tag never ends: {}", &rest[start..]));
            let tag = &rest[start + 1..start + end];
            rest = &rest[start + end + 1..];
            if let Some(name) = tag.strip_prefix('/') {
                let index = open.pop().unwrap_or_else(|| panic!("</{name}> closes nothing"));
                assert_eq!(elements[index].tag, name, "</{name}> closes <{}>", elements[index].tag);
            } else {
                elements.push(element(tag, open.last().copied()));
                if !VOID.contains(&elements[elements.len() - 1].tag.as_str()) {
                    open.push(elements.len() - 1);
                }
            }
        }
        assert!(open.is_empty(), "<{}> is never closed", elements[open[0]].tag);
        let page = Self { elements };
        page.check();
        page
    }

    pub fn buttons(&self) -> impl Iterator<Item = &Element> {
        self.elements.iter().filter(|element| element.tag == "button")
    }

    /// The one button of that accessible name.
    pub fn button(&self, name: &str) -> &Element {
        let found: Vec<_> = self.buttons().filter(|button| button.name() == name).collect();
        assert_eq!(
            found.len(),
            1,
            "buttons named {name:?}, of: {:?}",
            self.buttons().map(Element::name).collect::<Vec<_>>()
        );
        found[0]
    }

    /// Elements with this accessible name, clickable or not.
    pub fn named(&self, name: &str) -> Vec<&Element> {
        self.elements.iter().filter(|element| element.attribute("aria-label") == Some(name)).collect()
    }

    pub fn text(&self) -> String {
        let roots = self.elements.iter().filter(|element| element.parent.is_none());
        roots.map(|element| element.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn check(&self) {
        let mut keys = std::collections::HashSet::new();
        for element in &self.elements {
            for (name, value) in &element.attributes {
                if let Err(why) = passes(name, value) {
                    panic!("<{} {name}={value:?}>: {why}", element.tag);
                }
            }
            let acts = element.attribute("data-do").is_some() || element.attribute("data-do-alt").is_some();
            assert!(
                !acts || matches!(element.tag.as_str(), "button" | "form"),
                "<{}> cannot be clicked",
                element.tag
            );
            assert!(element.tag != "button" || !element.name().is_empty(), "a button without a name");
            assert!(element.tag != "img" || element.attribute("alt").is_some(), "an img without alt");
            for action in ["data-do", "data-do-alt"] {
                if element.attribute(action).is_some() {
                    element.action(action);
                }
            }
            if let Some(key) = element.attribute("data-key") {
                assert!(keys.insert((element.parent, key)), "two siblings have the key {key:?}");
            }
        }
    }
}

fn passes(name: &str, value: &str) -> Result<(), &'static str> {
    match name {
        "id" => Err("ids belong to the page"),
        "class" if value.split_whitespace().any(|class| class.starts_with("rg-")) => {
            Err("rg- classes are the host's")
        }
        "style" if !value.split(';').all(|part| part.trim().is_empty() || part.trim().starts_with("--")) => {
            Err("only custom properties may be set in style")
        }
        "data-do" | "data-do-alt" | "data-key" => Ok(()),
        _ if name.starts_with("data-x-") => Ok(()),
        _ if name.starts_with("data-") => Err("no such data attribute"),
        _ if name.starts_with("on") => Err("no handlers"),
        _ => Ok(()),
    }
}

/// Index of the `>` that ends the tag at the start, past quoted values.
fn tag_end(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(index, c)| {
        quoted ^= c == '"';
        (c == '>' && !quoted).then_some(index)
    })
}

fn element(tag: &str, parent: Option<usize>) -> Element {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let mut attributes = Vec::new();
    while !rest.trim().is_empty() {
        let (key, after) =
            rest.trim_start().split_once("=\"").unwrap_or_else(|| panic!("<{tag}>: expected name=\"value\""));
        let (value, after) = after.split_once('"').unwrap_or_else(|| panic!("<{tag}>: a value never ends"));
        attributes.push((key.to_owned(), unescape(value)));
        rest = after;
    }
    Element { tag: name.to_owned(), attributes, text: String::new(), parent }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
