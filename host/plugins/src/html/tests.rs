use proptest::prelude::*;

use super::{Sanitiser, sanitise};

const BASE: &str = "/plugins/p/h/";
const HOSTILE: &str = include_str!("hostile.txt");

fn snippets() -> impl Iterator<Item = &'static str> {
    HOSTILE.lines().filter(|line| !line.is_empty()).chain([HOSTILE])
}

/// What must never be in any output, whatever went in: read by the same parser as a browser's, not by searching text.
fn assert_harmless(input: &str, output: &str) {
    // The serialiser escapes `<` and `>` everywhere, so each `<` begins a tag and a tag has no `>` inside.
    for tag in output.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
        let name: String = tag.chars().take_while(|c| !c.is_whitespace()).collect();
        let name = name.trim_start_matches('/');
        assert!(super::model::element(name).is_some(), "element `{name}` in {output:?} from {input:?}");
        let mut rest = &tag[tag.find(' ').unwrap_or(tag.len())..];
        while let Some((attribute, tail)) = rest.split_once("=\"") {
            let (value, tail) = tail.split_once('"').expect("attributes are quoted");
            let attribute = attribute.trim();
            let lower = value.to_ascii_lowercase();
            assert!(!attribute.starts_with("on"), "handler in {output:?} from {input:?}");
            assert!(
                !matches!(
                    attribute,
                    "id" | "href"
                        | "srcset"
                        | "action"
                        | "formaction"
                        | "target"
                        | "srcdoc"
                        | "form"
                        | "for"
                        | "is"
                ),
                "`{attribute}` in {output:?} from {input:?}"
            );
            if matches!(attribute, "src" | "poster") {
                assert!(
                    value.starts_with(BASE) && !value.contains("..") || value.starts_with("data:image/"),
                    "foreign address in {output:?} from {input:?}"
                );
            }
            if matches!(attribute, "style" | "fill" | "stroke" | "filter") {
                for word in ["url", "image-set", "src(", "fixed", "expression", "\\", "/*", "}"] {
                    assert!(!lower.contains(word), "`{word}` in {output:?} from {input:?}");
                }
            }
            if attribute == "class" {
                assert!(
                    !lower.split_whitespace().any(|class| class.starts_with("rg-")),
                    "host class in {output:?}"
                );
            }
            rest = tail;
        }
        assert!(rest.trim().is_empty(), "odd attribute text `{rest}` in {output:?} from {input:?}");
    }
}

fn assert_balanced(output: &str) {
    let mut open = Vec::new();
    for tag in output.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{output:?}");
        } else {
            let name = tag.split(' ').next().unwrap_or_default();
            if !super::model::is_void(name) {
                open.push(name);
            }
        }
    }
    assert!(open.is_empty(), "{open:?} left open in {output:?}");
}

fn check_safe(sanitiser: &Sanitiser, input: &str) {
    let clean = sanitiser.clean(input);
    assert_harmless(input, &clean.html);
    assert_balanced(&clean.html);
    let again = sanitiser.clean(&clean.html);
    assert_eq!(again.html, clean.html, "not a fixpoint: {input:?}");
    assert!(again.dropped.is_empty(), "{:?} dropped from clean {:?}", again.dropped, clean.html);
    // What is sent is what the real parser makes of it: also where the fast way was taken.
    let parsed = sanitiser.gate.clean(&clean.html).to_string();
    assert_eq!(parsed, clean.html, "the parser reads something else: {input:?}");
}

#[test]
fn hostile_markup_comes_out_harmless_balanced_and_settled() {
    let sanitiser = Sanitiser::new(BASE);
    assert!(snippets().count() >= 80);
    for snippet in snippets() {
        check_safe(&sanitiser, snippet);
        check_safe(&sanitiser, &format!("<div><p>{snippet}</p></div>"));
        check_safe(&sanitiser, &format!("<svg>{snippet}</svg>"));
        check_safe(&sanitiser, &format!("<table><tr><td>{snippet}"));
        check_safe(&sanitiser, &format!("<select><option>{snippet}"));
        check_safe(&sanitiser, &format!("<form>{snippet}</form>"));
    }
}

#[test]
fn every_hostile_snippet_that_changes_is_reported() {
    for snippet in snippets() {
        let clean = sanitise(snippet, BASE);
        let hostile = ["script", "on", "//", "javascript", "url("].iter().any(|word| snippet.contains(word));
        if hostile && snippet.len() > 12 && clean.html.len() + 4 < snippet.len() {
            assert!(!clean.dropped.is_empty(), "{snippet:?} became {:?} silently", clean.html);
        }
    }
}

#[test]
fn what_a_tracker_writes_passes_untouched() {
    for markup in [
        r#"<div class="tracker" style="--cols:8;grid-template-columns:repeat(var(--cols), 1fr)"><button type="button" class="item" data-do="{&quot;item&quot;:&quot;bow&quot;,&quot;step&quot;:1}" data-do-alt="{&quot;item&quot;:&quot;bow&quot;,&quot;step&quot;:-1}" data-key="bow" aria-label="Bow, 2 of 3"><img src="/plugins/p/h/icons/bow.svg" alt="" width="48" height="48"><span class="count">2</span></button></div>"#,
        r##"<span role="img" aria-label="Sword, none"><svg viewBox="0 0 512 512" xmlns="http://www.w3.org/2000/svg" aria-hidden="true"><path d="M1.5 2L3-4z" fill="#fff" stroke="rgb(1 2 3)"></path><text x="1" y="2">A</text></svg></span>"##,
        r#"<form data-do="{&quot;type&quot;:&quot;hint&quot;}"><input type="text" name="line" value="" placeholder="Region"><button type="submit">Add</button></form>"#,
        r#"<table><thead><tr><th scope="col">A</th></tr></thead><tbody><tr><td colspan="2">é &amp; “b” &lt;c&gt;&nbsp;d</td></tr></tbody></table>"#,
        r#"<ul><li>a<ul><li><b>b <i>c</i></b></li></ul></li></ul><p>text <em>x</em><br></p><hr>"#,
        r#"<img src="data:image/png;base64,iVBORw0KGgo=" alt="x">"#,
    ] {
        let clean = sanitise(markup, BASE);
        assert_eq!(clean.html, markup);
        assert_eq!(clean.dropped, []);
        assert!(super::rewrite::rewrite(markup, BASE).settled, "needed the slow way: {markup}");
    }
}

#[test]
fn other_spellings_of_allowed_markup_become_canonical_and_nothing_is_reported() {
    for (input, expected) in [
        ("<button disabled>x</button>", r#"<button disabled="" type="button">x</button>"#),
        ("<p>say &quot;x&quot; &#39;y&#39;</p>", "<p>say \"x\" 'y'</p>"),
        ("<svg><path d='M0 0'/></svg>", r#"<svg><path d="M0 0"></path></svg>"#),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<DIV CLASS=a>x</DIV>", r#"<div class="a">x</div>"#),
        ("<p>caf&eacute;</p>", "<p>café</p>"),
        ("<table><tr><td>x</table>", "<table><tbody><tr><td>x</td></tr></tbody></table>"),
        ("a < b", "a &lt; b"),
        (
            "<select><option>a<option selected>b</select>",
            r#"<select><option>a</option><option selected="">b</option></select>"#,
        ),
    ] {
        let clean = sanitise(input, BASE);
        assert_eq!((clean.html.as_str(), clean.dropped.as_slice()), (expected, [].as_slice()), "{input}");
    }
}

#[test]
fn what_is_dropped_is_named_with_its_place() {
    for (input, position, words) in [
        ("<p>a</p><p onclick=x>b</p>", 11, "onclick"),
        ("<p>a</p><script>x</script>", 8, "script"),
        ("<p id=x>a</p>", 3, "data-key"),
        ("<p>a</p></section>", 8, "closes nothing"),
        ("<p style='color:red;position:fixed'>a</p>", 3, "position:fixed"),
        ("<p class='a rg-x'>a</p>", 3, "rg-x"),
        ("<img src='https://evil.example/a'>", 5, "own assets"),
        ("<button data-do='x'>a</button>", 8, "JSON object"),
        ("<input name=a>", 7, "inside a form"),
        ("<button type=submit>a</button>", 8, "no form"),
        ("<p><!-- x --></p>", 3, "comment"),
        ("<p>é<marquee>x</marquee></p>", 5, "marquee"),
    ] {
        let dropped = sanitise(input, BASE).dropped;
        assert!(
            dropped.iter().any(|d| d.position == Some(position) && d.what.contains(words)),
            "{input}: {dropped:?}"
        );
    }
}

#[test]
fn markup_that_would_cost_the_parser_too_much_is_bounded() {
    let formatting: String = (0..190).map(|n| format!("<b class=c{n}>")).collect();
    let bombs = [
        "<div>".repeat(100_000),
        format!("<p>{formatting}{}", "<p>x".repeat(50_000)),
        format!("<p {}>x</p>", (0..50_000).map(|n| format!("a{n}=1 ")).collect::<String>()),
        format!(
            "<style><a x=\"</style><p {}>x</p>",
            (0..50_000).map(|n| format!("a{n}=1 ")).collect::<String>()
        ),
        "<table>".repeat(50_000),
        "<a><b>".repeat(50_000),
        "</p>".repeat(50_000),
        "<svg><title>".repeat(50_000),
        "<script>".repeat(100_000),
        "<p title='".repeat(50_000),
        "<!--".repeat(100_000),
        "&amp".repeat(100_000),
    ];
    let sanitiser = Sanitiser::new(BASE);
    for bomb in bombs {
        let clean = sanitiser.clean(&bomb);
        assert!(clean.html.len() <= 4 * bomb.len());
        assert_harmless("a bomb", &clean.html);
    }
}

/// Pieces that, in some order, have broken sanitisers.
fn piece() -> impl Strategy<Value = String> {
    let tags = prop::sample::select(
        super::model::ELEMENTS
            .iter()
            .copied()
            .chain([
                "a",
                "math",
                "mtext",
                "mglyph",
                "style",
                "template",
                "noscript",
                "foreignObject",
                "script",
                "nobr",
                "marquee",
            ])
            .collect::<Vec<_>>(),
    );
    let attribute = prop::sample::select(vec![
        "",
        " class=x",
        " onclick=x",
        " title='\"<b>'",
        " src=/plugins/p/h/a.png",
        " style='--x:1;width:1px'",
        " name=a",
        " disabled",
        " data-do='{}'",
        " id=x",
        " type=submit",
        " xmlns=http://www.w3.org/2000/svg",
        "/",
        " title=&eacute;",
        " encoding=text/html",
    ]);
    prop_oneof![
        4 => (tags.clone(), attribute).prop_map(|(tag, attribute)| format!("<{tag}{attribute}>")),
        3 => tags.prop_map(|tag| format!("</{tag}>")),
        1 => prop::sample::select(snippets().take(150).collect::<Vec<_>>()).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["x", " ", "\n", "&lt;", "&", "<", "<!--", "-->", "\0", "\r", "é\u{a0}", "]]>", "&quot;"]).prop_map(str::to_owned),
    ]
}

fn plain_tree() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "text",
        "<br>",
        "<img src='/plugins/p/h/a.png'>",
        "<svg><path d='M0 0'/></svg>",
        "<hr>",
        "<input disabled>",
        "&amp;\u{a0}",
        " ",
        "<svg><g><text>t</text><title>x</title></g></svg>",
        "<p>x",
        "<td>x</td>",
        "<li>x",
        "<select><option>a</select>",
        "<pre>\n\nx</pre>",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(6, 48, 5, |inner| {
        (prop::sample::select(super::model::ELEMENTS.to_vec()), prop::collection::vec(inner, 0..5))
            .prop_map(|(tag, children)| format!("<{tag}>{}</{tag}>", children.concat()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn any_soup_of_tags_comes_out_harmless_balanced_and_settled(pieces in prop::collection::vec(piece(), 0..14)) {
        check_safe(&Sanitiser::new(BASE), &pieces.concat());
    }

    #[test]
    fn any_tree_of_allowed_elements_is_what_the_parser_makes_of_it(tree in plain_tree()) {
        check_safe(&Sanitiser::new(BASE), &tree);
    }

    #[test]
    fn any_text_is_survived(text in "\\PC{0,80}") {
        check_safe(&Sanitiser::new(BASE), &text);
    }

    #[test]
    fn any_inline_style_keeps_only_what_is_safe(style in "[-a-z:;()'\"/*\\\\{}!#%,. \u{e9}]{0,40}|(--x|width|background|color):[-a-z:;()'\"/*\\\\{} ]{0,30};position:fixed") {
        let markup = format!("<p style=\"{}\">x</p>", style.replace('&', "&amp;").replace('"', "&quot;"));
        check_safe(&Sanitiser::new(BASE), &markup);
    }
}
