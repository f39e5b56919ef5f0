use maud::{Markup, html};
use regie_sdk::grid::{self, Kind, Layout, Sizes, bar};
use regie_sdk::html::{Button, plate};
use regie_sdk::{Html, View};
use serde_json::json;

use crate::items::{
    DUNGEONS, Dungeon, GO_NAME, GRATITUDE, GRATITUDE_MAX, GRATITUDE_NAME, Group, ITEMS, Item, Name, PACKS,
    SINGLE_NAME, SINGLES, index_of,
};
use crate::state::{Inventory, Progress, State};

/// Items over or beside dungeons.
const SIZES: Sizes = Sizes {
    player: (60, 4),
    default: [(80, 6), (66, 5), (53, 5), (39, 4), (31, 3)],
    strip: [(72, 4), (57, 3), (48, 4), (36, 3)],
    strip_columns: (25, 28),
};

pub fn page(state: &State, view: &View) -> Html {
    let nobody = Inventory::default();
    grid::page(view, &SIZES, |player, layout| {
        let inventory = state.slots.get(&player.slot).unwrap_or(&nobody);
        self::player(&Cells { slot: player.slot, inventory, view }, layout)
    })
}

fn player(cells: &Cells, layout: Layout) -> Markup {
    let view = cells.view;
    let dungeons = view.flag("show_dungeons", true);
    html! {
        @match layout.kind {
            Kind::Groups => {
                @for group in Group::ITEMS {
                    @if shows(view, group) { (self::group(group, view, html! { @for cell in cells.group(group) { (cell) } })) }
                }
                @if dungeons { (group(Group::Dungeons, view, cells.dungeons())) }
                @else { div class="grid" data-key="go" { (cells.go()) } }
            }
            Kind::Block | Kind::Wide => {
                div class="grid items" data-key="items" {
                    @for group in Group::ITEMS { @if shows(view, group) { @for cell in cells.group(group) { (cell) } } }
                    @if !dungeons { (cells.go()) }
                }
                @if dungeons { div class="grid dungeons" data-key="dungeons" { (cells.dungeons()) } }
            }
            Kind::Strip => {
                div class="grid items" data-key="items" {
                    @for group in Group::ITEMS { @if shows(view, group) { @for cell in cells.group(group) { (cell) } } }
                    @if dungeons { @for index in 0..DUNGEONS.len() { (cells.dungeon(index)) } }
                    (cells.go())
                }
            }
            Kind::Row => {
                div class="grid items" data-key="items" {
                    @for id in MOST_ASKED { @if let Some(index) = index_of(id) { (cells.item(&ITEMS[index])) } }
                    (cells.gratitude())
                    @if dungeons { @for index in 0..DUNGEONS.len() { (cells.dungeon(index)) } }
                    (cells.go())
                }
            }
        }
    }
}

/// What a low row has room for.
const MOST_ASKED: [&str; 19] = [
    "epee",
    "beetle",
    "bow",
    "slingshot",
    "clawshots",
    "bomb",
    "whip",
    "bugnet",
    "gustbellows",
    "mitts",
    "water_scale",
    "fireshield",
    "tablets.emerald",
    "tablets.ruby",
    "tablets.amber",
    "soth",
    "triforces.courage",
    "triforces.power",
    "triforces.wisdom",
];

fn shows(view: &View, group: Group) -> bool {
    group != Group::Sidequests || view.flag("show_sidequests", true)
}

fn group(group: Group, view: &View, cells: Markup) -> Markup {
    let name = group.name().in_locale(view.locale);
    let class = if group == Group::Dungeons { "grid dungeons" } else { "grid" };
    grid::group(group.name().en, name, class, cells)
}

/// Draws the cells of one player.
struct Cells<'a> {
    slot: u32,
    inventory: &'a Inventory,
    view: &'a View<'a>,
}

impl Cells<'_> {
    fn group(&self, group: Group) -> Vec<Markup> {
        let mut cells: Vec<Markup> = ITEMS
            .iter()
            .filter(|item| item.group == group && item.id != PACKS && item.id != SINGLES)
            .map(|item| self.item(item))
            .collect();
        if group == Group::Sidequests {
            cells.push(self.gratitude());
            if self.view.can_edit {
                cells.push(self.single_crystal());
            }
        }
        cells
    }

    fn item(&self, item: &Item) -> Markup {
        let count = self.inventory.items.get(item.id);
        let name = item.name.in_locale(self.view.locale);
        self.cell(&Cell {
            key: item.id,
            item: item.id,
            name,
            title: item.level_name(count).in_locale(self.view.locale),
            icon: &item.icon(count),
            count,
            max: item.max,
            // What is there or not is switched by one click; the rest counts up by it and down by the other.
            steps: (if item.max == 1 && count == 1 { -1 } else { 1 }, -1),
            body: html! {
                @if item.max > 6 { (plate(count)) }
                @else if item.max > 1 { (bar(count, item.max)) }
            },
        })
    }

    fn gratitude(&self) -> Markup {
        let count = self.inventory.items.gratitude();
        self.crystals(GRATITUDE, GRATITUDE_NAME, 5, plate(count))
    }

    fn single_crystal(&self) -> Markup {
        self.crystals("single", SINGLE_NAME, 1, plate("+1"))
    }

    fn crystals(&self, key: &str, name: Name, step: i32, body: Markup) -> Markup {
        let name = name.in_locale(self.view.locale);
        self.cell(&Cell {
            key,
            item: GRATITUDE,
            name,
            title: name,
            icon: "i-gratitude",
            count: self.inventory.items.gratitude(),
            max: GRATITUDE_MAX,
            steps: (step, -step),
            body,
        })
    }

    /// Seven columns: state, keys, boss key; go mode where the last has no boss key.
    fn dungeons(&self) -> Markup {
        let part = |id: &str| index_of(id).map(|index| self.item(&ITEMS[index]));
        html! {
            @for index in 0..DUNGEONS.len() { (self.dungeon(index)) }
            @for Dungeon { keys, .. } in &DUNGEONS { @if let Some(cell) = part(keys) { (cell) } }
            @for Dungeon { boss_key, .. } in &DUNGEONS { @if let Some(cell) = boss_key.and_then(part) { (cell) } }
            (self.go())
        }
    }

    fn dungeon(&self, index: usize) -> Markup {
        let Dungeon { code, name, .. } = &DUNGEONS[index];
        let progress = self.inventory.dungeons.0[index];
        let (word, class) = match progress {
            Progress::Off => (self.view.t("not required", "non requis"), "cell dungeon off"),
            Progress::Required => (self.view.t("required", "requis"), "cell dungeon required"),
            Progress::Done => (self.view.t("done", "terminé"), "cell dungeon done"),
        };
        let name = name.in_locale(self.view.locale);
        let act = |step: i32| json!({"slot": self.slot, "dungeon": code, "step": step});
        self.button(&format!("{name}, {word}"), name, class, code)
            .act(act(1))
            .alt(act(-1))
            .body(html! { (code) })
    }

    fn go(&self) -> Markup {
        let on = self.inventory.go;
        let ready = !on && self.inventory.looks_ready();
        let state = match (on, ready) {
            (true, _) => self.view.t("on", "activé"),
            (false, true) => self.view.t("off, everything seems there", "désactivé, tout semble là"),
            (false, false) => self.view.t("off", "désactivé"),
        };
        let class = match (on, ready) {
            (true, _) => "cell go done i-go",
            (false, true) => "cell go off ready i-go",
            (false, false) => "cell go off i-go",
        };
        let name = GO_NAME.in_locale(self.view.locale);
        let act = |go: bool| json!({"slot": self.slot, "go": go});
        self.button(&format!("{name}, {state}"), name, class, "go")
            .act(act(!on))
            .alt(act(false))
            .body(html! { span class="word" { "GO" } })
    }

    fn cell(&self, cell: &Cell) -> Markup {
        let Cell { key, item, name, title, icon, count, max, steps, body } = cell;
        let state = grid::state(*count, *max);
        let act = |step: i32| json!({"slot": self.slot, "item": item, "step": step});
        let spoken = format!("{name}, {count} {} {max}", self.view.t("of", "sur"));
        let button = self
            .button(&spoken, title, &format!("cell {state} {icon}"), key)
            .act(act(steps.0))
            .alt(act(steps.1))
            .body(body);
        grid::labelled(self.view, key, title, button)
    }

    /// Nobody points at an overlay, and its cells never change places: it does without what would only be read again.
    fn button(&self, spoken: &str, title: &str, class: &str, key: &str) -> Button {
        let button = self.view.button(spoken).class(class);
        if self.on_page() { button.title(title).key(key) } else { button }
    }

    fn on_page(&self) -> bool {
        self.view.overlay().is_none()
    }
}

/// All that the cell of an item says. What it is and how many is its accessible name; `body` only draws that.
struct Cell<'a> {
    key: &'a str,
    item: &'a str,
    name: &'a str,
    title: &'a str,
    icon: &'a str,
    count: u32,
    max: u32,
    /// Of the one click and of the other.
    steps: (i32, i32),
    body: Markup,
}
