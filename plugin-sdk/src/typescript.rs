//! The protocol's types as TypeScript and as a page of the documentation: both are written from the types, and this test fails
//! where they are stale. `REGIE_WRITE=1 cargo test -p regie-sdk` writes them anew.

use std::path::Path;

use serde_json::Value;
use ts_rs::{Config, TS};

use crate::protocol::*;

/// A type by its name, its declaration and what it is for.
struct Declared {
    name: String,
    declaration: String,
    docs: String,
}

/// Whatever else is in an object, as ts-rs says it.
const MORE: &str =
    "({ [key in string]: number | string | boolean | Array<any> | { [key in string]: any } | null })";

fn declared<T: TS>() -> Declared {
    let config = Config::new().with_large_int("number");
    let docs = T::docs().unwrap_or_default();
    let docs = docs.trim().trim_start_matches("/**").trim_end_matches("*/");
    let docs: Vec<_> = docs.lines().map(|line| line.trim().trim_start_matches('*').trim()).collect();
    let declaration = T::decl(&config).replace("JsonValue", "any").replace(MORE, "Record<string, any>");
    Declared {
        name: T::ident(&config),
        declaration: pretty(&declaration).replace("{ [key in string]: any }", "Record<string, any>"),
        docs: docs.join(" ").trim().to_owned(),
    }
}

/// One field a line: what is written in one line reads badly.
fn pretty(declaration: &str) -> String {
    let mut text = String::new();
    let mut depth = 0_usize;
    let mut comment = false;
    let mut rest = declaration.chars().peekable();
    let mut last = ' ';
    while let Some(c) = rest.next() {
        comment = match (last, c) {
            ('/', '*') => true,
            ('*', '/') => false,
            _ => comment,
        };
        let entry = c == '{' && rest.peek() != Some(&'[') && !map_follows(&rest);
        match c {
            '\n' | '\r' => {}
            _ if comment => text.push(c),
            '{' if entry => {
                depth += 1;
                text.push_str(&format!("{{\n{}", "  ".repeat(depth)));
            }
            '}' if depth > 0 && !text.trim_end().ends_with("any") => {
                depth -= 1;
                let end = text.trim_end().trim_end_matches(',').len();
                text.truncate(end);
                text.push_str(&format!(";\n{}}}", "  ".repeat(depth)));
            }
            ',' if depth > 0 && !in_angle(&text) => text.push_str(&format!(";\n{}", "  ".repeat(depth))),
            '/' if last == '*' => text.push_str(&format!("/\n{}", "  ".repeat(depth))),
            ' ' if text.ends_with(' ') => {}
            _ => text.push(c),
        }
        last = c;
    }
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    let text = lines.collect::<Vec<_>>().join("\n");
    text.replace(";;", ";").replace("/** * ", "/** ").replace("\"type\":", "type:")
}

fn map_follows(rest: &std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    rest.clone().find(|c| !c.is_whitespace()) == Some('[')
}

fn in_angle(text: &str) -> bool {
    let line = text.rsplit('\n').next().unwrap_or_default();
    line.matches('<').count() > line.matches('>').count()
}

/// By hook, what it is asked and what it answers.
fn sections() -> Vec<(&'static str, &'static str, Vec<Declared>)> {
    type Any = Value;
    vec![
        (
            "Shared",
            "What several hooks speak of.",
            vec![
                declared::<Participant>(),
                declared::<ActorContext>(),
                declared::<ActionContext>(),
                declared::<Effect>(),
                declared::<Fault>(),
            ],
        ),
        (
            "catalog",
            "What exists, in the plugin's own JSON. The host reads `label`, and of a hint sheet `completions`: \
             `{\"<list name>\": [\"word\", …]}`. 500 ms of CPU time.",
            vec![declared::<CatalogRequest>()],
        ),
        (
            "preset",
            "What a session starts as. 500 ms. A tracker's `seed` is the preset that is applied, `{\"participant\": …}` for every \
             slot or `{\"state\": …}` whole; a hint sheet's is the template; a race's is what its pool holds.",
            vec![declared::<PresetRequest<Any>>(), declared::<PresetAnswer<Any, Any, Any>>()],
        ),
        (
            "update",
            "What actions do to the document, in order. 50 ms. The answer has one result for each action.",
            vec![
                declared::<UpdateRequest<Any, Any, Any>>(),
                declared::<ActionEnvelope<Any>>(),
                declared::<UpdateAnswer<Any>>(),
                declared::<ActionResult>(),
            ],
        ),
        (
            "render",
            "What people see: an HTML fragment, as text and not as JSON. 50 ms.",
            vec![declared::<RenderRequest<Any, Any>>()],
        ),
        (
            "migrate",
            "A document of an older `state_version`, brought up to date. Optional; 50 ms.",
            vec![declared::<MigrateRequest<Any, Any>>(), declared::<MigrateAnswer<Any, Any>>()],
        ),
        (
            "standings",
            "Race modes: how everybody stands. 50 ms.",
            vec![
                declared::<Racer>(),
                declared::<RaceStatus>(),
                declared::<StandingsRequest<Any, Any>>(),
                declared::<Standings>(),
                declared::<Standing>(),
            ],
        ),
        (
            "project",
            "Race modes: all that one class of viewers may see. Nothing else leaves the host. 50 ms.",
            vec![
                declared::<ViewerClass>(),
                declared::<ProjectRequest<Any, Any>>(),
                declared::<ProjectAnswer<Any>>(),
            ],
        ),
        (
            "reveal",
            "Race modes: the part of the seed that a projection revealed, in the mode's own JSON. 500 ms; called once for each value.",
            vec![declared::<RevealRequest<Any, Any>>()],
        ),
    ]
}

const HEAD: &str =
    "written from plugin-sdk/src/protocol.rs by `REGIE_WRITE=1 cargo test -p regie-sdk`; do not edit";

fn typescript() -> String {
    let mut text = format!(
        "// {HEAD}\n\n/** Values of the manifest's `[[setting]]`s. */\nexport type Settings = Record<string, any>;\n"
    );
    for (_, _, types) in sections() {
        for Declared { declaration, docs, .. } in types {
            let docs = if docs.is_empty() { docs } else { format!("/** {docs} */\n") };
            text.push_str(&format!("\n{docs}export {declaration}\n"));
        }
    }
    text
}

fn reference() -> String {
    let mut text = format!(
        "<!-- {HEAD} -->\n\n# What crosses between Régie and a plugin\n\n\
         Each hook takes one JSON text and answers one, or refuses with a `Fault`. The libraries for Rust and JavaScript do this for you; \
         the names of the fields are the same in both. `S` is your state, `D` your derived data, `A` your action. Unknown fields are kept out \
         of your way: a newer host may send more, and you may answer more. What the fields of a view and a context are called is \
         in [authors.md](authors.md).\n"
    );
    for (hook, meaning, types) in sections() {
        text.push_str(&format!("\n## {hook}\n\n{meaning}\n"));
        for Declared { name, declaration, docs } in types {
            text.push_str(&format!("\n### {name}\n\n"));
            if !docs.is_empty() {
                text.push_str(&format!("{docs}\n\n"));
            }
            text.push_str(&format!("```ts\n{declaration}\n```\n"));
        }
    }
    text
}

#[test]
fn types_and_reference_are_those_of_the_protocol() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, wanted) in
        [("js/src/protocol.d.ts", typescript()), ("../docs/authors-reference.md", reference())]
    {
        let path = root.join(path);
        if std::env::var_os("REGIE_WRITE").is_some() {
            std::fs::write(&path, &wanted).expect("it can be written");
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            found == wanted,
            "{} is stale: REGIE_WRITE=1 cargo test -p regie-sdk writes it anew",
            path.display()
        );
    }
}

#[test]
fn every_type_of_the_protocol_is_declared() {
    let source = include_str!("protocol.rs");
    let names: Vec<_> = sections().into_iter().flat_map(|(_, _, types)| types).map(|one| one.name).collect();
    for line in source.lines() {
        let Some(rest) = line.strip_prefix("pub struct ").or(line.strip_prefix("pub enum ")) else {
            continue;
        };
        let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        assert!(
            names.iter().any(|one| one.starts_with(&name)),
            "{name} is declared nowhere; add it to `sections`"
        );
    }
}
