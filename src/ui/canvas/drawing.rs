//! The drawing: the scene as SVG, from what the session knows now.

use archlab_engine::frame::{InstanceFrame, MachineFrame};
use archlab_engine::{Belief, Life, Reason};
use archlab_model::{Design, GroupId, InstanceId, Layout, Load, MachineId, SimTime, StoreKind};
use archlab_words::story;
use yew::prelude::*;

use crate::editor::renaming::Renaming;
use crate::editor::scene::{Part, Scene};
use crate::session::Session;
use crate::ui::canvas::boxes::SmallBox;
use crate::ui::canvas::group::GroupArea;
use crate::ui::canvas::hand::lock_signs;
use crate::ui::canvas::machine::{MachineCard, RowProps};
use crate::ui::canvas::note::NoteCard;

use crate::ui::i18n::Words;
use crate::ui::icon::Icon;
use crate::ui::names::Names;

/// What the drawing needs besides the session.
pub struct Drawing<'a> {
    /// The session.
    pub session: &'a Session,
    /// Where everything is drawn, which lags behind the session's scene while it moves.
    pub scene: &'a Scene,
    /// The language.
    pub words: Words,
    /// A part got the focus.
    pub focused: &'a Callback<Part>,
    /// A layout was chosen on a group.
    pub switch: &'a Callback<(GroupId, Layout)>,
    /// The group that a drop would go to.
    pub target: Option<GroupId>,
}

impl Drawing<'_> {
    /// Everything, from back to front: groups, links, boxes, machines.
    pub fn html(&self) -> Html {
        let design = self.session.editor.design();
        html! {
            <>
                { for design.groups.keys().filter_map(|id| self.group(design, id)) }
                <g key="links" class="links">{ for self.links() }</g>
                { for self.small_boxes(design) }
                { for self.machines(design) }
                { for self.notes(design) }
                { lock_signs(design, self.scene, self.words) }
            </>
        }
    }

    fn names(&self) -> Names<'_> {
        Names { design: self.session.editor.design(), scene: self.session.editor.scene(), words: self.words }
    }

    fn is_selected(&self, part: &Part) -> bool {
        self.session.editor.selection.contains(part)
    }

    fn group(&self, design: &Design, id: &GroupId) -> Option<Html> {
        let part = Part::Group(id.clone());
        let (group, rect) = (design.groups.get(id)?, *self.scene.boxes.get(&part)?);
        Some(html! {
            <GroupArea key={format!("group {id}")} id={id.clone()} title={self.names().group(id)} layout={group.layout} {rect}
                selected={self.is_selected(&part)} target={self.target.as_ref() == Some(id)}
                empty={group.machines().next().is_none()} missing={self.missing(id)} words={self.words}
                focused={self.focused.clone()} switch={self.switch.clone()} />
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

    fn links(&self) -> Vec<Html> {
        let chosen = &self.session.editor.selection;
        let faint = self.scene.links.len() > 14;
        let of_chosen = |part: &Part| {
            chosen.iter().any(|chosen| match (chosen, part) {
                (Part::Machine(machine), Part::Instance(instance)) => {
                    self.scene.host(instance) == Some(machine)
                }
                (chosen, part) => chosen == part,
            })
        };
        let link = |link: &crate::editor::scene::Link| {
            let lit = of_chosen(&link.from) || of_chosen(&link.to);
            let class = classes!("link", faint.then_some("faint"), lit.then_some("lit"));
            html! { <path {class} d={link.curve.path()} /> }
        };
        self.scene.links.iter().map(link).collect()
    }

    fn small_boxes(&self, design: &Design) -> Vec<Html> {
        self.scene
            .boxes
            .iter()
            .filter_map(|(part, rect)| {
                let (icon, state) = match part {
                    Part::Client(id) => (Icon::Users, load_words(&design.clients.get(id)?.load, self.words)),
                    Part::Entry(id) => self.entry(design, id)?,
                    Part::Store(group, id) => self.store(group, id)?,
                    Part::Group(_) | Part::Machine(_) | Part::Instance(_) | Part::Note(_) => return None,
                };
                Some(html! {
                    <SmallBox key={format!("{part:?}")} part={part.clone()} {icon} title={self.names().part(part)} {state}
                        rect={*rect} selected={self.is_selected(part)} focused={self.focused.clone()} />
                })
            })
            .collect()
    }

    fn entry(&self, design: &Design, id: &GroupId) -> Option<(Icon, String)> {
        let group = design.groups.get(id)?;
        let icon = if group.layout == Layout::Cluster { Icon::Balancer } else { Icon::Gateway };
        let in_flight = self.session.frame().groups.iter().find(|frame| frame.id == *id)?.in_flight;
        Some((icon, self.words.fill("canvas.under_way", &[("requests", &in_flight)])))
    }

    fn store(&self, group: &GroupId, id: &archlab_model::StoreId) -> Option<(Icon, String)> {
        let deployment = self.session.editor.scene().deployments.get(group)?;
        let store = deployment.stores.iter().find(|store| store.id == *id)?;
        let icon = if store.kind == StoreKind::Sessions { Icon::Sessions } else { Icon::Database };
        let now = self.session.frame().stores.iter().find(|frame| frame.group == *group && frame.id == *id);
        let state = match now {
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
            let rect = *self.scene.boxes.get(&part)?;
            let text = archlab_words::of(self.words.lang, &note.text).into_owned();
            let written = self.session.editor.renaming == Some(Renaming::Part(part.clone()));
            Some(html! {
                <NoteCard key={format!("note {id}")} {part} {text} {rect} selected={self.is_selected(&Part::Note(id.clone()))}
                    locked={note.locked} {written} words={self.words} focused={self.focused.clone()} />
            })
        };
        design.notes.iter().filter_map(note).collect()
    }

    fn machines(&self, design: &Design) -> Vec<Html> {
        design.machines.iter().filter_map(|(id, machine)| self.machine(id, machine.cores)).collect()
    }

    fn machine(&self, id: &MachineId, cores: u32) -> Option<Html> {
        let part = Part::Machine(id.clone());
        let rect = *self.scene.boxes.get(&part)?;
        let frame = self.session.frame().machines.iter().find(|frame| frame.id == *id);
        let (on, load) = frame.map_or((true, 0.0), |frame: &MachineFrame| (frame.on, frame.load));
        let hosted = self.session.editor.scene().hosted.get(id);
        let rows = hosted.into_iter().flatten().filter_map(|instance| self.row(instance));
        let ghost = self.session.editor.tool.dragged().contains(&part);
        Some(html! {
            <MachineCard key={format!("machine {id}")} id={id.clone()} title={self.names().machine(id)} {rect} {on} {cores}
                load={(load * 64.0).round() as u32} selected={self.is_selected(&part)} {ghost} badge={self.badge(id)}
                rows={rows.collect::<Vec<_>>()} words={self.words} focused={self.focused.clone()} />
        })
    }

    fn row(&self, id: &InstanceId) -> Option<RowProps> {
        let part = Part::Instance(id.clone());
        let rect = *self.scene.boxes.get(&part)?;
        let frame = self.session.frame().instances.iter().find(|frame| frame.id == *id);
        let blank = || InstanceFrame {
            id: id.clone(),
            index: 0,
            machine: self.scene.host(id).cloned().unwrap_or_else(|| MachineId::from("none")),
            life: Life::Up,
            belief: Belief::Up { failed: 0, fall: 3 },
            workers: 1,
            busy: 0,
            waiting: 0,
            queue: 0,
            failed: Default::default(),
            finished: 0,
        };
        let frame = frame.cloned().unwrap_or_else(blank);
        let starts_in = match frame.life {
            Life::Starting { ready } => (ready.since(self.session.now()).as_secs_f64() * 10.0).ceil() as u32,
            _ => 0,
        };
        // The instant itself would make every row of a starting instance differ from frame to frame.
        let life = match frame.life {
            Life::Starting { .. } => Life::Starting { ready: SimTime::START },
            life => life,
        };
        Some(RowProps {
            id: id.clone(),
            title: self.names().instance(id),
            rect,
            life,
            belief: frame.belief,
            starts_in,
            workers: frame.workers,
            busy: frame.busy,
            waiting: frame.waiting,
            queue: frame.queue,
            selected: self.is_selected(&part),
        })
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
