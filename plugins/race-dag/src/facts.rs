//! What the hooks need of a seed, made once: layers, zones, flags and ways by number, and the names that are told.
//!
//! A node is a number here, its place in the order of layer and id. A real seed has 84 KB and goes to `preset` and `reveal` only; these
//! facts go into `derived`, and what its 16 KB do not hold goes into the state.

mod core;

use regie_sdk::Fault;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

pub use self::core::{Core, Place, order};
use crate::{graph::Graph, random::Random};

/// Bytes of facts in `derived`; the rest of the 16 KB is for what is around them.
const ROOM: usize = (16 << 10) - 256;

/// `derived`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Derived {
    /// Orders the names of nodes that nobody has been to: without it their ids say nothing.
    pub salt: String,
    pub facts: Facts,
}

/// All of them over `derived` and the state; each is in one of the two.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub core: Option<Core>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Names>,
    /// What `map::layout` made of the whole graph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<Value>,
}

/// What is told in words, by the number of the node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    pub nodes: Vec<String>,
    /// Where each gate stands, in the order of [`Place::exits`].
    pub exits: Vec<Vec<String>>,
}

impl Facts {
    pub fn of(graph: &Graph, layout: Value) -> Self {
        let (core, names) = Core::of(graph);
        Self { core: Some(core), names: Some(names), layout: Some(layout) }
    }

    /// What `derived` has room for, and what goes elsewhere: the index first, which every call needs, then names, then the map.
    pub fn split(self) -> (Self, Option<Self>) {
        let (mut here, mut rest, mut room) = (Self::default(), Self::default(), ROOM);
        if fits(&self.core, &mut room) {
            here.core = self.core
        } else {
            rest.core = self.core
        }
        if fits(&self.names, &mut room) {
            here.names = self.names
        } else {
            rest.names = self.names
        }
        if fits(&self.layout, &mut room) {
            here.layout = self.layout
        } else {
            rest.layout = self.layout
        }
        let rest = Some(rest).filter(|rest| *rest != Self::default());
        (here, rest)
    }
}

/// Takes the room it needs where that is left.
fn fits(part: &impl Serialize, room: &mut usize) -> bool {
    let bytes = serde_json::to_string(part).map_or(usize::MAX, |text| text.len());
    let fits = bytes <= *room;
    if fits {
        *room -= bytes;
    }
    fits
}

/// One part of `derived`, the others skipped unread: most calls need no names, few the map.
#[derive(Debug, Deserialize)]
pub struct Only<P> {
    facts: P,
}

#[derive(Debug, Deserialize)]
pub struct OnlyCore {
    #[serde(default)]
    core: Option<Core>,
}

#[derive(Debug, Deserialize)]
pub struct OnlyNames {
    #[serde(default)]
    names: Option<Names>,
}

/// Something that can read `derived` as any type.
pub trait Reads {
    /// # Errors
    /// `bad_derived` where it is not a `T`.
    fn read<T: DeserializeOwned>(&self) -> Result<Option<T>, Fault>;
}

impl Reads for regie_sdk::Context<'_> {
    fn read<T: DeserializeOwned>(&self) -> Result<Option<T>, Fault> {
        self.derived()
    }
}

impl Reads for regie_sdk::Race<'_> {
    fn read<T: DeserializeOwned>(&self) -> Result<Option<T>, Fault> {
        self.derived()
    }
}

/// The index, from wherever it is.
///
/// # Errors
/// `bad_derived` where there is none: the race was never set up.
pub fn core(derived: &impl Reads, rest: Option<&Facts>) -> Result<Core, Fault> {
    let here = derived.read::<Only<OnlyCore>>()?.and_then(|only| only.facts.core);
    here.or_else(|| rest?.core.clone()).ok_or_else(|| missing("index"))
}

/// The names, from wherever they are.
///
/// # Errors
/// As [`core`].
pub fn names(derived: &impl Reads, rest: Option<&Facts>) -> Result<Names, Fault> {
    let here = derived.read::<Only<OnlyNames>>()?.and_then(|only| only.facts.names);
    here.or_else(|| rest?.names.clone()).ok_or_else(|| missing("names"))
}

/// Everything: the index, the names, the map.
///
/// # Errors
/// As [`core`].
pub fn all(derived: &impl Reads, rest: Option<&Facts>) -> Result<(Core, Names, Option<Value>), Fault> {
    let here = derived.read::<Derived>()?.map(|derived| derived.facts).unwrap_or_default();
    let core = here.core.or_else(|| rest?.core.clone()).ok_or_else(|| missing("index"))?;
    let names = here.names.or_else(|| rest?.names.clone()).ok_or_else(|| missing("names"))?;
    Ok((core, names, here.layout.or_else(|| rest?.layout.clone())))
}

/// For the hooks that must not fail: without facts nobody has moved and nothing is known of a seed.
pub fn or_log<T: Default>(facts: Result<T, Fault>) -> T {
    facts.unwrap_or_else(|fault| {
        regie_sdk::log(regie_sdk::Level::Error, &fault.message);
        T::default()
    })
}

fn missing(what: &str) -> Fault {
    Fault::new("bad_derived", format!("the seed's {what} is neither in `derived` nor in the state"))
        .at("derived")
}

/// What stands for each node that its viewer may not know, by number: a shuffled order, so that neither text nor number says which
/// node it is.
pub fn tokens(salt: &str, nodes: usize) -> Vec<String> {
    let mut order: Vec<usize> = (1..=nodes).collect();
    Random::of(salt, "tokens").shuffle(&mut order);
    order.into_iter().map(|number| format!("hidden-{number}")).collect()
}
