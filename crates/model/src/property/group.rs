//! What a group says of its deployment: all its policies.

use std::ops::RangeInclusive;

use crate::design::Design;
use crate::group::{Group, Policies};
use crate::id::{FunctionId, GroupId, KindId, ServiceId};
use crate::layout;
use crate::property::form::Form;
use crate::property::kind::Label;
use crate::property::{balancing, calls, flow, instances, storage};
use crate::text::Text;
use crate::time::Span;

/// Waits that a person can think of.
pub(super) const HOUR: RangeInclusive<Span> = Span::ZERO..=Span::from_secs(3_600);
/// Longer ones: how long something is remembered, or left alone.
pub(super) const DAY: RangeInclusive<Span> = Span::ZERO..=Span::from_secs(86_400);
/// Checks in a row, attempts, deliveries.
pub(super) const FEW: RangeInclusive<u32> = 1..=1_000;

/// What a group's policies may speak of by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Surroundings {
    pub kinds: Vec<(KindId, Label)>,
    pub functions: Vec<(FunctionId, Label)>,
    pub services: Vec<(ServiceId, Label)>,
}

impl Surroundings {
    /// The names round the group `id`.
    pub fn of(design: &Design, id: &GroupId, group: &Group) -> Surroundings {
        let business = &design.business;
        let services = layout::deploy(design, id, group).services.into_iter();
        let services = services.map(|it| {
            let label = titled(it.title.as_ref(), it.id.as_str());
            (it.id, label)
        });
        let kinds = business.requests.iter();
        let functions = business.functions.iter();
        Surroundings {
            kinds: kinds.map(|(id, it)| (id.clone(), titled(it.title.as_ref(), id.as_str()))).collect(),
            functions: functions
                .map(|(id, it)| (id.clone(), titled(it.title.as_ref(), id.as_str())))
                .collect(),
            services: services.collect(),
        }
    }
}

/// A part by its title, or by its name if it has none.
pub(super) fn titled(title: Option<&Text>, name: &str) -> Label {
    Label::Title(title.cloned().unwrap_or_else(|| Text::Plain(name.to_owned())))
}

pub(super) fn policies(form: &mut Form, policies: &mut Policies, around: &Surroundings) {
    balancing::entry(form, policies, around);
    calls::calls(form, policies, around);
    instances::instances(form, policies);
    storage::data(form, policies);
    flow::messages(form, policies, around);
}

/// What of its policies counts in a group that another holds: none but how it balances a service whose copies all run
/// there, if there is one. Everything else is the outer group's.
pub(super) fn within(form: &mut Form, design: &mut Design, id: &GroupId) {
    let Some(outer) = design.outermost(id) else { return };
    let Some(group) = design.groups.get(outer) else { return };
    let mut services = layout::deploy(design, outer, group).services.into_iter();
    let balances = services.any(|service| service.balanced_by.as_ref() == Some(id));
    if let Some(group) = design.groups.get_mut(id).filter(|_| balances) {
        balancing::within(form, &mut group.policies);
    }
}
