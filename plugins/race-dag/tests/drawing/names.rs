//! Names on the map can be read: they cover neither each other nor lines and stations.

use race_dag::map::{BOTTOM, Canvas, LINE, Named, Sign, TOP, WIDTH, beside, lay_out, rounded, signs};

use crate::support::graphs::{Graph, all};

const SIZE: f64 = 22.0;

/// The picture of a graph whose stations are all called `name`.
fn picture<'a>(graph: &Graph, name: &'a str) -> (Vec<Named<'a>>, Vec<Vec<[f64; 2]>>) {
    let map = lay_out(&graph.stops(), &graph.links()).document();
    let canvas = Canvas::new(map.width, map.height);
    let named = map.stations.values().map(|place| Named { name, at: canvas.at(*place), rank: 1 }).collect();
    (named, map.links.iter().map(|link| canvas.line(&link.points)).collect())
}

/// Points along the middle of a sign's letters, four pixels apart.
fn spots(sign: &Sign, at: [f64; 2]) -> Vec<[f64; 2]> {
    let (sin, cos) = f64::from(sign.turn).to_radians().sin_cos();
    let line = |(index, text): (usize, &String)| {
        let width = text.chars().count() as f64 * SIZE * 0.55;
        let from = match sign.anchor {
            "start" => 0.0,
            "end" => -width,
            _ => -width / 2.0,
        };
        let down = index as f64 * SIZE * LINE - SIZE / 3.0;
        let at = [at[0] + sign.offset[0] - down * sin, at[1] + sign.offset[1] + down * cos];
        let steps = (width / 4.0) as usize;
        (0..=steps).map(move |step| {
            let along = from + step as f64 * 4.0;
            [at[0] + along * cos, at[1] + along * sin]
        })
    };
    sign.lines.iter().enumerate().flat_map(line).collect()
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[test]
fn no_name_covers_another_a_station_or_a_line() {
    for graph in all() {
        for name in ["Gate", "Deep Tunnel - Warden of the Hollow", "Incomprehensibilities"] {
            let (named, lines) = picture(&graph, name);
            let signs = signs(&named, &lines, SIZE, 1.0);
            assert!(signs.len() >= 4, "{}: {} names", graph.name, signs.len());
            let all: Vec<_> = signs.iter().map(|sign| (sign, spots(sign, named[sign.station].at))).collect();
            for (index, (sign, spots)) in all.iter().enumerate() {
                for spot in spots {
                    assert!(spot[0] > 0.0 && spot[0] < WIDTH && spot[1] > TOP && spot[1] < BOTTOM, "{sign:?}");
                    let stations = named.iter().map(|station| distance(station.at, *spot));
                    assert!(stations.fold(WIDTH, f64::min) > 20.0, "{}: {sign:?} covers a station", graph.name);
                    let on_line = lines.iter().flatten().map(|corner| distance(*corner, *spot));
                    assert!(on_line.fold(WIDTH, f64::min) > 18.0, "{}: {sign:?} covers a line", graph.name);
                    let others = all[index + 1..].iter().flat_map(|(_, spots)| spots);
                    let near = others.map(|other| distance(*other, *spot)).fold(WIDTH, f64::min);
                    assert!(near > SIZE * 0.9, "{}: {sign:?} covers another name", graph.name);
                }
            }
        }
    }
}

#[test]
fn a_long_name_loses_its_region_before_its_end() {
    let at = |x: f64| Named { name: "Wide Plains - Deep Tunnel - Warden of the Hollow", at: [x, 300.0], rank: 0 };
    let signs = signs(&[at(400.0), at(1500.0)], &[], SIZE, 1.0);
    assert_eq!(signs[0].lines, ["Deep Tunnel", "Warden of the Hollow"]);
    assert_eq!(signs.len(), 2);
}

#[test]
fn lines_side_by_side_stay_as_far_apart_at_corners() {
    let way = [[0.0, 0.0], [100.0, 0.0], [150.0, 50.0], [300.0, 50.0]];
    let moved = beside(&way, 5.0);
    assert_eq!(moved[0], [0.0, 5.0]);
    assert_eq!(moved[3], [300.0, 55.0]);
    let slope = [(moved[2][0] - moved[1][0]), (moved[2][1] - moved[1][1])];
    assert!((slope[0] - slope[1]).abs() < 1e-9, "what was at 45° stays so");
    let across = (moved[1][0] - moved[1][1] - 100.0).abs() / 2_f64.sqrt();
    assert!((across - 5.0).abs() < 1e-9, "{across}");
    assert_eq!(beside(&[], 5.0), Vec::<[f64; 2]>::new());
    assert_eq!(beside(&[[1.0, 2.0]], 5.0), [[1.0, 2.0]]);
    assert_eq!(rounded(&way[..3], 10.0), "M0 0L90 0Q100 0 107.1 7.1L150 50");
}
