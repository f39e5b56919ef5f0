//! Lines of corners: moved sideways, and written as a path with round corners.

use std::fmt::Write as _;

/// Across and down, in pixels.
pub type Point = [i32; 2];

/// The line `by` pixels to the right of its direction. Every segment stays parallel to what it was.
pub fn beside(points: &[[f64; 2]], by: f64) -> Vec<[f64; 2]> {
    let normals: Vec<[f64; 2]> = points.windows(2).map(|ends| normal(ends[0], ends[1])).collect();
    let mut moved = Vec::with_capacity(points.len());
    for (index, &[x, y]) in points.iter().enumerate() {
        let (Some(after), Some(before)) =
            (normals.get(index).or(normals.last()), normals.get(index.wrapping_sub(1)).or(normals.first()))
        else {
            return points.to_vec();
        };
        // Where the two moved segments meet.
        let meet = 1.0 + after[0] * before[0] + after[1] * before[1];
        let by = if meet > 0.2 { by / meet } else { by / 2.0 };
        moved.push([x + by * (after[0] + before[0]), y + by * (after[1] + before[1])]);
    }
    moved
}

fn normal([x, y]: [f64; 2], [to_x, to_y]: [f64; 2]) -> [f64; 2] {
    let (dx, dy) = (to_x - x, to_y - y);
    let length = dx.hypot(dy);
    if length > 0.0 { [-dy / length, dx / length] } else { [0.0, 0.0] }
}

/// As a path's `d`, with corners rounded by `radius` where their segments are long enough.
pub fn rounded(points: &[[f64; 2]], radius: f64) -> String {
    let mut d = String::new();
    for (index, &at) in points.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| points[before]);
        // Writing to a string cannot fail.
        let _ = match (before, points.get(index + 1)) {
            (None, _) => write!(d, "M{}", pair(at)),
            (Some(_), None) => write!(d, "L{}", pair(at)),
            (Some(before), Some(&after)) => {
                write!(d, "L{}Q{} {}", pair(towards(at, before, radius)), pair(at), pair(towards(at, after, radius)))
            }
        };
    }
    d
}

/// `radius` away from `at`, or half of the way.
fn towards([x, y]: [f64; 2], [to_x, to_y]: [f64; 2], radius: f64) -> [f64; 2] {
    let length = (to_x - x).hypot(to_y - y);
    let part = if length > 0.0 { (radius / length).min(0.5) } else { 0.0 };
    [x + (to_x - x) * part, y + (to_y - y) * part]
}

fn pair([x, y]: [f64; 2]) -> String {
    format!("{} {}", number(x), number(y))
}

/// With one decimal where it has any.
pub fn number(value: f64) -> String {
    let tenths = (value * 10.0).round() / 10.0;
    if tenths == 0.0 { "0".into() } else { format!("{tenths}") }
}
