//! Where names stand: level or at 45°, off the lines, off each other. A name that finds no place is left out.

use super::capsule::Capsule;
use super::{BOTTOM, TOP, WIDTH};

/// The width of a letter against its height, on the wide side: fonts differ from one machine to the next.
const LETTER: f64 = 0.6;
/// Of a name in one line and of one in two; more is cut.
const LETTERS: usize = 24;
const LETTERS_OF_TWO: usize = 36;
/// Between the parts of a name, from the wide to the narrow.
const DASH: &str = " - ";
/// From one name to the next, besides their own room.
const APART: f64 = 5.0;
/// Stations closer than this have no room for level names.
const DENSE: f64 = 100.0;
/// Half of what lines take, with those of runners beside them.
const LINES: f64 = 12.5;
/// From one line of a name to the next, against its size.
pub const LINE: f64 = 1.1;
/// From a station's middle to its name.
const OFF: f64 = 19.0;

/// A station whose name wants a place.
#[derive(Debug, Clone)]
pub struct Named<'a> {
    pub name: &'a str,
    pub at: [f64; 2],
    /// The least is served first.
    pub rank: u8,
}

/// How a name stands at its station.
#[derive(Debug, Clone, PartialEq)]
pub struct Sign {
    /// As in the list of stations that was given.
    pub station: usize,
    pub lines: Vec<String>,
    /// From the station's middle to the end of the first line's baseline that `anchor` names.
    pub offset: [f64; 2],
    /// Degrees.
    pub turn: i32,
    pub anchor: &'static str,
}

/// Places for names of this size in pixels, over a map that is drawn `zoom` times as large with names as large as before.
pub fn signs(named: &[Named], lines: &[Vec<[f64; 2]>], size: f64, zoom: f64) -> Vec<Sign> {
    let scaled = |[x, y]: [f64; 2]| [x * zoom, y * zoom];
    let mut taken: Vec<Capsule> = Vec::new();
    for line in lines {
        taken.extend(line.windows(2).map(|ends| Capsule::new(scaled(ends[0]), scaled(ends[1]), LINES * zoom)));
    }
    taken.extend(named.iter().map(|station| Capsule::new(scaled(station.at), scaled(station.at), 15.0)));
    let mut turns: Vec<usize> = (0..named.len()).collect();
    turns.sort_by_key(|&index| (named[index].rank, index));
    let dense = spacing(named) * zoom < DENSE;
    // What grows is the bundle of lines, not the station.
    let off = OFF + LINES * (zoom - 1.0);
    let mut signs = Vec::new();
    for index in turns.into_iter().filter(|&index| !named[index].name.is_empty()) {
        let at = scaled(named[index].at);
        let place = candidates(index, named[index].name, size, off, dense).into_iter().find_map(|sign| {
            let room = occupied(&sign, at, size);
            let free = room.iter().all(|text| {
                text.is_within([4.0, TOP * zoom], [WIDTH * zoom - 4.0, BOTTOM * zoom])
                    && taken.iter().all(|other| !text.touches(other))
            });
            free.then_some((sign, room))
        });
        if let Some((sign, room)) = place {
            taken.extend(room.iter().map(|text| text.wider(APART)));
            signs.push(sign);
        }
    }
    signs.sort_by_key(|sign| sign.station);
    signs
}

/// From one column of stations to the next, on average.
fn spacing(named: &[Named]) -> f64 {
    let mut columns: Vec<f64> = named.iter().map(|station| station.at[0]).collect();
    columns.sort_by(f64::total_cmp);
    columns.dedup();
    match columns[..] {
        [first, .., last] => (last - first) / (columns.len() - 1) as f64,
        _ => WIDTH,
    }
}

/// Where a name may stand, the best first: level above or below its station; at 45° first where many stand close.
fn candidates(station: usize, name: &str, size: f64, off: f64, dense: bool) -> Vec<Sign> {
    let sign = |lines: &[String], x: f64, y: f64, turn: i32, anchor: &'static str| Sign {
        station,
        lines: lines.to_vec(),
        offset: [x, y],
        turn,
        anchor,
    };
    let (cap, slant) = (size * 0.72, off * 0.72);
    let one = [shortened(name, LETTERS)];
    let two = broken(&shortened(name, LETTERS_OF_TWO));
    let mut level = Vec::new();
    let by_room = if one[0] == name { [&one[..], &two[..]] } else { [&two[..], &one[..]] };
    for lines in by_room {
        let above = -off - (lines.len() - 1) as f64 * size * LINE;
        level.push(sign(lines, 0.0, above, 0, "middle"));
        level.push(sign(lines, 0.0, off + cap, 0, "middle"));
    }
    let slanted = [
        sign(&one, slant * 0.6, -slant - 8.0, -45, "start"),
        sign(&one, slant * 0.4, slant + cap, 45, "start"),
        sign(&one, -slant * 0.6, -slant - 8.0, 45, "end"),
        sign(&one, -slant * 0.4, slant + cap, -45, "end"),
    ];
    let beside = [sign(&one, OFF, cap / 2.0, 0, "start"), sign(&one, -OFF, cap / 2.0, 0, "end")];
    // Most lean the same way, so that they read like a list.
    let (lean, back) = slanted.split_at(2);
    if dense { [lean, &level, back, &beside].concat() } else { [&level, lean, back, &beside].concat() }
}

/// The room that the lines of a sign take.
fn occupied(sign: &Sign, at: [f64; 2], size: f64) -> Vec<Capsule> {
    let (sin, cos) = f64::from(sign.turn).to_radians().sin_cos();
    let line = |(index, text): (usize, &String)| {
        let width = text.chars().count() as f64 * size * LETTER;
        let start = match sign.anchor {
            "middle" => -width / 2.0,
            "end" => -width,
            _ => 0.0,
        };
        // The middle of the letters, seen from their baseline.
        let down = index as f64 * size * LINE - size * 0.33;
        let end = |along: f64| {
            [at[0] + sign.offset[0] + along * cos - down * sin, at[1] + sign.offset[1] + along * sin + down * cos]
        };
        Capsule::new(end(start), end(start + width), size * 0.45)
    };
    sign.lines.iter().enumerate().map(line).collect()
}

/// Without the wider region that stands before the first dash, where the whole is too long; then cut.
pub fn shortened(name: &str, letters: usize) -> String {
    let mut rest = name;
    while let Some((_, after)) = rest.split_once(DASH).filter(|_| rest.chars().count() > letters) {
        rest = after;
    }
    cut(rest, letters)
}

/// At most so many letters.
pub fn cut(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    let kept: String = text.chars().take(letters.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// In two lines, as equal as words allow; a dash between them is one too many.
fn broken(text: &str) -> Vec<String> {
    if let Some((first, second)) = text.split_once(DASH) {
        return vec![first.to_owned(), second.to_owned()];
    }
    let gaps = text.match_indices(' ').map(|(at, _)| at);
    let middle = gaps.min_by_key(|at| at.abs_diff(text.len() / 2));
    match middle {
        Some(at) => vec![text[..at].to_owned(), text[at + 1..].to_owned()],
        None => vec![cut(text, LETTERS)],
    }
}
