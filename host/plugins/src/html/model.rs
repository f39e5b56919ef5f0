//! Where an element may stand without the HTML tree builder implying an end tag, moving it, or changing its mode.
//!
//! It is narrower than HTML on purpose: what is not said to be plain here is not refused, it goes through the real parser.

/// How an element takes part in tree building.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Closes an open paragraph.
    Block,
    /// A block that also must not contain its own kind.
    Heading,
    Paragraph,
    /// No rule of its own.
    Phrasing,
    /// Is opened again by the parser where it was not closed before its parent.
    Formatting,
    /// Must not contain its own kind.
    Button,
    Form,
    Item,
    Term,
    Table,
    TableBody,
    Row,
    Cell,
    Caption,
    ColumnGroup,
    Column,
    Svg,
    Shape,
    /// `title` and `desc` of a drawing: text only.
    ShapeText,
    /// Parsed by modes of its own; always left to the real parser.
    Special,
}

macro_rules! elements {
    ($($role:ident: $($name:literal)*;)*) => {
        /// Every element a plugin may write.
        pub(super) const ELEMENTS: &[&str] = &[$($($name,)*)*];

        /// The element of this name (in lower case), where a plugin may write it.
        pub(super) fn element(tag: &str) -> Option<(&'static str, Role)> {
            match tag {
                $($($name => Some(($name, Role::$role)),)*)*
                _ => None,
            }
        }
    };
}

// No links, nothing that loads, submits, embeds or leaves its box. The order is that of the search: the frequent ones first. In
// drawings nothing refers to another element (`use`, gradients, masks): there are no ids to refer to.
elements! {
    Button: "button";
    Phrasing: "span" "img";
    Block: "div";
    Svg: "svg";
    Shape: "path" "g" "rect" "circle" "text";
    Item: "li";
    Cell: "td";
    Row: "tr";
    Paragraph: "p";
    Formatting: "b" "i" "em" "strong" "small" "s" "u" "code";
    Block: "section" "ul" "ol" "article" "aside" "header" "footer" "main" "nav" "figure" "figcaption" "dl" "blockquote" "details"
        "summary" "fieldset" "hr" "address" "hgroup";
    Heading: "h1" "h2" "h3" "h4" "h5" "h6";
    Form: "form";
    Phrasing: "input" "label" "legend" "br" "abbr" "time" "sub" "sup" "mark" "kbd" "output" "meter" "progress" "data" "bdi" "bdo"
        "cite" "del" "ins" "dfn" "q" "samp" "var" "wbr" "audio" "video" "source" "picture";
    Term: "dt" "dd";
    Table: "table";
    TableBody: "thead" "tbody" "tfoot";
    Cell: "th";
    Caption: "caption";
    ColumnGroup: "colgroup";
    Column: "col";
    Shape: "tspan" "ellipse" "line" "polyline" "polygon";
    ShapeText: "title" "desc";
    Special: "pre" "textarea" "select" "option" "optgroup" "rp" "rt" "ruby";
}

pub(super) fn is_void(tag: &str) -> bool {
    matches!(tag, "br" | "col" | "hr" | "img" | "input" | "source" | "wbr")
}

pub(super) fn is_drawing(role: Role) -> bool {
    matches!(role, Role::Svg | Role::Shape | Role::ShapeText)
}

/// Whether text other than white space may stand directly in the element.
pub(super) fn holds_text(parent: Option<Role>) -> bool {
    !matches!(parent, Some(Role::Table | Role::TableBody | Role::Row | Role::ColumnGroup))
}

/// Whether `child` directly under `parent`, with `open` above it, leaves the tree builder nothing to decide.
pub(super) fn is_plain(child: Role, parent: Option<Role>, parent_tag: &str, open: &Open) -> bool {
    use Role::*;
    let in_drawing = matches!(parent, Some(Svg | Shape | ShapeText));
    if in_drawing != matches!(child, Shape | ShapeText) || parent == Some(ShapeText) {
        return false;
    }
    let flow = match parent {
        Some(Table) => return matches!(child, TableBody | Caption | ColumnGroup),
        Some(TableBody) => return child == Row,
        Some(Row) => return child == Cell,
        Some(ColumnGroup) => return child == Column,
        parent => parent,
    };
    match child {
        Phrasing | Formatting | Svg | Shape | ShapeText => true,
        Block | Paragraph | Table => !open.paragraph,
        Heading => !open.paragraph && !open.heading,
        Form => !open.paragraph && !open.form,
        Button => !open.button,
        Item => flow == Some(Block) && matches!(parent_tag, "ul" | "ol") && !open.paragraph,
        Term => parent_tag == "dl" && !open.paragraph,
        TableBody | Row | Cell | Caption | ColumnGroup | Column | Special => false,
    }
}

/// What is open somewhere above.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Open {
    pub paragraph: bool,
    pub heading: bool,
    pub button: bool,
    pub form: bool,
    pub drawing: bool,
}

impl Open {
    pub(super) fn with(mut self, role: Role) -> Self {
        match role {
            Role::Paragraph => self.paragraph = true,
            Role::Heading => self.heading = true,
            Role::Button => self.button = true,
            Role::Form => self.form = true,
            Role::Svg => self.drawing = true,
            _ => {}
        }
        self
    }
}

/// Whether an open `top` ends, in HTML, where `next` begins (`<li>` after `<li>`): authors may leave such end tags out.
pub(super) fn ends_before(top: &str, next: &str, role: Role) -> bool {
    match top {
        "p" => matches!(
            role,
            Role::Block
                | Role::Heading
                | Role::Paragraph
                | Role::Table
                | Role::Form
                | Role::Item
                | Role::Term
        ),
        "li" => next == "li",
        "dt" | "dd" => role == Role::Term,
        "td" | "th" => matches!(role, Role::Cell | Role::Row | Role::TableBody),
        "tr" => matches!(role, Role::Row | Role::TableBody),
        "thead" | "tbody" | "tfoot" => role == Role::TableBody,
        "colgroup" => role != Role::Column,
        "option" => matches!(next, "option" | "optgroup"),
        "optgroup" => next == "optgroup",
        _ => false,
    }
}

/// Elements whose end tag HTML lets authors leave out at the end of their parent.
pub(super) fn may_stay_open(tag: &str) -> bool {
    matches!(
        tag,
        "p" | "li"
            | "dt"
            | "dd"
            | "td"
            | "th"
            | "tr"
            | "thead"
            | "tbody"
            | "tfoot"
            | "colgroup"
            | "option"
            | "optgroup"
            | "rp"
            | "rt"
    )
}
