//! How large cells are on which surface: overlay sizes are a contract with scenes in OBS, so they are numbers, not flow.

use regie_sdk::View;

/// What a surface shows of a player, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    pub kind: Kind,
    /// Side of a cell and space between two, in pixels; the page's own where absent.
    pub cell: Option<(u32, u32)>,
    /// Cells side by side.
    pub columns: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Headings and groups, as wide as the page.
    Groups,
    /// Items over dungeons, without headings.
    Block,
    /// Items beside dungeons.
    Wide,
    /// Everything in low rows.
    Strip,
    /// The most asked-for in one row, behind the name.
    Row,
}

pub fn layout(view: &View, players: usize) -> Layout {
    match view.overlay() {
        None if view.surface == "panel" => Layout { kind: Kind::Block, cell: None, columns: 7 },
        None => Layout { kind: Kind::Groups, cell: None, columns: 7 },
        Some("strip") => strip(players),
        Some("player") => Layout { kind: Kind::Block, cell: Some((60, 4)), columns: 7 },
        Some(_) => default(players),
    }
}

/// 1280 × 720, players beside each other, from five on in two rows.
fn default(players: usize) -> Layout {
    let (kind, cell) = match players {
        0 | 1 => (Kind::Wide, (80, 6)),
        2 => (Kind::Block, (66, 5)),
        3 => (Kind::Block, (53, 5)),
        4 => (Kind::Block, (39, 4)),
        _ => (Kind::Block, (31, 3)),
    };
    Layout { kind, cell: Some(cell), columns: 7 }
}

/// 1920 × 160: one player in two rows of everything, several in a row each.
fn strip(players: usize) -> Layout {
    let (kind, cell, columns) = match players {
        0 | 1 => (Kind::Strip, (72, 4), 25),
        2 => (Kind::Row, (57, 3), 28),
        3 => (Kind::Row, (48, 4), 28),
        4 => (Kind::Row, (36, 3), 28),
        // Down to 16 pixels for eight: readable as colour only, but nobody is left out.
        several => (Kind::Row, (u32::try_from(160 / several).unwrap_or(17).saturating_sub(4), 3), 28),
    };
    Layout { kind, cell: Some(cell), columns }
}
