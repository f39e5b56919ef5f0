//! Race mode: a bingo board, raced for lines, for the whole board, or square by square against each other.

mod action;
mod board;
mod goals;
mod ranks;
mod shown;
mod view;

use regie_sdk::{
    Catalog, Context, Fault, Html, Initial, Preset, Projection, Race, RaceMode, Standings, View, Viewer,
};

pub use action::Action;
pub use board::{Board, Rule, State};
pub use shown::Shown;

pub struct Bingo;

impl RaceMode for Bingo {
    type State = State;
    type Action = Action;
    type Shown = Shown;

    fn catalog(&self, cx: &Context) -> Catalog {
        Catalog::new(cx.t("Bingo race", "Course de bingo"))
    }

    fn preset(&self, request: &Preset) -> State {
        State::new(Board::drawn(request))
    }

    fn start(&self, request: &Preset) -> Result<Initial<State>, Fault> {
        let board = match request.seed::<Board>()? {
            Some(board) => board.checked()?,
            None => Board::drawn(request),
        };
        Initial::from(State::new(board.clone())).with_seed(&board)
    }

    fn update(&self, state: &mut State, action: Action, cx: &Context) -> Result<(), Fault> {
        action::update(state, action, cx)
    }

    fn standings(&self, state: &State, race: &Race) -> Standings {
        ranks::standings(state, race, None)
    }

    fn project(
        &self,
        state: &State,
        standings: Standings,
        viewer: &Viewer,
        race: &Race,
    ) -> Projection<Shown> {
        shown::project(state, standings, viewer, race)
    }

    fn render(&self, shown: &Shown, view: &View) -> Html {
        view::render(shown, view)
    }
}

regie_sdk::export!(Bingo, race);
