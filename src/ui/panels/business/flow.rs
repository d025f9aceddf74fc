//! The call flow of a request kind as a tree that can be drawn: a box for each call and each access, in calling
//! order, with its place on a grid of columns (how deep) and rows (one after another).

use std::collections::BTreeSet;

use archlab_model::business::{Access, Call, Step};
use archlab_model::rework::Way;
use archlab_model::{Business, DataId, FunctionId};

/// The most boxes that are drawn; what comes after them is counted.
pub const MAX_BOXES: usize = 150;

/// What a box stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A function, with its calls beside it.
    Function(FunctionId),
    /// A function whose calls are drawn further up.
    Again(FunctionId),
    /// A function that calls lead back to.
    Circle(FunctionId),
    /// A function that is not there.
    Missing(FunctionId),
    /// Data that is read or written.
    Data(DataId, Access),
}

impl What {
    /// The function it stands for.
    pub fn function(&self) -> Option<&FunctionId> {
        match self {
            What::Function(id) | What::Again(id) | What::Circle(id) | What::Missing(id) => Some(id),
            What::Data(..) => None,
        }
    }
}

/// How the calls of one step stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// By itself, after the step before.
    Alone,
    /// The first of several at once.
    First,
    /// Between the first and the last of several at once.
    Between,
    /// The last of several at once.
    Last,
}

/// A box.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it stands for.
    pub what: What,
    /// The box whose function calls it.
    pub parent: Option<usize>,
    /// Its column, from 0.
    pub column: usize,
    /// Its row, from 0.
    pub row: usize,
    /// The number of its step in the calling function, from 1.
    pub step: usize,
    /// How it stands to the others of that step.
    pub turn: Turn,
    /// The call, if it is one.
    pub call: Option<Call>,
}

impl Node {
    /// The way its call takes.
    pub fn way(&self) -> Way {
        self.call.as_ref().map_or(Way::Direct(None), Way::of)
    }

    /// How often and with what chance.
    pub fn often(&self) -> (u32, f64) {
        match (&self.call, &self.what) {
            (Some(call), _) => (call.count, call.probability),
            (None, What::Data(_, access)) => (access.count, access.probability),
            _ => (1, 1.0),
        }
    }
}

/// A flow, from its entry on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flow {
    /// The boxes in calling order; the first is the entry.
    pub nodes: Vec<Node>,
    /// How many columns they take.
    pub columns: usize,
    /// How many rows they take.
    pub rows: usize,
    /// How many calls and accesses were left out.
    pub left_out: usize,
}

impl Flow {
    /// The flow of what enters by `entry`.
    pub fn of(business: &Business, entry: &FunctionId) -> Flow {
        let mut maker = Maker { business, flow: Flow::default(), drawn: BTreeSet::new(), way: Vec::new() };
        let place = Place { parent: None, column: 0, step: 1, turn: Turn::Alone };
        maker.function(entry, None, place);
        let mut flow = maker.flow;
        flow.columns = flow.nodes.iter().map(|node| node.column + 1).max().unwrap_or(0);
        flow
    }

    /// The functions in it, each once, in calling order.
    pub fn functions(&self) -> Vec<FunctionId> {
        let mut functions = Vec::new();
        for node in &self.nodes {
            if let What::Function(id) = &node.what
                && !functions.contains(id)
            {
                functions.push(id.clone());
            }
        }
        functions
    }

    /// The first box that a box calls.
    pub fn first_child(&self, place: usize) -> Option<usize> {
        self.nodes.iter().position(|node| node.parent == Some(place))
    }
}

#[derive(Clone, Copy)]
struct Place {
    parent: Option<usize>,
    column: usize,
    step: usize,
    turn: Turn,
}

struct Maker<'a> {
    business: &'a Business,
    flow: Flow,
    drawn: BTreeSet<FunctionId>,
    /// The functions from the entry to here.
    way: Vec<FunctionId>,
}

impl Maker<'_> {
    /// Adds a box in the next free row, unless there are too many.
    fn add(&mut self, what: What, call: Option<Call>, place: Place) -> Option<usize> {
        if self.flow.nodes.len() >= MAX_BOXES {
            self.flow.left_out += 1;
            return None;
        }
        let Place { parent, column, step, turn } = place;
        self.flow.nodes.push(Node { what, parent, column, row: self.flow.rows, step, turn, call });
        Some(self.flow.nodes.len() - 1)
    }

    fn function(&mut self, id: &FunctionId, call: Option<&Call>, place: Place) {
        let business = self.business;
        let known = business.functions.get(id);
        let what = match known {
            None => What::Missing(id.clone()),
            Some(_) if self.way.contains(id) => What::Circle(id.clone()),
            Some(function) if !function.steps.is_empty() && self.drawn.contains(id) => {
                What::Again(id.clone())
            }
            Some(_) => What::Function(id.clone()),
        };
        let goes_on = matches!(what, What::Function(_));
        let Some(index) = self.add(what, call.cloned(), place) else { return };
        let steps = known.filter(|_| goes_on).map_or(&[][..], |function| &function.steps);
        if steps.is_empty() {
            self.flow.rows += 1;
            return;
        }
        self.drawn.insert(id.clone());
        self.way.push(id.clone());
        let before = self.flow.rows;
        for (number, step) in steps.iter().enumerate() {
            let at = |turn| Place { parent: Some(index), column: place.column + 1, step: number + 1, turn };
            match step {
                Step::Access(access) => {
                    let what = What::Data(access.data.clone(), access.clone());
                    if self.add(what, None, at(Turn::Alone)).is_some() {
                        self.flow.rows += 1;
                    }
                }
                Step::Call(call) => self.function(&call.to, Some(call), at(Turn::Alone)),
                Step::Parallel(calls) => {
                    let last = calls.len().saturating_sub(1);
                    for (branch, call) in calls.iter().enumerate() {
                        let turn = match branch {
                            _ if last == 0 => Turn::Alone,
                            0 => Turn::First,
                            branch if branch == last => Turn::Last,
                            _ => Turn::Between,
                        };
                        self.function(&call.to, Some(call), at(turn));
                    }
                }
            }
        }
        if self.flow.rows == before {
            self.flow.rows += 1;
        }
        self.way.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use archlab_model::Function;

    fn business(functions: &[(&'static str, Vec<Step>)]) -> Business {
        let mut business = Business::default();
        for (id, steps) in functions {
            let function = Function { steps: steps.clone(), ..Function::default() };
            business.functions.insert((*id).into(), function);
        }
        business
    }

    fn call(to: &'static str) -> Step {
        Step::Call(Call::to(to.into()))
    }

    fn read(data: &'static str) -> Step {
        Step::Access(Access { data: data.into(), write: false, count: 1, probability: 1.0 })
    }

    fn drawn(flow: &Flow) -> Vec<String> {
        let word = |node: &Node| {
            let name = match &node.what {
                What::Function(id) => id.to_string(),
                What::Again(id) => format!("{id}…"),
                What::Circle(id) => format!("{id}↺"),
                What::Missing(id) => format!("{id}?"),
                What::Data(id, _) => format!("[{id}]"),
            };
            format!("{},{} {name}", node.column, node.row)
        };
        flow.nodes.iter().map(word).collect()
    }

    #[test]
    fn calls_stand_in_columns_by_depth_and_in_rows_by_order() {
        let shop = business(&[
            ("page", vec![call("cart"), call("ads"), call("cart")]),
            ("cart", vec![read("carts"), call("prices")]),
            ("ads", vec![]),
            ("prices", vec![]),
        ]);
        let flow = Flow::of(&shop, &"page".into());
        assert_eq!(
            drawn(&flow),
            ["0,0 page", "1,0 cart", "2,0 [carts]", "2,1 prices", "1,2 ads", "1,3 cart…"]
        );
        assert_eq!((flow.columns, flow.rows, flow.left_out), (3, 4, 0));
        assert_eq!(flow.functions().len(), 4);
        assert_eq!(flow.first_child(1), Some(2));
    }

    #[test]
    fn circles_and_what_is_missing_end_where_they_are() {
        let odd = business(&[("a", vec![call("b"), call("nowhere")]), ("b", vec![call("a")])]);
        assert_eq!(drawn(&Flow::of(&odd, &"a".into())), ["0,0 a", "1,0 b", "2,0 a↺", "1,1 nowhere?"]);
        assert_eq!(drawn(&Flow::of(&odd, &"none".into())), ["0,0 none?"]);
    }

    #[test]
    fn calls_at_once_are_told_from_those_one_after_another() {
        let at_once = Step::Parallel(vec![Call::to("b".into()), Call::to("c".into()), Call::to("d".into())]);
        let fork = business(&[("a", vec![at_once, call("b")]), ("b", vec![]), ("c", vec![]), ("d", vec![])]);
        let turns: Vec<_> = Flow::of(&fork, &"a".into()).nodes.iter().map(|it| (it.step, it.turn)).collect();
        assert_eq!(turns[1..], [(1, Turn::First), (1, Turn::Between), (1, Turn::Last), (2, Turn::Alone)]);
    }

    #[test]
    fn a_flow_that_never_ends_is_cut() {
        let wide = business(&[("a", vec![call("b"); 400]), ("b", vec![])]);
        let flow = Flow::of(&wide, &"a".into());
        assert_eq!((flow.nodes.len(), flow.left_out), (MAX_BOXES, 251));
    }
}
