//! Hints in shorthand, as a crew types them while it listens. Case and accents do not matter; names may be cut short as long as
//! only one is meant; English and French words are understood.
//!
//! | typed | goes to |
//! |---|---|
//! | `faron woods barren`, `dead`, `stérile`, `mort` | barren |
//! | `lake floria path`, `sots`, `chemin`; `lake floria -> et`, `lake floria path scaldera` | path |
//! | `triforce of courage in sky`, `dans` | that piece's line of the Triforces |
//! | `farore in mogma turf` | that song's line |
//! | `bow in volcano summit`, `batreaux 80 = beetle` | the line of that check, else sometimes |

use regie_sdk::Fault;
use regie_sdk::sheet::{Category, LINES_MAX, Line, Sheet};

use crate::facts::{CATEGORIES, DUNGEONS, SONGS, TRIFORCES, checks, items, regions};
use crate::names::{Found, find, words};

const BARREN: [&str; 5] = ["barren", "dead", "sterile", "mort", "aride"];
const PATH: [&str; 5] = ["path", "sots", "woth", "chemin", "voie"];
const IN: [&str; 7] = ["in", "at", "on", "dans", "a", "au", "sur"];
/// Between a path and its goal.
const TO: [&str; 6] = ["to", "of", "vers", "de", "du", "a"];

/// Candidates that a fault names.
const NAMED: usize = 6;

/// Writes down one hint; the words for the history.
///
/// # Errors
/// `ambiguous` naming what could be meant, `unknown_name`, `unknown_hint` with the forms there are, `too_many_lines`.
pub fn apply(sheet: &mut Sheet, text: &str) -> Result<String, Fault> {
    if text.chars().count() > 200 {
        return Err(Fault::new("unknown_hint", "a hint in shorthand has at most 200 characters"));
    }
    if let Some((place, goal)) = split(text, &["->", "=>", "→"]) {
        return path(sheet, &words(place), &words(goal));
    }
    if let Some((place, item)) = split(text, &["=", "|", ":"]) {
        let name = what(&words(item), item)?;
        return placed(sheet, &words(place), &name);
    }
    let words = words(text);
    let is = |word: Option<&String>, of: &[&str]| word.is_some_and(|word| of.contains(&word.as_str()));
    if is(words.last(), &BARREN) {
        return barren(sheet, &words[..words.len() - 1]);
    }
    if is(words.first(), &BARREN) {
        return barren(sheet, &words[1..]);
    }
    if let Some(at) = words.iter().position(|word| PATH.contains(&word.as_str())).filter(|at| *at > 0) {
        let goal = &words[at + 1..];
        let goal = if is(goal.first(), &TO) { &goal[1..] } else { goal };
        return path(sheet, &words[..at], goal);
    }
    if let Some(at) = words.iter().position(|word| IN.contains(&word.as_str())).filter(|at| *at > 0) {
        let typed = text.split_whitespace().take(at).collect::<Vec<_>>().join(" ");
        let item = what(&words[..at], &typed)?;
        return item_in(sheet, &item, &words[at + 1..]);
    }
    let forms = "<region> barren, <region> path, <region> -> <boss>, <item> in <region>, <check> = <item>";
    Err(Fault::new("unknown_hint", format!("this is none of: {forms}")))
}

fn split<'t>(text: &'t str, marks: &[&str]) -> Option<(&'t str, &'t str)> {
    marks.iter().find_map(|mark| text.split_once(mark))
}

fn barren(sheet: &mut Sheet, region: &[String]) -> Result<String, Fault> {
    let region = one(place(region), region)?;
    add(sheet, "barren", &[region])
}

fn path(sheet: &mut Sheet, region: &[String], goal: &[String]) -> Result<String, Fault> {
    let region = one(place(region), region)?;
    let goal = if goal.is_empty() { "" } else { one(boss(goal), goal)? };
    add(sheet, "path", &[region, goal])
}

fn item_in(sheet: &mut Sheet, item: &str, place_words: &[String]) -> Result<String, Fault> {
    for (key, names) in [("triforce", &TRIFORCES[..]), ("songs", &SONGS[..])] {
        if names.contains(&item) {
            let place = one(place_or_check(place_words), place_words)?;
            return fill(sheet, key, item, place);
        }
    }
    placed(sheet, place_words, item)
}

/// An item at a check or in a region: in the line that has the place already, else in a new one of sometimes.
fn placed(sheet: &mut Sheet, words: &[String], item: &str) -> Result<String, Fault> {
    if let Found::One(song) = find(words, SONGS.into_iter()) {
        return fill(sheet, "songs", song, item);
    }
    let place = one(place_or_check(words), words)?;
    let has = |key: &&str| {
        let lines = sheet.categories.get(*key).map(|category| &category.items);
        lines.is_some_and(|lines| lines.iter().any(|line| line.0.first().is_some_and(|cell| cell == place)))
    };
    let key = ["always", "sometimes"].into_iter().find(has).unwrap_or("sometimes");
    if place.contains(" - ") {
        fill(sheet, key, place, item)
    } else {
        add(sheet, "sometimes", &[place, item])
    }
}

/// Regions by name and dungeons by code.
fn place(words: &[String]) -> Found {
    let code = |code: &str| words.len() == 1 && code.eq_ignore_ascii_case(&words[0]);
    match DUNGEONS.iter().find(|dungeon| code(dungeon.0)) {
        Some((_, region, _)) => Found::One(region),
        None => find(words, regions()),
    }
}

fn place_or_check(words: &[String]) -> Found {
    match place(words) {
        Found::Nothing => find(words, checks()),
        found => found,
    }
}

/// Goals by name, and by code or name of the dungeon.
fn boss(words: &[String]) -> Found {
    match find(words, DUNGEONS.iter().map(|dungeon| dungeon.2)) {
        Found::Nothing => match place(words) {
            Found::One(region) => DUNGEONS
                .iter()
                .find(|dungeon| dungeon.1 == region)
                .map_or(Found::Nothing, |dungeon| Found::One(dungeon.2)),
            found => found,
        },
        found => found,
    }
}

/// An item or a region by a part of its name; what is neither stays as it was typed.
fn what(words: &[String], typed: &str) -> Result<String, Fault> {
    let found = match find(words, items()) {
        Found::Nothing => place(words),
        found => found,
    };
    match found {
        Found::Nothing if words.is_empty() => Err(Fault::new("unknown_name", "nothing is named there")),
        Found::Nothing => Ok(typed.split_whitespace().collect::<Vec<_>>().join(" ")),
        found => one(found, words).map(str::to_owned),
    }
}

fn one(found: Found, words: &[String]) -> Result<&'static str, Fault> {
    let typed = words.join(" ");
    match found {
        Found::One(name) => Ok(name),
        Found::Nothing => Err(Fault::new("unknown_name", format!("nothing is called \"{typed}\""))),
        Found::Several(names) => {
            let more = names.len().saturating_sub(NAMED);
            let named = names.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            Err(Fault::new("ambiguous", format!("\"{typed}\" may be {named}{more}")))
        }
    }
}

/// The category of this key; one that a template left out is made.
fn category<'s>(sheet: &'s mut Sheet, key: &str) -> &'s mut Category {
    let known = CATEGORIES.iter().find(|category| category.0 == key);
    let (label, columns) = known.map_or((key, 2), |category| (category.1, category.3));
    sheet.categories.entry(key.to_owned()).or_insert_with(|| Category::new(label, columns))
}

fn add(sheet: &mut Sheet, key: &str, cells: &[&str]) -> Result<String, Fault> {
    let category = category(sheet, key);
    if category.items.len() >= LINES_MAX {
        let text = format!("a category has at most {LINES_MAX} lines");
        return Err(Fault::new("too_many_lines", text));
    }
    let line = Line::of(cells.iter().copied(), category.columns);
    let words = format!("{}: + {}", category.label, line.text());
    category.add(line);
    Ok(words)
}

/// Writes into the second cell of the line that begins with `first`, or adds that line.
fn fill(sheet: &mut Sheet, key: &str, first: &str, second: &str) -> Result<String, Fault> {
    let category = category(sheet, key);
    let Some(line) = category.items.iter_mut().find(|line| line.0.first().is_some_and(|cell| cell == first))
    else {
        return add(sheet, key, &[first, second]);
    };
    if line.0.len() < 2 {
        line.0.push(String::new());
    }
    second.clone_into(&mut line.0[1]);
    Ok(format!("{first}: {second}"))
}
