//! What the server told, as the display shows it.

use serde_json::Value;

/// The race as this client knows it.
#[derive(Debug, Clone, Default)]
pub struct View {
    pub me: String,
    pub race: String,
    /// As the race's dialect calls it.
    pub status: String,
    /// Layers are counted from 0.
    pub last_layer: u64,
    /// Best first.
    pub rows: Vec<Row>,
    pub zone: Zone,
    /// The last refusal or news.
    pub note: String,
    /// How many frames the server would not have.
    pub refusals: u64,
    pub connected: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    pub id: String,
    pub name: String,
    pub status: String,
    pub place: u64,
    pub layer: u64,
    pub igt_ms: u64,
    pub gap_ms: Option<i64>,
    pub deaths: u64,
}

/// Where this player is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Zone {
    pub name: String,
    pub tier: Option<u64>,
    /// What it says, and where it leads once that is known.
    pub exits: Vec<(String, Option<String>)>,
}

impl Row {
    fn read(value: &Value) -> Self {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let number = |key: &str| value[key].as_u64().unwrap_or(0);
        Self {
            id: text("id"),
            name: text("name"),
            status: text("status"),
            place: number("place"),
            layer: number("current_layer"),
            igt_ms: number("igt_ms"),
            gap_ms: value["gap_ms"].as_i64(),
            deaths: number("death_count"),
        }
    }

    pub fn has_ended(&self) -> bool {
        matches!(self.status.as_str(), "finished" | "abandoned" | "disqualified")
    }
}

impl View {
    /// `auth_ok`, `race_state` and every other message; those it does not know change nothing.
    pub fn hear(&mut self, message: &Value) {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        match message["type"].as_str().unwrap_or_default() {
            "auth_ok" | "race_state" => {
                self.me = text(&message["participant_id"]).unwrap_or_else(|| std::mem::take(&mut self.me));
                self.race = text(&message["race"]["name"]).unwrap_or_default();
                self.status = text(&message["race"]["status"]).unwrap_or_default();
                let layers = message["seed"]["total_layers"].as_u64();
                self.last_layer = layers.map_or(self.last_layer, |layers| layers.saturating_sub(1));
                self.everybody(message);
            }
            "leaderboard_update" => self.everybody(message),
            "player_update" => {
                let row = Row::read(&message["player"]);
                if let Some(known) = self.rows.iter_mut().find(|known| known.id == row.id) {
                    *known = row;
                }
            }
            "race_status_change" => self.status = text(&message["status"]).unwrap_or_default(),
            "zone_update" => {
                let exits = message["exits"].as_array().into_iter().flatten();
                self.zone = Zone {
                    name: text(&message["display_name"]).unwrap_or_default(),
                    tier: message["tier"].as_u64(),
                    exits: exits
                        .map(|exit| {
                            (
                                text(&exit["text"]).unwrap_or_default(),
                                text(&exit["to_name"]).filter(|to| !to.is_empty()),
                            )
                        })
                        .collect(),
                };
            }
            "error" | "announcement" | "auth_error" => {
                self.refusals += u64::from(message["type"] == "error");
                let note = text(&message["message"]).or_else(|| text(&message["text"]));
                self.note = note.unwrap_or_default();
            }
            _ => {}
        }
    }

    fn everybody(&mut self, message: &Value) {
        if let Some(all) = message["participants"].as_array() {
            self.rows = all.iter().map(Row::read).collect();
        }
    }

    pub fn own(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == self.me)
    }

    /// Whether the race is still to start, whatever its dialect calls that.
    pub fn is_before(&self) -> bool {
        matches!(self.status.as_str(), "setup" | "draft" | "open" | "countdown")
    }

    pub fn is_over(&self) -> bool {
        matches!(self.status.as_str(), "finished" | "cancelled")
    }
}
