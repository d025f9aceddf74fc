//! Where what is dragged would come to lie: on the canvas, in a group, or elsewhere in the one it is in.

use archlab_model::{Design, GroupId, Layout, Point, Target, intent};

use crate::editor::Editor;
use crate::editor::draft::Draft;
use crate::editor::moving::{reached, shifted};
use crate::editor::scene::Part;
use crate::editor::snap::{Snapped, Snapping};

/// So far out of a free group what stands in it may go, and the group grows; further out it leaves. In
/// canvas units.
const GROWS_BY: f64 = 40.0;

/// Where a part would come to lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Landing {
    /// On the canvas, in no group.
    Canvas,
    /// In another group than now.
    Into(GroupId),
    /// Elsewhere in the free group it is in.
    Within(GroupId),
    /// In the group it is in, which arranges it.
    Stays,
}

impl Editor {
    /// Where `part` would come to lie if the hand let go of it at `at`, with `dragged` in it.
    pub(super) fn landing(&self, part: &Part, at: Point, dragged: &[Part]) -> Landing {
        let home = self.scene.home_of(part);
        let free_home = home.filter(|home| self.scene.free.contains(*home));
        match part {
            Part::Client(_) | Part::Note(_) => return Landing::Canvas,
            Part::Instance(_) => return Landing::Stays,
            Part::Entry(_) | Part::Store(..) => {
                return free_home.map_or(Landing::Stays, |home| Landing::Within(home.clone()));
            }
            Part::Machine(_) | Part::Group(_) => {}
        }
        let over = self.group_under(at, dragged);
        let target = match part {
            // A group goes into the innermost one that may hold it.
            Part::Group(group) => {
                let around = std::iter::successors(over.as_ref(), |inner| self.scene.held.get(*inner));
                let takes = |to: &&GroupId| Some(*to) == home || intent::can_seat(&self.design, group, to);
                around.into_iter().find(takes)
            }
            _ => over.as_ref(),
        };
        let grows = |home: &&GroupId| {
            let area = self.scene.boxes.get(&Part::Group((*home).clone()));
            area.is_some_and(|area| area.grown(GROWS_BY).contains(at))
        };
        match (target, free_home.filter(grows)) {
            (None, Some(home)) => Landing::Within(home.clone()),
            (Some(target), _) if Some(target) == home => match free_home {
                Some(home) => Landing::Within(home.clone()),
                None => Landing::Stays,
            },
            (Some(target), _) => Landing::Into(target.clone()),
            (None, None) => Landing::Canvas,
        }
    }

    /// The innermost group at a point that is not dragged, and lies in nothing that is.
    pub(super) fn group_under(&self, at: Point, dragged: &[Part]) -> Option<GroupId> {
        let is_dragged = |id: &GroupId| {
            dragged.iter().any(|part| matches!(part, Part::Group(group) if self.scene.is_within(id, group)))
        };
        self.seen_scene().group_at_but(at, is_dragged).cloned()
    }

    /// A drag of `parts` by `by`, snapped. What goes into a group that arranges it snaps to nothing.
    pub(super) fn snapped_drag(&self, parts: &[Part], by: Point, at: Point) -> Snapped {
        let boxes = || parts.iter().filter_map(|part| self.scene.boxes.get(part)).copied();
        let (Some(lead), Some(area)) = (boxes().next(), boxes().reduce(|all, rect| all.union(rect))) else {
            return Snapped::default();
        };
        let landing = parts.first().map_or(Landing::Stays, |part| self.landing(part, at, parts));
        let within = match &landing {
            Landing::Canvas => None,
            Landing::Into(group) | Landing::Within(group) if self.scene.free.contains(group) => Some(group),
            Landing::Into(_) | Landing::Within(_) | Landing::Stays => {
                let goes_in =
                    |part: &Part| matches!(part, Part::Machine(_) | Part::Group(_) | Part::Instance(_));
                if parts.iter().all(goes_in) {
                    return Snapped { by, guides: Vec::new() };
                }
                None
            }
        };
        if by == Point::default() {
            return Snapped { by, guides: Vec::new() };
        }
        let snapping =
            Snapping { to_grid: self.snaps_to_grid, is_off: self.held.control, zoom: self.camera.zoom };
        snapping.snap(&self.scene, &self.taken(parts), within, (area, lead.corner()), by)
    }

    /// What letting go of `parts` does: the first is the one that the hand took hold of, and the one that
    /// snaps.
    pub(super) fn dropped(&self, parts: &[Part], by: Point, at: Point) -> Option<archlab_model::Command> {
        // A part can be gone, for an undo or a fault came in between press and release; or be back home,
        // which need not lie on the grid.
        let there: Vec<&Part> = parts.iter().filter(|part| self.scene.boxes.contains_key(*part)).collect();
        if there.is_empty() || by == Point::default() {
            return None;
        }
        let by = self.snapped_drag(parts, by, at).by;
        let mut draft = self.draft();
        let mut corners = Vec::new();
        for part in there {
            let landing = self.landing(part, at, parts);
            let corner = reached(self.scene.boxes.get(part)?.corner() + by);
            if matches!(landing, Landing::Into(_) | Landing::Within(_)) {
                corners.push((part.clone(), corner));
            }
            land(&mut draft, part, &landing, (by, corner));
        }
        self.stand(&mut draft, corners);
        draft.finish()
    }

    /// The groups that a part could go into.
    pub fn homes_for(&self, part: &Part) -> Vec<GroupId> {
        let home = self.scene.home_of(part);
        let is_seen = |id: &GroupId| self.scene.boxes.contains_key(&Part::Group(id.clone()));
        let takes = |to: &GroupId| match part {
            Part::Machine(_) => true,
            Part::Group(group) => intent::can_seat(&self.design, group, to),
            _ => false,
        };
        let groups = self.design.groups.keys();
        groups.filter(|id| Some(*id) != home && is_seen(id) && takes(id)).cloned().collect()
    }

    /// The free groups that would still grow round something let go of at a point.
    pub(super) fn growing_round(&self, at: Point) -> Vec<Part> {
        let groups = self.scene.free.iter().map(|id| Part::Group(id.clone()));
        let grows =
            |group: &Part| self.scene.boxes.get(group).is_some_and(|area| area.grown(GROWS_BY).contains(at));
        groups.filter(grows).collect()
    }

    /// The group at a point that may hold a group.
    pub(super) fn holder_at(&self, at: Point) -> Option<GroupId> {
        let over = self.scene.group_at(at);
        let mut around = std::iter::successors(over, |inner| self.scene.held.get(*inner));
        around.find(|id| intent::may_hold(&self.design, id)).cloned()
    }
}

/// The command that moves a part into a group. None if it cannot go there, or is there.
pub(super) fn moved_into(design: &Design, part: &Part, to: &GroupId) -> Option<archlab_model::Command> {
    match part {
        Part::Machine(machine) => intent::move_machine(design, machine, &Target::Group(to.clone())),
        Part::Group(group) => intent::seat_group(design, group, to, None),
        _ => None,
    }
}

fn land(draft: &mut Draft, part: &Part, landing: &Landing, (by, corner): (Point, Point)) {
    let command = match (part, landing) {
        (_, Landing::Stays | Landing::Within(_)) => None,
        (_, Landing::Into(group)) => moved_into(draft.design(), part, group),
        (Part::Machine(machine), Landing::Canvas) => {
            intent::move_machine(draft.design(), machine, &Target::Canvas(corner))
        }
        (Part::Group(group), Landing::Canvas) if draft.design().holder_of(group).is_some() => {
            intent::unseat_group(draft.design(), group, corner)
        }
        (_, Landing::Canvas) => shifted(draft.design(), part, by),
    };
    draft.perform(command);
}

/// Whether a group arranges nothing.
pub(super) fn is_free(design: &Design, group: &GroupId) -> bool {
    design.groups.get(group).is_some_and(|group| group.layout == Layout::Free)
}
