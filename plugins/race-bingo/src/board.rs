//! The document: a board, and who marked what of it when.

use std::collections::{BTreeMap, BTreeSet};

use regie_sdk::{Fault, Preset};
use serde::{Deserialize, Serialize};

use crate::goals::ANY_GAME;

/// Characters of a goal.
const MOST: usize = 200;

/// What a race is about, as its seed: `{"width":5,"height":5,"rule":"lines","lines":1,"shared":false,"goals":["…"]}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Board {
    pub width: usize,
    pub height: usize,
    #[serde(default)]
    pub rule: Rule,
    /// Of [`Rule::Lines`].
    #[serde(default = "one")]
    pub lines: usize,
    /// All mark the same board: a square belongs to who was first.
    #[serde(default)]
    pub shared: bool,
    /// Row by row.
    pub goals: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// So many rows, columns or diagonals.
    #[default]
    Lines,
    /// Every square.
    Blackout,
    /// More squares than anybody else can still get.
    Lockout,
}

/// The document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub board: Board,
    /// When each one's time began, by slot: milliseconds since 1970.
    #[serde(default)]
    pub started: BTreeMap<u32, i64>,
    /// By slot, then square: when, in milliseconds of that one's own time.
    #[serde(default)]
    pub marks: BTreeMap<u32, BTreeMap<usize, u64>>,
    /// By slot: the time at which it was done.
    #[serde(default)]
    pub done: BTreeMap<u32, u64>,
    /// Who may mark nothing any more, for another reason.
    #[serde(default)]
    pub out: BTreeSet<u32>,
}

fn one() -> usize {
    1
}

impl Board {
    /// As the settings say, with goals drawn by `random`. Where the operator's are too few, goals for any game fill the rest.
    pub fn drawn(preset: &Preset) -> Self {
        let number = |key: &str, or: usize| {
            let value = preset.settings.get(key).and_then(serde_json::Value::as_u64);
            value.and_then(|value| usize::try_from(value).ok()).unwrap_or(or)
        };
        let text =
            |key: &str| preset.settings.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
        let (width, height) = (number("width", 5).clamp(2, 9), number("height", 5).clamp(2, 9));
        let own = text("goals").split(['\n', ';']).map(str::trim);
        let mut goals: Vec<String> =
            own.filter(|goal| !goal.is_empty()).map(|goal| goal.chars().take(MOST).collect()).collect();
        let missing = (width * height).saturating_sub(goals.len());
        let any = shuffled(ANY_GAME.iter().map(|goal| (*goal).to_owned()).collect(), preset.random);
        goals.extend(any.into_iter().take(missing));
        let rule = match text("rule") {
            "blackout" => Rule::Blackout,
            "lockout" => Rule::Lockout,
            _ => Rule::Lines,
        };
        let shared = rule == Rule::Lockout || text("board") == "shared";
        let goals = shuffled(goals, preset.random).into_iter().take(width * height).collect();
        Self { width, height, rule, lines: number("lines", 1), shared, goals }.within_bounds()
    }

    fn within_bounds(mut self) -> Self {
        self.lines = self.lines.clamp(1, self.all_lines().len());
        self.shared |= self.rule == Rule::Lockout;
        self
    }

    /// # Errors
    /// `bad_seed` with the path of what does not fit.
    pub fn checked(self) -> Result<Self, Fault> {
        let wrong =
            |path: &str, message: String| Err(Fault::new("bad_seed", message).at(format!("seed.{path}")));
        if !(2..=9).contains(&self.width) || !(2..=9).contains(&self.height) {
            return wrong(
                "width",
                format!("a board has 2 to 9 squares a side, not {} by {}", self.width, self.height),
            );
        }
        if self.goals.len() != self.squares() {
            let message =
                format!("{} goals for a board of {} by {}", self.goals.len(), self.width, self.height);
            return wrong("goals", message);
        }
        if let Some(index) =
            self.goals.iter().position(|goal| goal.trim().is_empty() || goal.chars().count() > MOST)
        {
            return wrong(&format!("goals[{index}]"), format!("a goal is a text of 1 to {MOST} characters"));
        }
        Ok(self.within_bounds())
    }

    pub fn squares(&self) -> usize {
        self.width * self.height
    }

    /// Rows, columns and, on a square board, both diagonals.
    pub fn all_lines(&self) -> Vec<Vec<usize>> {
        let (w, h) = (self.width, self.height);
        let rows = (0..h).map(|y| (0..w).map(|x| y * w + x).collect());
        let columns = (0..w).map(|x| (0..h).map(|y| y * w + x).collect());
        let mut lines: Vec<Vec<usize>> = rows.chain(columns).collect();
        if w == h {
            lines.push((0..w).map(|i| i * w + i).collect());
            lines.push((0..w).map(|i| i * w + (w - 1 - i)).collect());
        }
        lines
    }

    pub fn lines_of(&self, marked: &BTreeMap<usize, u64>) -> usize {
        self.all_lines().iter().filter(|line| line.iter().all(|square| marked.contains_key(square))).count()
    }
}

impl State {
    pub fn new(board: Board) -> Self {
        Self {
            board,
            started: BTreeMap::new(),
            marks: BTreeMap::new(),
            done: BTreeMap::new(),
            out: BTreeSet::new(),
        }
    }

    pub fn marked(&self, slot: u32) -> impl Iterator<Item = (usize, u64)> {
        self.marks.get(&slot).into_iter().flatten().map(|(square, at)| (*square, *at))
    }

    /// Who was first to mark this square.
    pub fn owner(&self, square: usize) -> Option<u32> {
        self.marks.iter().find(|(_, marks)| marks.contains_key(&square)).map(|(slot, _)| *slot)
    }

    /// What counts for the rank: lines where they are raced for, else squares.
    pub fn progress(&self, slot: u32) -> usize {
        let Some(marks) = self.marks.get(&slot) else { return 0 };
        if self.board.rule == Rule::Lines { self.board.lines_of(marks) } else { marks.len() }
    }

    /// What `progress` comes to in the end.
    pub fn goal(&self) -> usize {
        match self.board.rule {
            Rule::Lines => self.board.lines,
            Rule::Blackout => self.board.squares(),
            Rule::Lockout => self.board.squares() / 2 + 1,
        }
    }

    /// As it was at this time of everybody's own clock.
    pub fn until(&self, igt_ms: u64) -> Self {
        let mut then = self.clone();
        for marks in then.marks.values_mut() {
            marks.retain(|_, at| *at <= igt_ms);
        }
        then.done.retain(|_, at| *at <= igt_ms);
        then
    }
}

/// Drawn by 64 hex digits (splitmix64, Fisher-Yates): the same digits, the same order.
fn shuffled(mut goals: Vec<String>, random: &str) -> Vec<String> {
    let mut seed = random.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    for end in (1..goals.len()).rev() {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let index = usize::try_from((mixed ^ (mixed >> 31)) % (end as u64 + 1)).unwrap_or(0);
        goals.swap(end, index);
    }
    goals
}
