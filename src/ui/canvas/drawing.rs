//! The drawing: the scene as SVG, from what the session knows now.

use std::rc::Rc;

use archlab_engine::{Belief, Life, Reason};
use archlab_model::{Design, GroupId, InstanceId, Layout, Load, MachineId, SimTime, StoreId, StoreKind};
use archlab_words::story;
use yew::prelude::*;

use crate::editor::detail::Detail;
use crate::editor::geometry::Rect;
use crate::editor::renaming::Renaming;
use crate::editor::scene::lift::Lift;
use crate::editor::scene::{Part, Scene};
use crate::session::Session;
use crate::ui::canvas::book::{Book, Now};
use crate::ui::canvas::boxes::SmallBox;
use crate::ui::canvas::by_hand::ArrangeAgain;
use crate::ui::canvas::far::{FarMachine, Health};
use crate::ui::canvas::group::GroupArea;
use crate::ui::canvas::hand::lock_signs;
use crate::ui::canvas::links::Links;
use crate::ui::canvas::machine::{MachineCard, STRAINED};
use crate::ui::canvas::note::NoteCard;
use crate::ui::canvas::row::RowProps;
use crate::ui::canvas::window::{Window, part_key};
use crate::ui::i18n::Words;
use crate::ui::icon::Icon;
use crate::ui::names::Names;

/// What the drawing needs besides the session.
pub struct Drawing<'a> {
    /// The session.
    pub session: &'a Session,
    /// Where everything is drawn, which lags behind the session's scene while it moves.
    pub scene: &'a Rc<Scene>,
    /// What of it is drawn, and how.
    pub window: Window,
    /// What the hand has lifted.
    pub lift: Option<Rc<Lift>>,
    /// The state of the run.
    pub now: Now<'a>,
    /// The names of parts.
    pub book: &'a Book,
    /// The language.
    pub words: Words,
    /// A part got the focus.
    pub focused: &'a Callback<Part>,
    /// A layout was chosen on a group.
    pub switch: &'a Callback<(GroupId, Layout)>,
    /// The group that a drop would go to.
    pub target: Option<GroupId>,
    /// The path of the links that bend with what is lifted.
    pub bent: &'a NodeRef,
    /// The part that Tab comes to first.
    pub stop: Option<Part>,
}

impl Drawing<'_> {
    /// Everything that lies in the window, from back to front: groups, links, boxes, machines.
    pub fn html(&self) -> Html {
        let design = self.session.editor.design();
        html! {
            <>
                { for self.groups(design) }
                <g key="links">
                    <Links scene={self.scene.clone()} window={self.window} lift={self.lift.clone()} lit={self.lit()} line={self.session.editor.line().cloned()} />
                    <path class="link lit" ref={self.bent.clone()} />
                </g>
                { for self.small_boxes(design) }
                { for self.machines(design) }
                { for self.notes(design) }
                { lock_signs(design, self.scene, self.words) }
                { for design.groups.keys().filter_map(|id| self.arrange_again(id)) }
            </>
        }
    }

    fn names(&self) -> Names<'_> {
        Names { design: self.session.editor.design(), scene: self.session.editor.scene(), words: self.words }
    }

    fn is_selected(&self, part: &Part) -> bool {
        self.session.editor.selection.contains(part)
    }

    fn is_lifted(&self, part: &Part) -> bool {
        self.lift.as_ref().is_some_and(|lift| lift.parts.contains(part))
    }

    /// The place of a part, if it is to be drawn.
    fn place(&self, part: &Part) -> Option<Rect> {
        let rect = *self.scene.boxes.get(part)?;
        let area = self.window.area;
        let seen = rect.x <= area.right()
            && area.x <= rect.right()
            && rect.y <= area.bottom()
            && area.y <= rect.bottom();
        (seen || self.is_lifted(part)).then_some(rect)
    }

    /// The parts whose links stand out: those that are chosen, and what runs on them.
    fn lit(&self) -> Vec<Part> {
        let chosen = self.session.editor.selection.iter();
        let mut lit: Vec<Part> = chosen.cloned().collect();
        for part in self.session.editor.selection.iter() {
            if let Part::Machine(machine) = part {
                let hosted = self.scene.hosted.get(machine).into_iter().flatten();
                lit.extend(hosted.cloned().map(Part::Instance));
            }
        }
        lit
    }

    /// The areas of groups, those within others above them.
    fn groups(&self, design: &Design) -> Vec<Html> {
        let mut groups: Vec<&GroupId> = design.groups.keys().collect();
        groups.sort_by_key(|id| self.scene.depth(id));
        groups.into_iter().filter_map(|id| self.group(design, id)).collect()
    }

    fn group(&self, design: &Design, id: &GroupId) -> Option<Html> {
        let part = Part::Group(id.clone());
        let (group, rect) = (design.groups.get(id)?, self.place(&part)?);
        let machines = design.machines_in(group);
        let down = machines.iter().filter(|id| self.now.machines.get(*id).is_some_and(|now| !now.on)).count();
        Some(html! {
            <GroupArea key={format!("group {id}")} id={id.clone()} title={self.book.name(&part)} layout={group.layout} {rect}
                selected={self.is_selected(&part)} target={self.target.as_ref() == Some(id)} look={self.window.look}
                inner={self.scene.held.contains_key(id)} machines={machines.len()} empty={group.members().next().is_none()}
                {down} missing={self.missing(id)} words={self.words}
                stop={self.stop.as_ref() == Some(&part)} focused={self.focused.clone()} switch={self.switch.clone()} />
        })
    }

    /// The button that takes back what was changed by hand in a group, if anything was.
    fn arrange_again(&self, id: &GroupId) -> Option<Html> {
        let part = Part::Group(id.clone());
        let count = self.session.editor.by_hand_count(id);
        let rect = self.place(&part)?;
        let hidden = count == 0 || self.window.look.detail == Detail::Far || self.is_lifted(&part);
        (!hidden).then(|| {
            html! {
                <ArrangeAgain key={format!("again {id}")} id={id.clone()} title={self.book.name(&part)} {rect} look={self.window.look} {count} />
            }
        })
    }

    /// Which services of a group run nowhere, in words.
    fn missing(&self, group: &GroupId) -> String {
        let Some(deployment) = self.session.editor.scene().deployments.get(group) else {
            return String::new();
        };
        let bare: Vec<String> = deployment
            .services
            .iter()
            .filter(|service| service.instances.is_empty())
            .map(|service| self.names().service(group, &service.id))
            .collect();
        let nothing_at_all = bare.len() == deployment.services.len();
        if bare.is_empty() || nothing_at_all {
            return String::new();
        }
        self.words.fill("canvas.missing", &[("services", &bare.join(&self.words.t("canvas.list_separator")))])
    }

    fn small_boxes(&self, design: &Design) -> Vec<Html> {
        let is_small = |part: &Part| !matches!(part, Part::Group(_) | Part::Machine(_) | Part::Instance(_));
        let small = self.scene.boxes.keys().filter(|part| is_small(part));
        small
            .filter_map(|part| {
                let rect = self.place(part)?;
                let (icon, state) = match part {
                    Part::Client(id) => (Icon::Users, load_words(&design.clients.get(id)?.load, self.words)),
                    Part::Entry(id) => self.entry(design, id)?,
                    Part::Store(group, id) => self.store(group, id)?,
                    Part::Group(_) | Part::Machine(_) | Part::Instance(_) | Part::Note(_) => return None,
                };
                Some(html! {
                    <SmallBox key={part_key(part)} part={part.clone()} {icon} title={self.book.name(part)} {state} {rect}
                        selected={self.is_selected(part)} look={self.window.look} by_hand={self.book.is_by_hand(part)} words={self.words} stop={self.stop.as_ref() == Some(part)}
                        focused={self.focused.clone()} />
                })
            })
            .collect()
    }

    fn entry(&self, design: &Design, id: &GroupId) -> Option<(Icon, String)> {
        let group = design.groups.get(id)?;
        let icon = if group.layout == Layout::Cluster { Icon::Balancer } else { Icon::Gateway };
        let in_flight = self.now.groups.get(id)?.in_flight;
        Some((icon, self.words.fill("canvas.under_way", &[("requests", &in_flight)])))
    }

    fn store(&self, group: &GroupId, id: &StoreId) -> Option<(Icon, String)> {
        let deployment = self.session.editor.scene().deployments.get(group)?;
        let store = deployment.stores.iter().find(|store| store.id == *id)?;
        let icon = if store.kind == StoreKind::Sessions { Icon::Sessions } else { Icon::Database };
        let state = match self.now.stores.get(&(group, id)) {
            Some(now) if now.waiting > 0 => self.words.fill("canvas.waiting", &[("waiting", &now.waiting)]),
            Some(now) => {
                self.words.fill("canvas.busy", &[("busy", &now.busy), ("workers", &now.connections)])
            }
            None => String::new(),
        };
        Some((icon, state))
    }

    fn notes(&self, design: &Design) -> Vec<Html> {
        let note = |(id, note): (&archlab_model::NoteId, &archlab_model::Note)| {
            let part = Part::Note(id.clone());
            let rect = self.place(&part)?;
            let stop = self.stop.as_ref() == Some(&part);
            let text = archlab_words::of(self.words.lang, &note.text).into_owned();
            let written = self.session.editor.renaming == Some(Renaming::Part(part.clone()));
            Some(html! {
                <NoteCard key={format!("note {id}")} {part} {text} {rect} selected={self.is_selected(&Part::Note(id.clone()))}
                    locked={note.locked} {written} {stop} words={self.words} focused={self.focused.clone()} />
            })
        };
        design.notes.iter().filter_map(note).collect()
    }

    fn machines(&self, design: &Design) -> Vec<Html> {
        design.machines.iter().filter_map(|(id, machine)| self.machine(id, machine.cores)).collect()
    }

    fn machine(&self, id: &MachineId, cores: u32) -> Option<Html> {
        let part = Part::Machine(id.clone());
        let rect = self.place(&part)?;
        let (on, load) = self.now.machines.get(id).map_or((true, 0.0), |now| (now.on, now.load));
        let hosted = self.scene.hosted.get(id);
        let ghost = self.is_lifted(&part);
        let (title, badge) = (self.book.name(&part), self.badge(id));
        let (selected, stop) = (self.is_selected(&part), self.stop.as_ref() == Some(&part));
        if self.window.look.detail == Detail::Far {
            let health = hosted.into_iter().flatten().map(|instance| self.health(instance, on));
            return Some(html! {
                <FarMachine key={format!("far {id}")} id={id.clone()} {title} {rect} {on} {cores} {selected} {ghost} {stop}
                    strained={load * 64.0 >= STRAINED} failed={!badge.is_empty()} health={health.collect::<Vec<_>>()}
                    grow={self.window.look.grow} words={self.words} focused={self.focused.clone()} />
            });
        }
        let rows = hosted.into_iter().flatten().filter_map(|instance| self.row(instance));
        Some(html! {
            <MachineCard key={format!("machine {id}")} id={id.clone()} {title} {rect} {on} {cores}
                load={(load * 64.0).round() as u32} {selected} {ghost} {stop} {badge} look={self.window.look}
                rows={rows.collect::<Vec<_>>()} words={self.words} focused={self.focused.clone()} />
        })
    }

    fn health(&self, id: &InstanceId, on: bool) -> Health {
        match self.now.instances.get(id) {
            None if on => Health::Well,
            None => Health::Down,
            Some(now) => match (now.life, now.belief) {
                (Life::Crashed | Life::MachineOff, _) => Health::Down,
                (Life::Starting { .. }, _) | (Life::Up, Belief::Down { .. }) => Health::Starting,
                (Life::Up, _) if now.workers > 0 && now.busy >= now.workers => Health::Strained,
                (Life::Up, _) => Health::Well,
            },
        }
    }

    fn row(&self, id: &InstanceId) -> Option<Rc<RowProps>> {
        let part = Part::Instance(id.clone());
        let rect = *self.scene.boxes.get(&part)?;
        let near = self.window.look.detail == Detail::Near;
        let mut row = RowProps {
            id: id.clone(),
            title: self.book.name(&part),
            rect,
            life: Life::Up,
            belief: Belief::Up { failed: 0, fall: 3 },
            starts_in: 0,
            workers: 1,
            busy: 0,
            waiting: 0,
            queue: 0,
            by_hand: self.book.is_by_hand(&part),
            functions: if near { self.book.functions(id) } else { Rc::default() },
            selected: self.is_selected(&part),
            stop: self.stop.as_ref() == Some(&part),
        };
        if let Some(now) = self.now.instances.get(id) {
            if let Life::Starting { ready } = now.life {
                row.starts_in = (ready.since(self.session.now()).as_secs_f64() * 10.0).ceil() as u32;
            }
            // The instant itself would make every row of a starting instance differ from frame to frame.
            row.life = match now.life {
                Life::Starting { .. } => Life::Starting { ready: SimTime::START },
                life => life,
            };
            row.belief = now.belief;
            (row.workers, row.busy, row.waiting, row.queue) = (now.workers, now.busy, now.waiting, now.queue);
        }
        Some(Rc::new(row))
    }

    /// What failed on a machine since its last fault, in words.
    fn badge(&self, machine: &MachineId) -> String {
        let by_reason = self.session.failed_since_fault(machine);
        let failed: u64 = by_reason.iter().sum();
        let main = Reason::ALL.into_iter().max_by_key(|reason| by_reason[reason.index()]);
        match main {
            Some(reason) if failed > 0 => format!("{failed} {}", story::reason(self.words.lang, reason)),
            _ => String::new(),
        }
    }
}

/// How much clients send, in words.
pub fn load_words(load: &Load, words: Words) -> String {
    match load {
        Load::Poisson { rate } => words.fill("canvas.rate", &[("rate", &trimmed(*rate))]),
        Load::Bursts { rate, peak, .. } => rates([*rate, *peak], words),
        Load::Ramp { points, .. } => rates(points.iter().map(|point| point.rate), words),
        Load::Batch { count, .. } => words.fill("canvas.at_once", &[("count", count)]),
        Load::Recorded { at, .. } => words.fill("canvas.recorded", &[("count", &at.len())]),
        Load::Users { count, .. } => words.fill("canvas.users", &[("count", count)]),
    }
}

/// From the lowest rate to the highest, in words.
fn rates(rates: impl IntoIterator<Item = f64>, words: Words) -> String {
    let (low, high) =
        rates.into_iter().fold((f64::INFINITY, 0.0_f64), |(low, high), rate| (low.min(rate), high.max(rate)));
    words.fill("canvas.rate", &[("rate", &format!("{}–{}", trimmed(low.min(high)), trimmed(high)))])
}

/// A number without needless decimals.
pub fn trimmed(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
