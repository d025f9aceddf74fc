//! Arranging a design: clients before the groups they send to, few crossings, nothing on anything else.
//!
//! Which rank a part has, and in what order parts stand in it, a layout library finds (Sugiyama's way:
//! ranks, crossings, coordinates). It is asked with the parts in the order they stand in now, and what
//! it gives is put where the design lies: a small change moves little.

use std::collections::{BTreeMap, BTreeSet};

use archlab_model::command::Command;
use archlab_model::{Design, GroupId, Point, Target, intent};
use rust_sugiyama::configure::Config;

use crate::editor::Editor;
use crate::editor::geometry::Rect;
use crate::editor::scene::{End, Part, Scene};
use crate::editor::snap::to_grid as snapped;

/// Between parts above each other.
const ROW_GAP: f64 = 40.0;
/// Between ranks: room for links to spread.
const RANK_GAP: f64 = 90.0;
/// Between parts that nothing links to.
const LOOSE_GAP: f64 = 30.0;
/// What nothing links to stands in rows as wide as the rest, at least so wide.
const LEAST_WIDTH: f64 = 800.0;

impl Editor {
    /// Puts everything that a person placed where it can be read best, as one step. `false` if it is
    /// there already.
    pub fn arrange(&mut self) -> bool {
        let Some(command) = arranged(self.design(), self.scene()) else { return false };
        self.perform(command);
        self.fit();
        true
    }

    /// Puts everything in a free group where it can be read best, as one step. `false` if it is there
    /// already.
    pub fn arrange_group(&mut self, group: &GroupId) -> bool {
        let scene = self.scene();
        let is_movable = scene.free.contains(group) && !scene.locked.contains(&Part::Group(group.clone()));
        if !is_movable {
            return false;
        }
        let parts = scene
            .boxes
            .iter()
            .filter(|(part, _)| !matches!(part, Part::Instance(_)) && scene.home_of(part) == Some(group));
        let parts: Vec<(&Part, Rect)> = parts.map(|(part, rect)| (part, *rect)).collect();
        let found = laid_out(parts, &links_within(scene, group));
        let mut draft = self.draft();
        self.stand(&mut draft, found.into_iter().collect());
        let Some(command) = draft.finish() else { return false };
        self.perform(command);
        true
    }
}

/// What is linked to what in a group: what stands in it, for what runs there.
fn links_within(scene: &Scene, group: &GroupId) -> BTreeSet<(Part, Part)> {
    let standing = |part: &Part| {
        let mut part = match part {
            Part::Instance(instance) => Part::Machine(scene.host(instance)?.clone()),
            other => other.clone(),
        };
        while let Some(home) = scene.home_of(&part).filter(|home| *home != group) {
            part = Part::Group(home.clone());
        }
        Some(part)
    };
    let mut hubs: BTreeMap<&End, (BTreeSet<Part>, BTreeSet<Part>)> = BTreeMap::new();
    let mut found = BTreeSet::new();
    for link in scene.links.iter().filter(|link| link.home.as_ref() == Some(group)) {
        match (link.from.part().and_then(standing), link.to.part().and_then(standing)) {
            (Some(from), Some(to)) => {
                found.insert((from, to));
            }
            (Some(from), None) => {
                hubs.entry(&link.to).or_default().0.insert(from);
            }
            (None, Some(to)) => {
                hubs.entry(&link.from).or_default().1.insert(to);
            }
            (None, None) => {}
        }
    }
    for (from, to) in hubs.values() {
        found.extend(from.iter().flat_map(|from| to.iter().map(move |to| (from.clone(), to.clone()))));
    }
    found
}

/// The moves that arrange a design; none if everything is in its place.
fn arranged(design: &Design, scene: &Scene) -> Option<Command> {
    let mut draft = design.clone();
    let mut commands = Vec::new();
    let outer: BTreeSet<&GroupId> = design.outer_groups().map(|(id, _)| id).collect();
    for (part, to) in places(scene, &outer) {
        let from = scene.boxes[&part].corner();
        if from == to {
            continue;
        }
        let command = match &part {
            Part::Group(id) => {
                // The box of a free group need not begin where the group lies.
                let at = draft.groups.get(id)?.at;
                Command::MoveGroup { group: id.clone(), from: at, to: at + (to - from) }
            }
            Part::Client(id) => {
                Command::MoveClient { client: id.clone(), from: draft.clients.get(id)?.at, to }
            }
            Part::Machine(id) => match intent::move_machine(&draft, id, &Target::Canvas(to)) {
                Some(command) => command,
                None => continue,
            },
            _ => continue,
        };
        command.apply(&mut draft);
        commands.push(command);
    }
    match commands.len() {
        0 | 1 => commands.pop(),
        _ => Some(Command::Batch(commands)),
    }
}

/// The upper left corner of each part that a person placed.
fn places(scene: &Scene, outer: &BTreeSet<&GroupId>) -> BTreeMap<Part, Point> {
    let placed = |part: &Part| match part {
        _ if scene.locked.contains(part) => false,
        // A group within a group goes with it.
        Part::Group(id) => outer.contains(id),
        Part::Client(_) => true,
        Part::Machine(id) => !scene.group_of.contains_key(id),
        _ => false,
    };
    let parts = scene.boxes.iter().filter(|(part, _)| placed(part)).map(|(part, rect)| (part, *rect));
    let home = |part: &Part| match part {
        Part::Entry(group) => Part::Group(group.clone()),
        other => other.clone(),
    };
    let links = scene.links.iter().filter(|link| link.home.is_none());
    let linked = links.filter_map(|link| Some((home(link.from.part()?), home(link.to.part()?))));
    laid_out(parts.collect(), &linked.collect())
}

/// The upper left corner of each of these parts, of which some are linked.
fn laid_out(mut parts: Vec<(&Part, Rect)>, linked: &BTreeSet<(Part, Part)>) -> BTreeMap<Part, Point> {
    // The order in which they are read now.
    parts.sort_by(|(_, a), (_, b)| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x)));
    let Some(whole) = parts.iter().map(|(_, rect)| *rect).reduce(|all, rect| all.union(rect)) else {
        return BTreeMap::new();
    };
    let number = |wanted: &Part| parts.iter().position(|(part, _)| *part == wanted);
    let edges = linked.iter().filter_map(|(from, to)| Some((number(from)?, number(to)?)));
    let mut edges: Vec<(usize, usize)> = edges.filter(|(from, to)| from != to).collect();
    edges.sort_unstable();
    edges.dedup();

    let corner = snapped(whole.corner());
    let mut found = BTreeMap::new();
    let mut below = corner.y;
    let mut right = corner.x + LEAST_WIDTH;
    for ranks in layered(&parts, &edges) {
        let mut x = corner.x;
        let height = |rank: &[usize]| -> f64 {
            let heights: f64 = rank.iter().map(|part| parts[*part].1.h).sum();
            heights + ROW_GAP * rank.len().saturating_sub(1) as f64
        };
        let tallest = ranks.iter().map(|rank| height(rank)).fold(0.0, f64::max);
        for rank in &ranks {
            // The middle of each rank is as high as the middle of the tallest.
            let mut y = below + (tallest - height(rank)) / 2.0;
            let widest = rank.iter().map(|part| parts[*part].1.w).fold(0.0, f64::max);
            for part in rank {
                found.insert(parts[*part].0.clone(), snapped(Point::new(x, y)));
                y += parts[*part].1.h + ROW_GAP;
            }
            x += widest + RANK_GAP;
        }
        right = right.max(x - RANK_GAP);
        below += tallest + ROW_GAP;
    }

    let is_linked = |number: usize| edges.iter().any(|(from, to)| *from == number || *to == number);
    let loose = parts.iter().enumerate().filter(|(number, _)| !is_linked(*number));
    let (mut x, mut row) = (corner.x, 0.0_f64);
    for (_, (part, rect)) in loose {
        if x > corner.x && x + rect.w > right {
            x = corner.x;
            below += row + LOOSE_GAP;
            row = 0.0;
        }
        found.insert((*part).clone(), snapped(Point::new(x, below)));
        x += rect.w + LOOSE_GAP;
        row = row.max(rect.h);
    }

    // As a whole it goes where most of what is there need not move.
    let by = |along: fn(Point) -> f64| {
        let shifts =
            parts.iter().map(|(part, rect)| (along(rect.corner()) - along(found[*part]), rect.w * rect.h));
        middle(shifts.collect())
    };
    let by = snapped(Point::new(by(|point| point.x), by(|point| point.y)));
    found.values_mut().for_each(|place| *place = *place + by);
    found
}

/// The number with half of the weight on either side.
fn middle(mut weighed: Vec<(f64, f64)>) -> f64 {
    weighed.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let half = weighed.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    let found = weighed.iter().find(|(_, weight)| {
        sum += weight;
        sum >= half
    });
    found.map_or(0.0, |(number, _)| *number)
}

/// What is linked, in ranks from left to right, each from top to bottom; what hangs together stands
/// together.
fn layered(parts: &[(&Part, Rect)], edges: &[(usize, usize)]) -> Vec<Vec<Vec<usize>>> {
    if edges.is_empty() {
        return Vec::new();
    }
    let is_linked = |number: usize| edges.iter().any(|(from, to)| *from == number || *to == number);
    let linked: Vec<usize> = (0..parts.len()).filter(|number| is_linked(*number)).collect();
    let place = |number: usize| linked.binary_search(&number).unwrap_or_default() as u32;
    // The library's ranks run from top to bottom, ours from left to right: height is width to it.
    let vertices: Vec<(u32, (f64, f64))> =
        linked.iter().map(|number| (place(*number), (parts[*number].1.h, parts[*number].1.w))).collect();
    let edges: Vec<(u32, u32)> = edges.iter().map(|(from, to)| (place(*from), place(*to))).collect();
    let config = Config { vertex_spacing: ROW_GAP, ..Config::default() };
    let layouts = rust_sugiyama::from_vertices_and_edges(&vertices, &edges, &config);

    let mut components: Vec<Vec<Vec<usize>>> = Vec::new();
    for (coordinates, ..) in layouts {
        let mut ranks: Vec<(f64, Vec<(f64, usize)>)> = Vec::new();
        for (vertex, (x, y)) in coordinates {
            let Some(number) = linked.get(vertex) else { continue };
            match ranks.iter_mut().find(|(of, _)| (of - y).abs() < 1.0) {
                Some((_, rank)) => rank.push((x, *number)),
                None => ranks.push((y, vec![(x, *number)])),
            }
        }
        ranks.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let is_source = |number: usize| edges.iter().any(|(from, _)| *from == place(number));
        let begins = |rank: &[(f64, usize)]| rank.iter().any(|(_, number)| is_source(*number));
        if ranks.first().is_some_and(|(_, rank)| !begins(rank)) {
            ranks.reverse();
        }
        let mut ranks: Vec<Vec<usize>> = ranks
            .into_iter()
            .map(|(_, mut rank)| {
                rank.sort_by(|(a, first), (b, second)| a.total_cmp(b).then(first.cmp(second)));
                rank.into_iter().map(|(_, number)| number).collect()
            })
            .collect();
        // A picture and its mirror image cross as little: the one that is more like now is taken.
        let downward = |ranks: &[Vec<usize>]| {
            let pairs = ranks.iter().flat_map(|rank| rank.windows(2));
            pairs.map(|pair| if pair[0] < pair[1] { 1 } else { -1 }).sum::<i32>()
        };
        if downward(&ranks) < 0 {
            ranks.iter_mut().for_each(|rank| rank.reverse());
        }
        components.push(ranks);
    }
    components.sort_by_key(|ranks| ranks.iter().flatten().min().copied());
    components
}

#[cfg(test)]
mod tests {
    use archlab_model::document;

    use super::*;

    fn shops() -> Editor {
        let text = include_str!("../../static/designs/claims/three-architectures.json");
        Editor::of(document::open(text).expect("the design opens"))
    }

    fn placed(editor: &Editor) -> Vec<Rect> {
        let scene = editor.scene();
        let placed = scene.boxes.iter().filter(|(part, _)| matches!(part, Part::Group(_) | Part::Client(_)));
        placed.map(|(_, rect)| *rect).collect()
    }

    #[test]
    fn nothing_stands_on_anything_else_and_clients_stand_before_groups() {
        let mut editor = shops();
        let groups: Vec<_> = editor.design().groups.keys().cloned().collect();
        for group in groups {
            let from = editor.design().groups[&group].at;
            editor.perform(Command::MoveGroup { group, from, to: Point::new(40.0, 40.0) });
        }
        let steps = editor.steps().0;
        assert!(editor.arrange());
        assert_eq!(editor.steps().0, steps + 1, "it is one step");
        let boxes = placed(&editor);
        for (number, a) in boxes.iter().enumerate() {
            assert!(boxes[number + 1..].iter().all(|b| !a.meets(*b)), "{boxes:?}");
        }
        let scene = editor.scene();
        for link in scene.links.iter().filter(|link| link.home.is_none()) {
            assert!(link.route.from().x < link.route.to().x, "{link:?}");
        }
    }

    #[test]
    fn what_is_arranged_stays_where_it_is() {
        let mut editor = shops();
        editor.arrange();
        assert!(!editor.arrange(), "there is nothing left to do");
        let before = placed(&editor);
        let client = editor.design().clients.keys().next().cloned().expect("there are clients");
        let from = editor.design().clients[&client].at;
        editor.perform(Command::MoveClient { client, from, to: from + Point::new(30.0, 50.0) });
        editor.arrange();
        assert_eq!(placed(&editor), before, "a part that was moved goes back, and nothing else moves");
    }
}
