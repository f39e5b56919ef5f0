//! One pass over the markup: what the policy allows is written again in canonical form, balanced; the rest is noted.
//!
//! Time and output are linear in the input, and depth is bounded, so that the real parser (whose worst cases are not linear)
//! only ever reads tame markup.

use std::borrow::Cow;

use super::model::{self, Open, Role};
use super::{Dropped, entity, policy};

/// Elements inside elements.
const DEPTH: usize = 200;
/// Attributes of one element.
const ATTRIBUTES: usize = 48;
/// Formatting elements left open are opened again in every following block; this bounds how many copies that makes.
const REOPENED: usize = 200_000;

pub(super) struct Rewritten {
    pub html: String,
    pub dropped: Vec<Dropped>,
    /// The tree builder has nothing to decide: `html` is what it would make of it.
    pub settled: bool,
    /// Start tags that were written, with their places in the input.
    pub opened: Vec<Opened>,
}

pub(super) fn rewrite(input: &str, base: &str) -> Rewritten {
    // Carriage returns and NUL never survive HTML's own preprocessing.
    let tidy;
    let input = if input.bytes().any(|b| matches!(b, 0 | b'\r')) {
        tidy = input.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
        tidy.as_str()
    } else {
        input
    };
    let mut writer = Writer {
        input,
        base,
        out: String::with_capacity(input.len() + input.len() / 16),
        stack: Vec::with_capacity(32),
        dropped: Vec::new(),
        settled: true,
        opened: Vec::new(),
        formatting: (0, 0),
    };
    writer.run();
    let Writer { out, dropped, settled, opened, formatting, .. } = writer;
    if !settled && formatting.1 * opened.len() > REOPENED {
        let what = "all of the markup: too many formatting elements (`<b>`, `<i>`…) in one another";
        let dropped = vec![Dropped { what: what.into(), position: None }];
        return Rewritten { html: String::new(), dropped, settled: true, opened: Vec::new() };
    }
    Rewritten { html: out, dropped, settled, opened }
}

/// A start tag that was written, and its place in the input.
type Opened = (&'static str, usize);

struct Frame {
    tag: &'static str,
    role: Role,
    open: Open,
}

struct Writer<'i> {
    input: &'i str,
    base: &'i str,
    out: String,
    stack: Vec<Frame>,
    dropped: Vec<Dropped>,
    settled: bool,
    opened: Vec<Opened>,
    /// Formatting elements open now, and at most.
    formatting: (usize, usize),
}

impl<'i> Writer<'i> {
    fn run(&mut self) {
        let mut at = 0;
        while at < self.input.len() {
            at = match find(self.input, at, "<") {
                Some(tag) => {
                    self.text(at, tag);
                    self.markup(tag)
                }
                None => {
                    self.text(at, self.input.len());
                    self.input.len()
                }
            };
        }
        while !self.stack.is_empty() {
            self.pop();
        }
    }

    fn note(&mut self, position: usize, what: impl Into<String>) {
        self.dropped.push(Dropped { what: what.into(), position: Some(position) });
    }

    fn text(&mut self, from: usize, to: usize) {
        if from == to {
            return;
        }
        let raw = &self.input[from..to];
        let parent = self.stack.last().map(|frame| frame.role);
        if !model::holds_text(parent) && !raw.bytes().all(|b| b.is_ascii_whitespace()) {
            self.settled = false;
        }
        match entity::decode(raw) {
            Some(text) => entity::encode(&mut self.out, &text, false, false),
            None => {
                self.settled = false;
                entity::encode(&mut self.out, raw, false, true);
            }
        }
    }

    /// `at` is at a `<`; answers where to go on.
    fn markup(&mut self, at: usize) -> usize {
        let bytes = self.input.as_bytes();
        match bytes.get(at + 1) {
            Some(b'a'..=b'z' | b'A'..=b'Z') => self.start_tag(at),
            Some(b'/') if bytes.get(at + 2).is_some_and(u8::is_ascii_alphabetic) => self.end_tag(at),
            Some(b'!' | b'?' | b'/') => self.comment(at),
            _ => {
                self.text(at, at + 1);
                at + 1
            }
        }
    }

    fn comment(&mut self, at: usize) -> usize {
        self.note(at, "a comment, declaration or processing instruction");
        let rest = &self.input[at..];
        if rest.starts_with("<!-->") || rest.starts_with("<!--->") {
            return find(self.input, at, ">").map_or(self.input.len(), |end| end + 1);
        }
        let end = if rest.starts_with("<!--") { "-->" } else { ">" };
        find(self.input, at, end).map_or(self.input.len(), |found| found + end.len())
    }

    fn end_tag(&mut self, at: usize) -> usize {
        let (name, mut next) = self.name(at + 2);
        // Attributes of end tags are read past like those of start tags.
        while let Some(attribute) = self.attribute(&mut next) {
            let _ = attribute;
        }
        if model::is_void(name) || !self.stack.iter().any(|frame| frame.tag.eq_ignore_ascii_case(name)) {
            self.note(at, format!("`</{name}>`: it closes nothing"));
            return next;
        }
        while let Some(top) = self.stack.last() {
            let (tag, found) = (top.tag, top.tag.eq_ignore_ascii_case(name));
            if !found && !model::may_stay_open(tag) {
                self.note(at, format!("`</{name}>` closed `<{tag}>`, which was still open"));
            }
            self.pop();
            if found {
                break;
            }
        }
        next
    }

    fn pop(&mut self) {
        if let Some(frame) = self.stack.pop() {
            self.out.push_str("</");
            self.out.push_str(frame.tag);
            self.out.push('>');
            if frame.role == Role::Formatting {
                self.formatting.0 -= 1;
            }
        }
    }

    fn start_tag(&mut self, at: usize) -> usize {
        let (name, mut next) = self.name(at + 1);
        let lower;
        let tag: &str = if name.bytes().any(|b| b.is_ascii_uppercase()) {
            lower = name.to_ascii_lowercase();
            &lower
        } else {
            name
        };
        let known = model::element(tag);
        if known.is_none() && policy::takes_content_along(tag) {
            while self.attribute(&mut next).is_some() {}
            self.note(at, format!("`<{tag}>` with its content"));
            return self.skip_content(tag, next);
        }
        let parent = self.stack.last();
        let open = parent.map(|frame| frame.open).unwrap_or_default();
        let parent_role = parent.map(|frame| frame.role);
        let misplaced = match tag {
            "title" | "desc" if !open.drawing => Some("it belongs to a drawing (`<svg>`)"),
            _ if parent_role == Some(Role::ShapeText) => Some("`<title>` and `<desc>` hold text only"),
            "form" if open.form => Some("a form is already open"),
            _ if self.stack.len() >= DEPTH => Some("elements are nested more than 200 deep"),
            _ => None,
        };
        let (Some((tag, role)), None) = (known, misplaced) else {
            while self.attribute(&mut next).is_some() {}
            let why = misplaced.unwrap_or("a plugin's markup does not have this element");
            self.note(at, format!("`<{}>`: {why}; its content stays", excerpt(tag)));
            return next;
        };
        while self.stack.last().is_some_and(|top| model::ends_before(top.tag, tag, role)) {
            self.pop();
        }
        self.open_element(at, tag, role, next)
    }

    fn open_element(&mut self, at: usize, tag: &'static str, role: Role, mut next: usize) -> usize {
        let (parent, parent_tag, open) = match self.stack.last() {
            Some(frame) => (Some(frame.role), frame.tag, frame.open),
            None => (None, "", Open::default()),
        };
        self.settled &= model::is_plain(role, parent, parent_tag, &open);
        self.opened.push((tag, at));
        self.out.push('<');
        self.out.push_str(tag);
        let mut seen = Attributes { names: Vec::new(), in_form: open.form, typed: false };
        while let Some(attribute) = self.attribute(&mut next) {
            self.write_attribute(tag, role, attribute, &mut seen);
        }
        if tag == "button" && !open.form && !seen.typed {
            self.out.push_str(" type=\"button\"");
        }
        self.out.push('>');
        if model::is_void(tag) {
            return next;
        }
        let open_inside = open.with(role);
        self.stack.push(Frame { tag, role, open: open_inside });
        if role == Role::Formatting {
            self.formatting.0 += 1;
            self.formatting.1 = self.formatting.1.max(self.formatting.0);
        }
        // Only foreign elements close themselves; on others HTML ignores the slash.
        if open_inside.drawing && self.input[..next].ends_with("/>") {
            self.pop();
        } else if tag == "textarea" {
            return self.raw_text(tag, next);
        } else if tag == "pre" {
            return self.behind_line_feeds(next);
        }
        next
    }

    /// The parser takes a line feed at the start of some elements away; here all of them go, so that it has none to take.
    fn behind_line_feeds(&self, from: usize) -> usize {
        from + self.input[from..].bytes().take_while(|b| *b == b'\n').count()
    }

    /// The text of a `<textarea>`, in which there are no elements.
    fn raw_text(&mut self, tag: &str, from: usize) -> usize {
        let end = self.end_of_raw(tag, from);
        let from = self.behind_line_feeds(from).min(end);
        match entity::decode(&self.input[from..end]) {
            Some(text) => entity::encode(&mut self.out, &text, false, false),
            None => entity::encode(&mut self.out, &self.input[from..end], false, true),
        }
        end
    }

    /// Where `</tag` begins, or the end of the input.
    fn end_of_raw(&self, tag: &str, from: usize) -> usize {
        let mut at = from;
        while let Some(found) = find(self.input, at, "</") {
            let rest = &self.input.as_bytes()[found + 2..];
            let named = rest.get(..tag.len()).is_some_and(|name| name.eq_ignore_ascii_case(tag.as_bytes()));
            let ended =
                rest.get(tag.len()).is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>'));
            if named && ended {
                return found;
            }
            at = found + 2;
        }
        self.input.len()
    }

    fn skip_content(&self, tag: &str, from: usize) -> usize {
        // Elements that never have any.
        if matches!(tag, "embed" | "plaintext") {
            return if tag == "embed" { from } else { self.input.len() };
        }
        let end = self.end_of_raw(tag, from);
        find(self.input, end, ">").map_or(self.input.len(), |close| close + 1)
    }

    fn write_attribute(
        &mut self,
        tag: &str,
        role: Role,
        attribute: Attribute<'i>,
        seen: &mut Attributes<'i>,
    ) {
        let Attribute { name, value: raw, at } = attribute;
        let lower: Cow<'i, str> = if name.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(name.to_ascii_lowercase())
        } else {
            Cow::Borrowed(name)
        };
        if seen.names.len() >= ATTRIBUTES {
            return self.note(at, format!("attribute `{lower}` of `<{tag}>`: it has more than {ATTRIBUTES}"));
        }
        // The parser keeps the first of two, also where that is one the policy refuses.
        if seen.names.contains(&lower) {
            return self.note(at, format!("attribute `{lower}` of `<{tag}>`: it is written twice"));
        }
        let (value, references) = match entity::decode(raw) {
            Some(value) => (value, false),
            None => (Cow::Borrowed(raw), true),
        };
        let mut parts = Vec::new();
        let name: &str = if model::is_drawing(role) { drawing_name(&lower) } else { &lower };
        let verdict = match (tag, name) {
            (_, "name") if !seen.in_form => Err("fields have names inside a form only"),
            ("button", "type") if !seen.in_form && matches!(&*value, "submit" | "reset") => {
                Err("there is no form around it")
            }
            _ => policy::attribute(self.base, tag, name, &value, &mut |part| parts.push(part)),
        };
        for part in parts {
            self.note(at, part);
        }
        match verdict {
            Ok(value) => {
                self.settled &= !references;
                seen.typed |= name == "type";
                self.out.push(' ');
                self.out.push_str(name);
                self.out.push_str("=\"");
                entity::encode(&mut self.out, &value, true, references);
                self.out.push('"');
            }
            Err(why) => {
                let name = excerpt(name);
                self.note(at, format!("attribute `{name}` of `<{tag}>`: {why}"));
            }
        }
        seen.names.push(lower);
    }

    /// A tag's name, and where it ends.
    fn name(&self, from: usize) -> (&'i str, usize) {
        let end = self.input.as_bytes()[from..]
            .iter()
            .position(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>'))
            .map_or(self.input.len(), |length| from + length);
        (&self.input[from..end], end)
    }

    /// The next attribute of a tag; `None` behind the tag's end.
    fn attribute(&self, at: &mut usize) -> Option<Attribute<'i>> {
        let bytes = self.input.as_bytes();
        while bytes.get(*at).is_some_and(|b| b.is_ascii_whitespace() || *b == b'/') {
            *at += 1;
        }
        let start = *at;
        match bytes.get(start) {
            None => return None,
            Some(b'>') => {
                *at += 1;
                return None;
            }
            // A name may begin with `=`, after that it ends there.
            Some(_) => *at += 1,
        }
        while bytes.get(*at).is_some_and(|b| !b.is_ascii_whitespace() && !matches!(b, b'/' | b'>' | b'=')) {
            *at += 1;
        }
        let name = &self.input[start..*at];
        let mut ahead = *at;
        while bytes.get(ahead).is_some_and(u8::is_ascii_whitespace) {
            ahead += 1;
        }
        if bytes.get(ahead) != Some(&b'=') {
            return Some(Attribute { name, value: "", at: start });
        }
        ahead += 1;
        while bytes.get(ahead).is_some_and(u8::is_ascii_whitespace) {
            ahead += 1;
        }
        let value = match bytes.get(ahead) {
            Some(quote @ (b'"' | b'\'')) => {
                let from = ahead + 1;
                let end = bytes[from..].iter().position(|b| b == quote).map_or(bytes.len(), |n| from + n);
                *at = (end + 1).min(bytes.len());
                &self.input[from..end]
            }
            Some(b'>') | None => {
                *at = ahead;
                ""
            }
            Some(_) => {
                let end = bytes[ahead..]
                    .iter()
                    .position(|b| b.is_ascii_whitespace() || *b == b'>')
                    .map_or(bytes.len(), |n| ahead + n);
                *at = end;
                &self.input[ahead..end]
            }
        };
        Some(Attribute { name, value, at: start })
    }
}

struct Attribute<'i> {
    name: &'i str,
    value: &'i str,
    at: usize,
}

struct Attributes<'i> {
    names: Vec<Cow<'i, str>>,
    in_form: bool,
    typed: bool,
}

/// What is quoted back to an author, at a length worth reading.
fn excerpt(text: &str) -> String {
    if text.chars().count() <= 60 { text.to_owned() } else { text.chars().take(60).chain(['…']).collect() }
}

/// HTML reads names in lower case and gives these back their capitals inside `<svg>`.
fn drawing_name(lower: &str) -> &str {
    match lower {
        "viewbox" => "viewBox",
        "preserveaspectratio" => "preserveAspectRatio",
        "pathlength" => "pathLength",
        "textlength" => "textLength",
        "lengthadjust" => "lengthAdjust",
        other => other,
    }
}

/// Elements the real parser did not keep where the first pass had written them.
pub(super) fn lost(before: &[Opened], after: &[Opened]) -> Vec<Dropped> {
    let same = before.iter().zip(after).take_while(|(a, b)| a.0 == b.0).count();
    let count = |tags: &[Opened], tag: &str| tags.iter().filter(|(name, _)| *name == tag).count();
    let mut tags: Vec<&str> = before.iter().map(|(tag, _)| *tag).collect();
    tags.sort_unstable();
    tags.dedup();
    let lost = tags.into_iter().filter_map(|tag| {
        let missing = count(before, tag).saturating_sub(count(after, tag));
        let position = before[same..].iter().find(|(name, _)| *name == tag).map(|(_, at)| *at);
        let what = format!(
            "`<{tag}>` ({missing}×): HTML does not allow it where it stands, so the parser took it out"
        );
        (missing > 0).then_some(Dropped { what, position })
    });
    lost.collect()
}

fn find(text: &str, from: usize, needle: &str) -> Option<usize> {
    text.get(from..)?.find(needle).map(|found| from + found)
}
