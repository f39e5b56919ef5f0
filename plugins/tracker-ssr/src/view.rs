use maud::{Markup, html};
use regie_sdk::{Html, Participant, View, html as blocks};
use serde_json::json;

use crate::items::{
    DUNGEONS, Dungeon, GO_NAME, GRATITUDE, GRATITUDE_MAX, GRATITUDE_NAME, Group, ITEMS, Item, PACKS,
    SINGLE_NAME, SINGLES, index_of,
};
use crate::layout::{Kind, Layout, layout};
use crate::state::{Inventory, Progress, State};

pub fn page(state: &State, view: &View) -> Html {
    // The overlay of one player shows the first where its link names none.
    let limit = if view.overlay() == Some("player") { 1 } else { usize::MAX };
    let players: Vec<&Participant> = view.shown().take(limit).collect();
    let layout = layout(view, players.len());
    let class = match layout.kind {
        Kind::Groups => "ssr groups",
        Kind::Block => "ssr block",
        Kind::Wide => "ssr wide",
        Kind::Strip => "ssr strip",
        Kind::Row => "ssr rows",
    };
    let class = match view.overlay() {
        Some(_) => format!("{class} air"),
        None if view.surface == "panel" => format!("{class} panel"),
        None => class.to_owned(),
    };
    let size = layout
        .cell
        .map(|(cell, gap)| format!("--cell: {cell}px; --gap: {gap}px; --columns: {}", layout.columns));
    let nobody = Inventory::default();
    html! {
        div class=(class) style=[size] {
            @for player in players {
                (self::player(player, state.slots.get(&player.slot).unwrap_or(&nobody), view, layout))
            }
        }
    }
}

fn player(player: &Participant, inventory: &Inventory, view: &View, layout: Layout) -> Markup {
    let cells = Cells { slot: player.slot, inventory, view };
    let named = view.flag("show_players", true) && layout.kind != Kind::Strip;
    let dungeons = view.flag("show_dungeons", true);
    html! {
        section class="player" data-key={ "p" (player.slot) } aria-label=(player.label) {
            @if named { h2 class="label" { span class="label-text" { (player.label) } } }
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
    html! {
        div class="group" data-key={ "g-" (group.name().en) } role="group" aria-label=(name) {
            h3 class="heading" { (name) }
            div class=(class) { (cells) }
        }
    }
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
        // What is there or not is switched by one click; the rest counts up by it and down by the other.
        let step = if item.max == 1 && count == 1 { -1 } else { 1 };
        let act = |step: i32| json!({"slot": self.slot, "item": item.id, "step": step});
        let body = html! {
            (self.view.icon(&item.icon(count)))
            @if item.max > 6 { (blocks::plate(count)) }
            @else if item.max > 1 { (bar(count, item.max)) }
        };
        let level = item.level_name(count).in_locale(self.view.locale);
        self.cell(
            &format!("{name}, {}", self.of(count, item.max)),
            level,
            item.id,
            count,
            item.max,
            act(step),
            act(-1),
            body,
        )
    }

    fn gratitude(&self) -> Markup {
        let count = self.inventory.items.gratitude();
        let name = GRATITUDE_NAME.in_locale(self.view.locale);
        let act = |step: i32| json!({"slot": self.slot, "item": GRATITUDE, "step": step});
        let body = html! { (self.view.icon("icons/gratitude.svg")) (blocks::plate(count)) };
        let spoken = format!("{name}, {}", self.of(count, GRATITUDE_MAX));
        self.cell(&spoken, name, GRATITUDE, count, GRATITUDE_MAX, act(5), act(-5), body)
    }

    fn single_crystal(&self) -> Markup {
        let count = self.inventory.items.gratitude();
        let name = SINGLE_NAME.in_locale(self.view.locale);
        let act = |step: i32| json!({"slot": self.slot, "item": GRATITUDE, "step": step});
        let body = html! { (self.view.icon("icons/gratitude.svg")) (blocks::plate("+1")) };
        let spoken = format!("{name}, {}", self.of(count, GRATITUDE_MAX));
        self.cell(&spoken, name, "single", count, GRATITUDE_MAX, act(1), act(-1), body)
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
        self.view
            .button(format!("{name}, {word}"))
            .title(name)
            .class(class)
            .key(*code)
            .act(act(1))
            .alt(act(-1))
            .body(html! { span class="code" aria-hidden="true" { (code) } })
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
            (true, _) => "cell go done",
            (false, true) => "cell go off ready",
            (false, false) => "cell go off",
        };
        let name = GO_NAME.in_locale(self.view.locale);
        let act = |go: bool| json!({"slot": self.slot, "go": go});
        self.view
            .button(format!("{name}, {state}"))
            .title(name)
            .class(class)
            .key("go")
            .act(act(!on))
            .alt(act(false))
            .body(html! { (self.view.icon("icons/go.svg")) span class="word" aria-hidden="true" { "GO" } })
    }

    fn of(&self, count: u32, max: u32) -> String {
        format!("{count} {} {max}", self.view.t("of", "sur"))
    }

    #[expect(clippy::too_many_arguments, reason = "the one place where all that a cell says comes together")]
    fn cell(
        &self,
        spoken: &str,
        title: &str,
        key: &str,
        count: u32,
        max: u32,
        act: serde_json::Value,
        alt: serde_json::Value,
        body: Markup,
    ) -> Markup {
        let class = match count {
            0 => "cell off",
            1 if max == 1 => "cell on done one",
            count if count == max => "cell on done",
            _ => "cell on",
        };
        // Names under the icons only where there is room for them.
        let labelled = !self.view.surface.starts_with("overlay:") && self.view.surface != "panel";
        let labelled = labelled && self.view.flag("show_labels", false);
        let mut button = self.view.button(spoken).class(class).key(key).act(act).alt(alt);
        // Nobody points at an overlay.
        if self.view.overlay().is_none() {
            button = button.title(title);
        }
        let button = button.body(body);
        if labelled {
            html! { span class="labelled" data-key={ "l-" (key) } { (button) span class="under" aria-hidden="true" { (title) } } }
        } else {
            button
        }
    }
}

/// Level pips as one element: a tracker is drawn for every click, and sixty pips a player would be a third of it.
fn bar(level: u32, max: u32) -> Markup {
    html! { span class="bar" aria-hidden="true" style={ "--level:" (level) ";--max:" (max) } {} }
}
