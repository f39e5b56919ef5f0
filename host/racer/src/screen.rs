//! The in-game layout, in a terminal.

use ratatui::{
    DefaultTerminal, Frame,
    crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers},
    layout::{Constraint, Layout, Rect},
    style::{Color, Modifier, Style},
    text::{Line, Span},
    widgets::{Block, Borders, Paragraph},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{Row, Settings, View, race::Wish};

/// Okabe and Ito's: told apart by colour-blind people too. The place and the name say the same.
const COLOURS: [Color; 8] = [
    Color::Rgb(86, 180, 233),
    Color::Rgb(230, 159, 0),
    Color::Rgb(0, 158, 115),
    Color::Rgb(240, 228, 66),
    Color::Rgb(204, 121, 167),
    Color::Rgb(213, 94, 0),
    Color::Rgb(0, 114, 178),
    Color::Rgb(200, 200, 200),
];
const WIDTH: usize = 42;
const PLACE: usize = 3;

/// The terminal, given back when it is dropped.
pub struct Screen {
    terminal: DefaultTerminal,
    toggle_ui: String,
    toggle_exits: String,
    shows: bool,
    exits: bool,
}

impl Drop for Screen {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

impl Screen {
    pub fn open(settings: &Settings) -> Self {
        Self {
            terminal: ratatui::init(),
            toggle_ui: settings.keybindings.toggle_ui.to_lowercase(),
            toggle_exits: settings.keybindings.toggle_exits.to_lowercase(),
            shows: true,
            exits: settings.overlay.show_exits,
        }
    }

    /// Reads what was typed; never waits.
    pub fn keys(&mut self, wish: &mpsc::Sender<Wish>, quit: &mut CancellationToken) {
        while event::poll(std::time::Duration::ZERO).unwrap_or(false) {
            let Ok(Event::Key(key)) = event::read() else { continue };
            if key.kind != KeyEventKind::Press {
                continue;
            }
            let name = match key.code {
                KeyCode::F(n) => format!("f{n}"),
                KeyCode::Char(c) => c.to_lowercase().to_string(),
                KeyCode::Esc => "esc".into(),
                _ => continue,
            };
            let wished = match name.as_str() {
                "c" if key.modifiers.contains(KeyModifiers::CONTROL) => return quit.cancel(),
                "q" | "esc" => return quit.cancel(),
                "r" => Some(Wish::Ready),
                // A capital letter: nobody gives up by leaning on the keyboard.
                "a" if key.modifiers.contains(KeyModifiers::SHIFT) => Some(Wish::Abandon),
                name if name == self.toggle_ui => {
                    self.shows = !self.shows;
                    None
                }
                name if name == self.toggle_exits => {
                    self.exits = !self.exits;
                    None
                }
                _ => None,
            };
            if let Some(wished) = wished {
                let _ = wish.try_send(wished);
            }
        }
    }

    /// A terminal that cannot be written to shows nothing; the race goes on.
    pub fn draw(&mut self, view: &View, igt_ms: u64) {
        let (shows, exits, toggle) = (self.shows, self.exits, self.toggle_exits.clone());
        let _ = self.terminal.draw(|frame| {
            if shows {
                draw(frame, view, igt_ms, exits, &toggle);
            }
        });
    }
}

fn draw(frame: &mut Frame, view: &View, igt_ms: u64, exits: bool, toggle: &str) {
    let lines = body(view, igt_ms, exits, toggle);
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let [area, _] = Layout::vertical([Constraint::Length(height), Constraint::Min(0)]).areas(frame.area());
    let width = u16::try_from(WIDTH + 2).unwrap_or(u16::MAX).min(area.width);
    let state = if view.connected { view.status.as_str() } else { "away" };
    let title = format!(" {} · {state} ", view.race);
    let block = Block::new().borders(Borders::ALL).title(title);
    frame.render_widget(Paragraph::new(lines).block(block), Rect { width, ..area });
}

fn body(view: &View, igt_ms: u64, exits: bool, toggle: &str) -> Vec<Line<'static>> {
    let last = view.last_layer;
    let own = view.own();
    let tier = view.zone.tier.map_or(String::new(), |tier| format!("Tier {tier}"));
    let layer = own.map_or(String::new(), |row| format!("{}/{last}", row.layer));
    let mut lines = vec![
        Line::styled(ends(&view.zone.name, &clock(igt_ms)), Modifier::BOLD),
        Line::from(ends(&tier, &layer)),
        rule(),
    ];
    lines.extend(view.rows.iter().enumerate().map(|(index, row)| entry(row, index, last, row.id == view.me)));
    if !view.zone.exits.is_empty() {
        lines.push(rule());
        let mark = if exits { "v" } else { ">" };
        lines.push(Line::from(format!("{mark} Exits ({toggle})")));
        let known = view.zone.exits.iter().filter(|_| exits);
        lines.extend(
            known.map(|(text, to)| Line::from(format!("  -> {} ({text})", to.as_deref().unwrap_or("???")))),
        );
    }
    if !view.note.is_empty() {
        lines.extend([rule(), Line::styled(cut(&view.note, WIDTH), Color::Yellow)]);
    }
    lines
}

fn entry(row: &Row, index: usize, last: u64, own: bool) -> Line<'static> {
    let place = if row.place == 0 { "-".into() } else { format!("{}.", row.place) };
    let end = match row.status.as_str() {
        "finished" => format!("{} FIN", clock(row.igt_ms)),
        "abandoned" | "disqualified" => row.status.clone(),
        "playing" => format!("{} {:>5}", bar(row.layer, last), format!("{}/{last}", row.layer)),
        other => other.to_owned(),
    };
    let room = WIDTH.saturating_sub(PLACE + end.chars().count() + 1);
    let name = cut(&row.name, room);
    let style = Style::new().fg(COLOURS[index % COLOURS.len()]);
    let line = Line::from(vec![
        Span::raw(format!("{place:<PLACE$}")),
        Span::styled(format!("{name:<room$} "), style),
        Span::raw(end),
    ]);
    if own { line.style(Modifier::REVERSED) } else { line }
}

fn bar(layer: u64, last: u64) -> String {
    let tenths = (layer.min(last) * 10).checked_div(last).unwrap_or(0);
    let filled = usize::try_from(tenths).unwrap_or(0);
    format!("{}{}", "█".repeat(filled), "░".repeat(10 - filled))
}

fn rule() -> Line<'static> {
    Line::styled("─".repeat(WIDTH), Modifier::DIM)
}

/// One text at the left end and one at the right.
fn ends(left: &str, right: &str) -> String {
    let room = WIDTH.saturating_sub(right.chars().count() + 1);
    format!("{:<room$} {right}", cut(left, room))
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// `01:02:03`
pub fn clock(ms: u64) -> String {
    let seconds = ms / 1000;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use ratatui::{Terminal, backend::TestBackend};
    use serde_json::json;

    use super::*;

    #[test]
    fn the_display_is_the_layout_of_the_game() {
        let mut view = View::default();
        view.hear(&json!({"type": "auth_ok", "participant_id": "2", "race": {"name": "Sunday", "status": "running"},
            "seed": {"total_layers": 13}, "participants": [
                {"id": "4", "name": "Player4", "status": "finished", "place": 1, "igt_ms": 6_332_000, "current_layer": 12},
                {"id": "1", "name": "Player1", "status": "playing", "place": 2, "current_layer": 8, "igt_ms": 5_000_000},
                {"id": "2", "name": "Toi", "status": "playing", "place": 3, "current_layer": 3, "igt_ms": 5_025_000}]}));
        view.hear(&json!({"type": "zone_update", "node_id": "n", "display_name": "Hall of Echoes", "tier": 8,
            "exits": [{"text": "the northern door", "to_name": "", "discovered": false}, {"text": "the well", "to_name": "Crypt"}]}));
        view.connected = true;
        let mut terminal = Terminal::new(TestBackend::new(46, 14)).unwrap();
        terminal.draw(|frame| draw(frame, &view, 5_025_000, true, "f11")).unwrap();
        let cells = terminal
            .backend()
            .buffer()
            .content()
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect::<Vec<_>>();
        let shown =
            cells.chunks(46).map(|row| row.concat().trim_end().to_owned()).collect::<Vec<_>>().join("\n");
        for expected in [
            "Sunday · running",
            "Hall of Echoes                    01:23:45",
            "Tier 8                                3/12",
            "1. Player4                    01:45:32 FIN",
            "2. Player1                ██████░░░░  8/12",
            "3. Toi",
            "v Exits (f11)",
            "-> ??? (the northern door)",
            "-> Crypt (the well)",
        ] {
            assert!(shown.contains(expected), "{expected}\n{shown}");
        }
    }
}
