//! A machine as it is seen from afar: its name, and a sign for the health of each thing that runs on it.

use archlab_model::MachineId;
use yew::prelude::*;

use crate::editor::geometry::Rect;
use crate::editor::scene::{MACHINE_HEADER, Part};
use crate::ui::canvas::fit::{BOLD, fit};
use crate::ui::canvas::machine::{grown, num};
use crate::ui::canvas::node::Node;
use crate::ui::i18n::Words;
use crate::ui::icon::Icon;

/// How something is, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// It answers.
    Well,
    /// It answers, and cannot do more.
    Strained,
    /// It starts, or gets no requests yet.
    Starting,
    /// It does not answer.
    Down,
}

impl Health {
    const ALL: [Health; 4] = [Health::Well, Health::Strained, Health::Starting, Health::Down];

    const fn class(self) -> &'static str {
        match self {
            Health::Well => "sign well",
            Health::Strained => "sign strained",
            Health::Starting => "sign starting",
            Health::Down => "sign down",
        }
    }

    /// Its sign in a square of side `s` whose middle is at (`x`, `y`): a form for each.
    fn sign(self, x: f64, y: f64, s: f64) -> String {
        let h = s * 0.5;
        match self {
            Health::Well => {
                format!("M{:.1} {y:.1}a{h:.1} {h:.1} 0 1 0 {s:.1} 0a{h:.1} {h:.1} 0 1 0-{s:.1} 0", x - h)
            }
            Health::Strained => format!("M{:.1} {:.1}h{s:.1}v{s:.1}h-{s:.1}z", x - h, y - h),
            Health::Starting => {
                let h = h * 0.8;
                format!(
                    "M{:.1} {y:.1}a{h:.1} {h:.1} 0 1 0 {s:.1} 0a{h:.1} {h:.1} 0 1 0-{s:.1} 0",
                    x - h,
                    s = 2.0 * h
                )
            }
            Health::Down => format!("M{x:.1} {:.1}l{h:.1} {h:.1}-{h:.1} {h:.1}-{h:.1}-{h:.1}z", y - h),
        }
    }
}

/// What a machine shows from afar.
#[derive(Clone, PartialEq, Properties)]
pub struct FarProps {
    pub id: MachineId,
    pub title: AttrValue,
    pub rect: Rect,
    pub on: bool,
    pub cores: u32,
    pub selected: bool,
    pub ghost: bool,
    /// Its cores are all in use.
    pub strained: bool,
    /// Something has failed on it since its last fault.
    pub failed: bool,
    pub stop: bool,
    /// Of what runs on it.
    pub health: Vec<Health>,
    /// How much larger than usual words are.
    pub grow: f64,
    pub words: Words,
    pub focused: Callback<Part>,
}

/// A machine from afar.
#[component]
pub fn FarMachine(props: &FarProps) -> Html {
    let FarProps { rect, words, .. } = props;
    let class = classes!(
        "machine",
        "seen-from-afar",
        (!props.on).then_some("off"),
        props.ghost.then_some("ghost"),
        props.selected.then_some("selected"),
        props.strained.then_some("strained"),
    );
    let label = words.fill(
        if props.on { "canvas.machine_label" } else { "canvas.machine_off_label" },
        &[("machine", &props.title), ("cores", &props.cores), ("instances", &props.health.len())],
    );
    let size = 13.0 * props.grow;
    let name = fit(&props.title, BOLD * size, rect.w - 20.0);
    // A name of which two letters are left tells nothing.
    let named = name.chars().count() > 4 || name == *props.title;
    let header = if named { (size * 1.25).max(MACHINE_HEADER) } else { 8.0 };
    let room = (rect.h - header - 8.0).max(14.0);
    let (side, columns) = grid(props.health.len(), rect.w - 20.0, room);
    let signs = Health::ALL.map(|health| {
        let of = props.health.iter().enumerate().filter(|(_, it)| **it == health);
        let path: String = of
            .map(|(place, _)| {
                let (column, row) = ((place % columns) as f64, (place / columns) as f64);
                let middle = |count: f64| (count + 0.5) * side;
                health.sign(10.0 + middle(column), header + middle(row), side * 0.72)
            })
            .collect();
        html! { if !path.is_empty() { <path class={health.class()} d={path} /> } }
    });
    html! {
        <Node part={Part::Machine(props.id.clone())} {class} {label} rect={*rect} radius={11.0} stop={props.stop} focused={props.focused.clone()}>
            <rect class="card" width={num(rect.w)} height={num(rect.h)} rx="11" />
            <title>{ &props.title }</title>
            if named { <text class="title" transform={grown(10.0, size * 1.05, props.grow)}>{ name }</text> }
            { for signs }
            if !props.on || props.failed {
                <path class="icon-shape alarm" d={Icon::Power.path()} transform={grown(rect.w - 16.0 * props.grow, -9.0 * props.grow, props.grow)} />
            }
        </Node>
    }
}

/// The side of the squares, and how many stand side by side, so that `count` of them fill the room.
fn grid(count: usize, wide: f64, high: f64) -> (f64, usize) {
    let count = count.max(1);
    let fits = |columns: usize| {
        let rows = count.div_ceil(columns);
        (wide / columns as f64).min(high / rows as f64)
    };
    let best = (1..=count).max_by(|a, b| fits(*a).total_cmp(&fits(*b))).unwrap_or(1);
    (fits(best).min(LARGEST), best)
}

/// No sign is larger than this.
const LARGEST: f64 = 84.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_fit_their_room() {
        for count in 0..40 {
            let (side, columns) = grid(count, 220.0, 70.0);
            let rows = count.max(1).div_ceil(columns);
            assert!(side * columns as f64 <= 220.1 && side * rows as f64 <= 70.1 && side > 4.0, "{count}");
        }
    }
}
