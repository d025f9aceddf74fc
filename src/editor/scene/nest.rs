//! Groups within groups: who holds whom, and how large each is.

use std::collections::BTreeMap;

use archlab_model::{Design, Group, GroupId, Layout, Member};

use crate::editor::scene::within::{MACHINE_GAP, columns};
use crate::editor::scene::{GROUP_HEADER, INNER_HEADER, INNER_PADDING, MACHINE_WIDTH, Part, Scene};

/// Between columns of machines of a group within a group.
pub(super) const INNER_GAP: f64 = 40.0;
/// Where an empty group within a group invites the first machine.
const INNER_INVITATION: f64 = 64.0;
/// So many machines stand above each other in a group within a group.
const INNER_TALLEST: usize = 4;

/// How often each group is held by another.
pub(super) fn holders(design: &Design) -> BTreeMap<&GroupId, usize> {
    let mut holders = BTreeMap::new();
    for held in design.groups.values().flat_map(Group::groups) {
        *holders.entry(held).or_insert(0) += 1;
    }
    holders
}

/// What stands in a group: a machine, or a group with what stands in it.
#[derive(Debug, Clone)]
pub(super) struct Nested {
    /// The machine or group.
    pub(super) part: Part,
    /// How wide and how high it is.
    pub(super) size: (f64, f64),
    /// How many machines it has.
    pub(super) weight: usize,
    /// What stands in it, in columns.
    pub(super) columns: Vec<Vec<Nested>>,
}

/// How wide a column is.
pub(super) fn width(column: &[Nested]) -> f64 {
    column.iter().map(|nested| nested.size.0).fold(0.0, f64::max)
}

/// How high a column is.
pub(super) fn height(column: &[Nested]) -> f64 {
    let all: f64 = column.iter().map(|nested| nested.size.1).sum();
    all + MACHINE_GAP * column.len().saturating_sub(1) as f64
}

impl Scene {
    /// What stands in a group, in seat order. A group that is held twice stands nowhere.
    pub(super) fn members(
        &mut self,
        design: &Design,
        id: &GroupId,
        group: &Group,
        holders: &BTreeMap<&GroupId, usize>,
    ) -> Vec<Nested> {
        // A group within a group is arranged as a cluster, whatever it says.
        if group.layout == Layout::Free && !self.held.contains_key(id) {
            self.free.insert(id.clone());
        }
        let mut members = Vec::new();
        for member in group.members() {
            match member {
                Member::Machine(machine) => {
                    self.seated.insert(machine.clone(), id.clone());
                    members.push(Nested {
                        part: Part::Machine(machine.clone()),
                        size: (MACHINE_WIDTH, self.machine_height(machine)),
                        weight: 1,
                        columns: Vec::new(),
                    });
                }
                Member::Group(inner) => {
                    let known = design.groups.get(inner).filter(|_| holders.get(inner) == Some(&1));
                    let Some(value) = known else { continue };
                    self.held.insert(inner.clone(), id.clone());
                    let content = self.members(design, inner, value, holders);
                    members.push(nested(inner, content));
                }
            }
        }
        members
    }

    /// The group that a part stands in: it has a seat there, or belongs to it.
    pub fn home_of(&self, part: &Part) -> Option<&GroupId> {
        // What a store or an entry belongs to is kept by the scene under the same name.
        let own = |group| self.deployments.get_key_value(group).map(|(id, _)| id);
        match part {
            Part::Machine(machine) => self.seated.get(machine),
            Part::Group(group) => self.held.get(group),
            Part::Entry(group) | Part::Store(group, _) => own(group),
            Part::Instance(instance) => own(&instance.group),
            Part::Client(_) | Part::Note(_) => None,
        }
    }

    /// Whether a part stands where a person put it although it is in a group.
    pub fn stands_free(&self, part: &Part) -> bool {
        !matches!(part, Part::Instance(_)) && self.home_of(part).is_some_and(|home| self.free.contains(home))
    }

    /// How many groups there are around a group.
    pub fn depth(&self, group: &GroupId) -> usize {
        std::iter::successors(self.held.get(group), |holder| self.held.get(*holder)).count()
    }

    /// The outermost group around a group: itself, if there is none.
    pub fn outermost<'a>(&'a self, group: &'a GroupId) -> &'a GroupId {
        std::iter::successors(Some(group), |inner| self.held.get(*inner)).last().unwrap_or(group)
    }

    /// Whether `inner` is `outer` or somewhere within it.
    pub fn is_within(&self, inner: &GroupId, outer: &GroupId) -> bool {
        std::iter::successors(Some(inner), |group| self.held.get(*group)).any(|group| group == outer)
    }

    /// How high the header of a group is.
    pub fn header_of(&self, group: &GroupId) -> f64 {
        if self.held.contains_key(group) { INNER_HEADER } else { GROUP_HEADER }
    }
}

fn nested(inner: &GroupId, content: Vec<Nested>) -> Nested {
    let weight = content.iter().map(|nested| nested.weight).sum::<usize>().max(1);
    let columns = columns(INNER_TALLEST, content);
    let wide: f64 = columns.iter().map(|column| width(column)).sum();
    let gaps = INNER_GAP * columns.len().saturating_sub(1) as f64;
    let high = columns.iter().map(|column| height(column)).fold(0.0, f64::max);
    let (wide, high) =
        if columns.is_empty() { (MACHINE_WIDTH, INNER_INVITATION) } else { (wide + gaps, high) };
    Nested {
        part: Part::Group(inner.clone()),
        size: (wide + 2.0 * INNER_PADDING, INNER_HEADER + high + INNER_PADDING),
        weight,
        columns,
    }
}
