//! A tracker as a grid of cells for each player: how large they are on which surface, and the markup that `sdk/grid.css` styles.
//!
//! Overlay sizes are a contract with scenes in OBS, so they are numbers, not flow. A plugin says its own in [`Sizes`], and draws
//! what is in the grids:
//!
//! ```
//! use regie_sdk::{Html, View, grid, html};
//! use regie_sdk::grid::{Kind, Sizes};
//!
//! const SIZES: Sizes = Sizes {
//!     player: (62, 4),
//!     default: [(92, 6), (74, 5), (54, 4), (40, 3), (33, 3)],
//!     strip: [(70, 3), (64, 4), (48, 4), (36, 3)],
//!     strip_columns: (26, 25),
//! };
//!
//! fn render(bows: u32, view: &View) -> Html {
//!     grid::page(view, &SIZES, |player, layout| {
//!         let cell = view
//!             .button(format!("Bow, {bows} of 3"))
//!             .class(format!("cell i-bow {}", grid::state(bows, 3)))
//!             .act(serde_json::json!({"slot": player.slot, "item": "bow", "step": 1}))
//!             .body(grid::bar(bows, 3));
//!         regie_sdk::maud::html! {
//!             div class=(if layout.kind == Kind::Groups { "grid" } else { "grid items" }) data-key="items" { (cell) }
//!         }
//!     })
//! }
//! ```
//!
//! The manifest of such a plugin has the overlays `default` (1280 × 720), `player` (one player) and `strip` (1920 × 160), and may
//! have the switches `show_players` and `show_labels`.

use maud::html;

use crate::{Html, Participant, View};

/// Side of a cell and space between two, in pixels.
pub type Cell = (u32, u32);

/// How large cells are on the overlays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// On the overlay `player`.
    pub player: Cell,
    /// On 1280 × 720, for one player, two, three, four, and more in two rows.
    pub default: [Cell; 5],
    /// On 1920 × 160, for one player, two, three and four, below each other. Those of more players follow from the height.
    pub strip: [Cell; 4],
    /// Cells side by side on 1920 × 160: of one player, and of several.
    pub strip_columns: (u32, u32),
}

/// What a surface shows of a player, and how large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    pub kind: Kind,
    /// The style sheet's own where absent.
    pub cell: Option<Cell>,
    /// Cells side by side.
    pub columns: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Headings and groups, as wide as the page.
    Groups,
    /// Grids over each other, without headings.
    Block,
    /// Grids beside each other.
    Wide,
    /// Everything in two low rows.
    Strip,
    /// The most asked-for in one row, behind the name.
    Row,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Groups => "groups",
            Self::Block => "block",
            Self::Wide => "wide",
            Self::Strip => "strip",
            Self::Row => "rows",
        }
    }
}

/// Cells side by side where there is height enough; as many as a telephone shows for a thumb.
const COLUMNS: u32 = 7;

impl Layout {
    pub fn new(view: &View, players: usize, sizes: &Sizes) -> Self {
        let of = |kind, cell| Self { kind, cell, columns: COLUMNS };
        match view.overlay() {
            None if view.surface == "panel" => of(Kind::Block, None),
            None => of(Kind::Groups, None),
            Some("strip") => Self::strip(players, sizes),
            Some("player") => of(Kind::Block, Some(sizes.player)),
            Some(_) => {
                let kind = if players <= 1 { Kind::Wide } else { Kind::Block };
                of(kind, Some(sizes.default[players.clamp(1, 5) - 1]))
            }
        }
    }

    fn strip(players: usize, sizes: &Sizes) -> Self {
        let kind = if players <= 1 { Kind::Strip } else { Kind::Row };
        let (alone, several) = sizes.strip_columns;
        let columns = if players <= 1 { alone } else { several };
        let cell = sizes.strip.get(players.max(1) - 1).copied().unwrap_or_else(|| {
            // Down to 16 pixels for eight: readable as colour only, but nobody is left out.
            (u32::try_from(160 / players).unwrap_or(17).saturating_sub(4), 3)
        });
        Self { kind, cell: Some(cell), columns }
    }
}

/// All players, each with its name over what `cells` draws: one or more `div.grid`, of which `items` are laid out in the layout's
/// columns. The overlay `player` shows the first where its link names none. Names fall away where the switch `show_players` is off.
///
/// Classes: `tracker` (with the kind, and `air` or `panel`) `player` `label`.
pub fn page(view: &View, sizes: &Sizes, cells: impl Fn(&Participant, Layout) -> Html) -> Html {
    let limit = if view.overlay() == Some("player") { 1 } else { usize::MAX };
    let players: Vec<&Participant> = view.shown().take(limit).collect();
    let layout = Layout::new(view, players.len(), sizes);
    let surface = match view.overlay() {
        Some(_) => " air",
        None if view.surface == "panel" => " panel",
        None => "",
    };
    let size = layout
        .cell
        .map(|(cell, gap)| format!("--cell: {cell}px; --gap: {gap}px; --columns: {}", layout.columns));
    html! {
        div class={ "tracker " (layout.kind.class()) (surface) } style=[size] {
            @for player in players { (self::player(player, view, layout, cells(player, layout))) }
        }
    }
}

fn player(player: &Participant, view: &View, layout: Layout, cells: Html) -> Html {
    let name = if player.label.is_empty() {
        format!("{} {}", view.t("Player", "Joueur"), player.slot)
    } else {
        player.label.clone()
    };
    let named = view.flag("show_players", true) && layout.kind != Kind::Strip && !player.label.is_empty();
    html! {
        section class="player" data-key={ "p" (player.slot) } data-x-slot=(player.slot) aria-label=(name) {
            @if named { h2 class="label" { span class="label-text" { (player.label) } } }
            (cells)
        }
    }
}

/// Cells of the live page under a heading.
pub fn group(key: &str, name: &str, class: &str, cells: impl maud::Render) -> Html {
    html! {
        div class="group" data-key={ "g-" (key) } role="group" aria-label=(name) {
            h3 class="heading" { (name) }
            div class=(class) { (cells) }
        }
    }
}

/// Classes of a cell that holds `count` of `max`: dim, lit, or lit with a gold corner.
pub fn state(count: u32, max: u32) -> &'static str {
    match (count, max) {
        (0, _) => "off",
        (1, 1) => "on done one",
        (count, max) if count == max => "on done",
        _ => "on",
    }
}

/// A cell with its name under it, where there is room and the switch `show_labels` is on; else the cell alone.
pub fn labelled(view: &View, key: &str, name: &str, cell: Html) -> Html {
    if view.overlay().is_some() || view.surface == "panel" || !view.flag("show_labels", false) {
        return cell;
    }
    html! { span class="labelled" data-key={ "l-" (key) } { (cell) span class="under" aria-hidden="true" { (name) } } }
}

/// Level pips as one element: a tracker is drawn for every click, and sixty pips a player would be a third of it.
pub fn bar(level: u32, max: u32) -> Html {
    html! { span class="bar" style={ "--level:" (level) ";--max:" (max) } {} }
}
