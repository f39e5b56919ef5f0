//! The allow-list: every attribute a plugin may write (the elements are in [`model`]). What is not named does not pass.

use std::borrow::Cow;

use super::{model, style, values};

/// Elements that go together with all that is in them; of any other refused element the content stays.
pub(super) const WITH_CONTENT: &[&str] = &[
    "script",
    "style",
    "iframe",
    "noscript",
    "noembed",
    "noframes",
    "xmp",
    "plaintext",
    "template",
    "math",
    "object",
    "embed",
    "applet",
    "foreignObject",
    "frameset",
    "head",
    "portal",
    "fencedframe",
];

pub(super) fn takes_content_along(tag: &str) -> bool {
    WITH_CONTENT.iter().any(|gone| gone.eq_ignore_ascii_case(tag))
}

/// The value an attribute keeps, or why it goes. A part that goes while the rest stays is told to `dropped`.
pub(super) fn attribute<'v>(
    base: &str,
    tag: &str,
    name: &str,
    value: &'v str,
    dropped: &mut dyn FnMut(String),
) -> Result<Cow<'v, str>, &'static str> {
    let checked = match name {
        "class" => return Ok(values::classes(value, dropped)),
        "style" => return style::filter(value, dropped).ok_or("nothing of it is allowed in an inline style"),
        "title" | "alt" | "placeholder" | "data-key" => values::text(value),
        "role" | "lang" => values::tokens(value),
        "dir" => values::one_of(value, &["ltr", "rtl", "auto"]),
        "hidden" => values::one_of(value, &["", "hidden"]),
        "translate" => values::one_of(value, &["yes", "no", ""]),
        "tabindex" => values::one_of(value, &["0", "-1"]),
        "data-do" if matches!(tag, "button" | "form") => values::action(value),
        "data-do-alt" if tag == "button" => values::action(value),
        "data-do" | "data-do-alt" => Err("actions belong on a `<button>` (or, `data-do`, on a `<form>`)"),
        "id" => Err(
            "ids are the page's; `data-key` names an element for updates, `aria-label` names it for people",
        ),
        "aria-labelledby"
        | "aria-describedby"
        | "aria-controls"
        | "aria-owns"
        | "aria-flowto"
        | "aria-details"
        | "aria-activedescendant"
        | "aria-errormessage" => Err("it refers to an id, and there are none; use `aria-label`"),
        _ if name.starts_with("aria-") && is_plain_name(name) => values::text(value),
        _ if name.starts_with("data-x-") && is_plain_name(name) => values::text(value),
        _ if name.starts_with("data-") => {
            Err("of `data-*` there are `data-do`, `data-do-alt`, `data-key` and `data-x-*`")
        }
        _ if name.starts_with("on") => Err("handlers are not run; an action is `data-do` on a `<button>`"),
        "href" | "action" | "formaction" | "target" | "ping" | "srcset" | "srcdoc" | "background" => Err(
            "markup leads nowhere: no links, no targets, no addresses but `src` of the plugin's own assets",
        ),
        _ if model::element(tag).is_some_and(|(_, role)| model::is_drawing(role)) => drawing(name, value),
        _ => html(base, tag, name, value),
    };
    checked.map(|()| Cow::Borrowed(value))
}

/// Names are written out without escaping, so they are letters, digits and dashes and nothing else.
fn is_plain_name(name: &str) -> bool {
    name.len() <= 64 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

const UNKNOWN: &str = "it is not one of the attributes this element may have";

fn html(base: &str, tag: &str, name: &str, value: &str) -> Result<(), &'static str> {
    let flag = |value: &str| {
        if value.is_empty() || value == name { Ok(()) } else { Err("it is a flag and has no value") }
    };
    match (tag, name) {
        ("img", "src") if value.starts_with("data:") => values::embedded_image(value),
        ("img" | "video" | "audio" | "source", "src") | ("video", "poster") => values::own_asset(base, value),
        ("img" | "video" | "input" | "svg", "width" | "height") => values::number(value),
        ("img", "loading") => values::one_of(value, &["lazy", "eager"]),
        ("img", "decoding") => values::one_of(value, &["async", "sync", "auto"]),
        ("img", "draggable") => values::one_of(value, &["true", "false"]),
        ("video" | "audio", "autoplay" | "controls" | "loop" | "muted" | "playsinline") => flag(value),
        ("video" | "audio", "preload") => values::one_of(value, &["none", "metadata", "auto"]),
        ("source", "type") => values::tokens(value),
        ("td" | "th", "colspan" | "rowspan") | ("col" | "colgroup", "span") => values::number(value),
        ("th", "scope") => values::tokens(value),
        ("ol", "start") | ("li", "value") => values::number(value),
        ("ol", "reversed") | ("details", "open") => flag(value),
        ("ol", "type") => values::one_of(value, &["1", "a", "A", "i", "I"]),
        ("time" | "del" | "ins", "datetime") => values::text(value),
        ("data" | "option" | "button", "value") => values::text(value),
        ("meter" | "progress", "value" | "min" | "max" | "low" | "high" | "optimum") => values::number(value),
        ("abbr" | "option" | "optgroup", "label") => values::text(value),
        ("button", "type") => values::one_of(value, &["button", "submit", "reset"]),
        ("button" | "input" | "select" | "textarea" | "fieldset" | "option" | "optgroup", "disabled") => {
            flag(value)
        }
        ("button" | "input" | "select" | "textarea" | "fieldset" | "output", "name") => {
            values::field_name(value)
        }
        ("input", "type") => values::one_of(
            value,
            &[
                "text",
                "number",
                "range",
                "checkbox",
                "radio",
                "search",
                "hidden",
                "color",
                "date",
                "time",
                "datetime-local",
            ],
        ),
        ("input", "value") => values::text(value),
        ("input", "checked") | ("option", "selected") | ("select", "multiple") => flag(value),
        ("input" | "textarea", "readonly" | "required") | ("select", "required") => flag(value),
        ("input", "min" | "max" | "step" | "pattern") => values::text(value),
        ("input" | "textarea", "maxlength" | "minlength") | ("input" | "select", "size") => {
            values::number(value)
        }
        ("input" | "textarea", "inputmode" | "spellcheck") => values::tokens(value),
        ("input" | "form" | "select" | "textarea", "autocomplete") => values::one_of(value, &["on", "off"]),
        ("textarea", "rows" | "cols") => values::number(value),
        _ => Err(UNKNOWN),
    }
}

/// Geometry and paint. There is nothing to refer to, so no value has a `url(…)`.
fn drawing(name: &str, value: &str) -> Result<(), &'static str> {
    match name {
        "d"
        | "x"
        | "y"
        | "x1"
        | "y1"
        | "x2"
        | "y2"
        | "cx"
        | "cy"
        | "r"
        | "rx"
        | "ry"
        | "dx"
        | "dy"
        | "points"
        | "transform"
        | "viewBox"
        | "preserveAspectRatio"
        | "pathLength"
        | "textLength"
        | "lengthAdjust"
        | "rotate"
        | "width"
        | "height"
        | "stroke-width"
        | "stroke-dasharray"
        | "stroke-dashoffset"
        | "stroke-linecap"
        | "stroke-linejoin"
        | "stroke-miterlimit"
        | "stroke-opacity"
        | "fill-opacity"
        | "fill-rule"
        | "clip-rule"
        | "opacity"
        | "font-size"
        | "font-weight"
        | "font-style"
        | "text-anchor"
        | "dominant-baseline"
        | "alignment-baseline"
        | "letter-spacing"
        | "visibility"
        | "display"
        | "vector-effect"
        | "paint-order"
        | "shape-rendering"
        | "text-rendering"
        | "focusable"
        | "version"
        | "transform-origin" => values::geometry(value),
        "fill" | "stroke" | "color" | "font-family" => {
            if style::is_safe_value(value) {
                Ok(())
            } else {
                Err("its value is not a plain colour or name")
            }
        }
        "xmlns" => values::one_of(value, &["http://www.w3.org/2000/svg"]),
        _ => Err(UNKNOWN),
    }
}
