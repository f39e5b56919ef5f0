//! Hint sheets: the document people write, and how much of it fits on an overlay.

use regie_sdk::Catalog;
use regie_sdk::sheet::{CELLS_MAX, Category, Fit, Line, MARK, Sheet};
use serde_json::json;

fn category(lines: usize, text: &str) -> Category {
    let mut category = Category::new("Always", 2);
    category.items = (0..lines).map(|n| Line::of([format!("{text} {n}"), text.into()], 2)).collect();
    category
}

#[test]
fn cells_are_split_trimmed_and_filled_up_to_the_columns() {
    let cells = |text: &str, columns: usize| Line::parse(text, columns).0;
    assert_eq!(cells("Batreaux 50 | Beetle", 2), ["Batreaux 50", "Beetle"]);
    assert_eq!(cells("  a   b ", 3), ["a b", "", ""]);
    assert_eq!(cells("a | b | | ", 1), ["a", "b"]);
    assert_eq!(cells("| b", 2), ["", "b"]);
    assert_eq!(cells("a", usize::MAX).len(), CELLS_MAX - 1, "a document may claim any number of columns");
}

#[test]
fn a_mark_stands_behind_the_last_column_and_survives_as_text() {
    let mut line = Line::parse("Batreaux 50", 2);
    line.mark(2, true);
    assert_eq!(line.0, ["Batreaux 50", "", MARK]);
    assert!(line.is_marked(2) && !Line::parse(MARK, 1).is_marked(1));
    assert_eq!(line.cells(2), ["Batreaux 50", ""]);
    assert_eq!(Line::parse(&line.text(), 2), line);
    line.mark(2, false);
    assert_eq!(line, Line::parse("Batreaux 50", 2));
}

#[test]
fn what_people_write_by_hand_is_read_and_kept() {
    let written = json!({"categories": {"b": {"items": ["one", 2, null, ["x", 3.5]]}, "a": {"columns": 2, "k": [1]}}, "k": {}});
    let sheet: Sheet = serde_json::from_value(written).expect("a sheet");
    assert_eq!(sheet.categories.keys().collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(
        sheet.categories["b"].items.iter().map(Line::text).collect::<Vec<_>>(),
        ["one", "2", "", "x | 3.5"]
    );
    assert_eq!(sheet.categories["b"].columns, 1);
    let again = serde_json::to_value(&sheet).expect("JSON");
    assert_eq!((&again["k"], &again["categories"]["a"]["k"]), (&json!({}), &json!([1])));
    assert_eq!(serde_json::from_value::<Sheet>(again).expect("a sheet"), sheet);
}

#[test]
fn few_lines_are_drawn_large_and_many_small_but_never_smaller_than_can_be_read() {
    for (width, height) in [(1280, 720), (560, 400), (100, 50)] {
        let mut before = usize::MAX;
        for lines in [1, 5, 10, 20, 40, 80, 100] {
            let (one, other) = (category(lines, "Beetle"), category(lines / 2, "A longer name of a place"));
            let fit = Fit::new(width, height, &[&one, &other]);
            assert!(fit.text >= 22 && fit.text <= before, "{lines} lines at {}", fit.text);
            assert!(fit.lines(&one) <= lines && fit.columns >= 1);
            before = fit.text;
        }
    }
    let (few, many) = (category(4, "Beetle"), category(100, "Beetle"));
    let fit = Fit::new(1280, 720, &[&few, &many]);
    assert_eq!(fit.lines(&few), 4, "what is short is shown whole beside what is not");
    assert!((10..40).contains(&fit.lines(&many)), "{}", fit.lines(&many));
}

#[test]
fn a_catalog_lists_words_for_completion_by_list() {
    let catalog = Catalog::new("Hints").completions("regions", ["Sky"]).completions("items", ["Bow", "Whip"]);
    let lists = catalog.get("completions").expect("lists");
    assert_eq!(lists, &json!({"regions": ["Sky"], "items": ["Bow", "Whip"]}));
}
