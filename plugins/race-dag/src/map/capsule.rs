//! A thick line with round ends: what a word, a line or a station takes of the picture.

#[derive(Debug, Clone, Copy)]
pub(super) struct Capsule {
    from: [f64; 2],
    to: [f64; 2],
    radius: f64,
}

impl Capsule {
    pub fn new(from: [f64; 2], to: [f64; 2], radius: f64) -> Self {
        Self { from, to, radius }
    }

    pub fn wider(&self, by: f64) -> Self {
        Self { radius: self.radius + by, ..*self }
    }

    pub fn is_within(&self, least: [f64; 2], most: [f64; 2]) -> bool {
        (0..2).all(|axis| {
            let (low, high) = self.reach(axis);
            low >= least[axis] && high <= most[axis]
        })
    }

    pub fn touches(&self, other: &Self) -> bool {
        let near = (0..2).all(|axis| {
            let (a, b) = (self.reach(axis), other.reach(axis));
            a.0 <= b.1 && b.0 <= a.1
        });
        near && self.distance(other) < self.radius + other.radius
    }

    fn reach(&self, axis: usize) -> (f64, f64) {
        let (a, b) = (self.from[axis], self.to[axis]);
        (a.min(b) - self.radius, a.max(b) + self.radius)
    }

    /// Between the lines in the middle of both.
    fn distance(&self, other: &Self) -> f64 {
        if crosses(self, other) && crosses(other, self) {
            return 0.0;
        }
        let ends = [
            from_line(self.from, other),
            from_line(self.to, other),
            from_line(other.from, self),
            from_line(other.to, self),
        ];
        ends.into_iter().fold(f64::INFINITY, f64::min)
    }
}

/// Whether the ends of `b` lie on different sides of `a`.
fn crosses(a: &Capsule, b: &Capsule) -> bool {
    let side = |p: [f64; 2]| {
        (a.to[0] - a.from[0]) * (p[1] - a.from[1]) - (a.to[1] - a.from[1]) * (p[0] - a.from[0])
    };
    side(b.from) * side(b.to) < 0.0
}

fn from_line(point: [f64; 2], line: &Capsule) -> f64 {
    let (dx, dy) = (line.to[0] - line.from[0], line.to[1] - line.from[1]);
    let along = (point[0] - line.from[0]) * dx + (point[1] - line.from[1]) * dy;
    let length = dx * dx + dy * dy;
    let part = if length > 0.0 { (along / length).clamp(0.0, 1.0) } else { 0.0 };
    (point[0] - line.from[0] - part * dx).hypot(point[1] - line.from[1] - part * dy)
}
