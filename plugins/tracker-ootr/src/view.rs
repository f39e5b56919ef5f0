use maud::{Markup, html};
use regie_sdk::grid::{self, Kind, Layout, Sizes};
use regie_sdk::{Html, View, html as blocks};
use serde_json::json;

use crate::items::{Group, ITEMS, Item};
use crate::state::{Inventory, State};

/// Items, with the rewards below or beside them.
const SIZES: Sizes = Sizes {
    player: (62, 4),
    default: [(92, 6), (74, 5), (54, 4), (40, 3), (33, 3)],
    strip: [(70, 3), (64, 4), (48, 4), (36, 3)],
    strip_columns: (26, 25),
};

pub fn page(state: &State, view: &View) -> Html {
    let nobody = Inventory::default();
    grid::page(view, &SIZES, |player, layout| {
        let inventory = state.slots.get(&player.slot).unwrap_or(&nobody);
        self::player(&Cells { slot: player.slot, inventory, view }, layout)
    })
}

/// What a low row has room for.
const MOST_ASKED: [&str; 16] = [
    "bow",
    "hookshot",
    "bomb_bag",
    "hammer",
    "strength",
    "scale",
    "magic_meter",
    "dins_fire",
    "light_arrows",
    "fire_arrows",
    "hover_boots",
    "iron_boots",
    "mirror_shield",
    "zeldas_lullaby",
    "song_of_time",
    "adult_trade",
];

fn player(cells: &Cells, layout: Layout) -> Markup {
    let shown = |group: Group| shows(cells.view, group);
    html! {
        @match layout.kind {
            Kind::Groups => {
                @for group in Group::ALL.into_iter().filter(|group| shown(*group)) { (cells.group(group)) }
            }
            Kind::Block | Kind::Wide => {
                div class="grid items" data-key="items" {
                    (cells.all(|item| item.group != Group::Rewards && shown(item.group)))
                }
                @if shown(Group::Rewards) {
                    div class="grid rewards" data-key="rewards" { (cells.all(|item| item.group == Group::Rewards)) }
                }
            }
            Kind::Strip => {
                div class="grid items" data-key="items" { (cells.all(|item| shown(item.group))) }
            }
            Kind::Row => {
                div class="grid items" data-key="items" {
                    (cells.all(|item| MOST_ASKED.contains(&item.id)))
                    @if shown(Group::Rewards) { (cells.all(|item| item.group == Group::Rewards)) }
                }
            }
        }
    }
}

fn shows(view: &View, group: Group) -> bool {
    match group {
        Group::Songs | Group::Warps => view.flag("show_songs", true),
        Group::Rewards => view.flag("show_rewards", true),
        _ => true,
    }
}

/// Draws the cells of one player.
struct Cells<'a> {
    slot: u32,
    inventory: &'a Inventory,
    view: &'a View<'a>,
}

impl Cells<'_> {
    fn group(&self, group: Group) -> Markup {
        let name = group.name().in_locale(self.view.locale);
        grid::group(group.name().en, name, "grid", self.all(|item| item.group == group))
    }

    fn all(&self, wanted: impl Fn(&Item) -> bool) -> Markup {
        html! { @for (index, item) in ITEMS.iter().enumerate() { @if wanted(item) { (self.cell(index, item)) } } }
    }

    fn cell(&self, index: usize, item: &Item) -> Markup {
        let view = self.view;
        let (count, max) = (self.inventory.items.at(index), item.max);
        let title = item.level_name(count).in_locale(view.locale);
        let state = grid::state(count, max);
        // What is there or not is switched by one click; the rest counts up by it and down by the other.
        let step = if max == 1 && count == 1 { -1 } else { 1 };
        let act = |step: i32| json!({"slot": self.slot, "item": item.id, "step": step});
        let mut button = view
            .button(self.spoken(item, count))
            .class(format!("cell {state} {}", item.icon(count)))
            .act(act(step))
            .alt(act(-1));
        // Nobody points at an overlay, and its cells never change places.
        if view.overlay().is_none() {
            button = button.title(title).key(item.id);
        }
        let button = button.body(html! {
            @if max > 6 { @if count > 0 { (blocks::plate(count)) } }
            @else if max > 1 { (grid::bar(count, max)) }
        });
        grid::labelled(view, item.id, title, button)
    }

    /// "Bow, 2 of 3"; a trade quest says at which step it is: "Child trade: Skull Mask, 5 of 8".
    fn spoken(&self, item: &Item, count: u32) -> String {
        let name = item.name.in_locale(self.view.locale);
        let of = self.view.t("of", "sur");
        let step = item.levels.first().is_some_and(|level| level.canonical.is_some()) && count > 0;
        if step {
            let at = item.level_name(count).in_locale(self.view.locale);
            format!("{name}{} {at}, {count} {of} {}", self.view.t(":", " :"), item.max)
        } else {
            format!("{name}, {count} {of} {}", item.max)
        }
    }
}
