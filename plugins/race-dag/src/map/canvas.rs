//! The picture a map is drawn in: always the same size, so that layers over each other fit.

use super::{Place, Point};

pub const WIDTH: f64 = 1920.0;
pub const HEIGHT: f64 = 720.0;
/// Between these heights the map lies; layers are numbered above, runners are named below.
pub const TOP: f64 = 52.0;
pub const BOTTOM: f64 = 572.0;
/// Left free at both sides.
const MARGIN: f64 = 80.0;

/// How a map is fitted in.
#[derive(Debug, Clone, Copy)]
pub struct Canvas {
    scale: f64,
    left: f64,
    top: f64,
}

impl Canvas {
    /// For a map of this size.
    pub fn new(width: i32, height: i32) -> Self {
        let (width, height) = (f64::from(width), f64::from(height));
        let fits = |room: f64, size: f64| if size > room { room / size } else { 1.0 };
        let scale = fits(WIDTH - 2.0 * MARGIN, width).min(fits(BOTTOM - TOP - MARGIN, height));
        Self {
            scale,
            left: (WIDTH - width * scale) / 2.0,
            top: f64::midpoint(TOP, BOTTOM) - height * scale / 2.0,
        }
    }

    pub fn x(&self, x: i32) -> f64 {
        self.left + f64::from(x) * self.scale
    }

    pub fn at(&self, place: Place) -> [f64; 2] {
        [self.x(place.x), self.top + f64::from(place.y) * self.scale]
    }

    pub fn line(&self, points: &[Point]) -> Vec<[f64; 2]> {
        points.iter().map(|&[x, y]| self.at(Place { x, y })).collect()
    }
}
