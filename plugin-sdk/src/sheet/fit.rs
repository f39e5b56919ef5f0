use super::{Category, Line};

/// How large a sheet is drawn on an overlay, which cannot scroll: many lines are drawn smaller, down to what can be read on a
/// stream; then the rest is only counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    /// Pixels.
    pub text: usize,
    /// Categories side by side.
    pub columns: usize,
    /// Characters that fit beside each other in one.
    chars: usize,
    /// Rows that a category may take.
    rows: usize,
}

/// Font sizes, the last of them the smallest that is read on a stream.
const SIZES: [usize; 4] = [32, 28, 24, 22];

impl Fit {
    /// For a canvas in pixels.
    pub fn new(width: usize, height: usize, categories: &[&Category]) -> Self {
        for text in SIZES {
            let fit = Self::of(text, width, height);
            if fit.packs(categories, usize::MAX) {
                return fit;
            }
        }
        let mut fit = Self::of(SIZES[SIZES.len() - 1], width, height);
        fit.rows = (3..=fit.rows).rev().find(|cap| fit.packs(categories, *cap)).unwrap_or(3);
        fit
    }

    /// Whether all of them have room, one below the other, each whole in one column, where none takes more than `cap` rows.
    fn packs(&self, categories: &[&Category], cap: usize) -> bool {
        let (mut columns, mut left) = (self.columns, 0);
        for needs in categories.iter().map(|category| self.needs(category).min(cap)) {
            if needs > left {
                if columns == 0 || needs > self.rows {
                    return false;
                }
                columns -= 1;
                left = self.rows;
            }
            left -= needs;
        }
        true
    }

    fn of(text: usize, width: usize, height: usize) -> Self {
        let columns = (width / (text * 16)).clamp(1, 3);
        // Of a column, plate and gap take 40 pixels; a letter is some 0.56 of its height wide, a line 1.22 and 5 pixels high.
        let chars = (width / columns).saturating_sub(40) * 100 / (text * 56);
        Self {
            text,
            columns,
            chars: chars.max(1),
            rows: height.saturating_sub(24) * 100 / (text * 122 + 500),
        }
    }

    /// Rows of a category: its name with what is around it, and its lines.
    fn needs(&self, category: &Category) -> usize {
        2 + category.items.iter().map(|line| self.row(category, line)).sum::<usize>()
    }

    fn row(&self, category: &Category, line: &Line) -> usize {
        let cells = line.cells(category.columns);
        // Words do not fill a row up to its end.
        let width = (self.chars * 9 / 10 / cells.len().max(1)).max(1);
        cells.iter().map(|cell| cell.chars().count().div_ceil(width)).max().unwrap_or(1).max(1)
    }

    /// Lines of this category that there is room for.
    pub fn lines(&self, category: &Category) -> usize {
        if self.needs(category) <= self.rows {
            return category.items.len();
        }
        let mut left = self.rows.saturating_sub(3);
        let fitting = category.items.iter().take_while(|line| {
            let row = self.row(category, line);
            let fits = row <= left;
            left = left.saturating_sub(row);
            fits
        });
        fitting.count()
    }
}
