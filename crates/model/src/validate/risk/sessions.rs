//! Sessions that lie in the memory of one instance.

use super::{Look, Risk, set_policies};
use crate::command::Command;
use crate::policy::SessionScheme;
use crate::validate::Problems;

pub(super) fn check(look: &Look<'_>, problems: &mut Problems) {
    let wanted = look.design.business.requests.values().any(|kind| kind.session && kind.share > 0.0);
    let scheme = look.policies().sessions.as_ref().map(|sessions| sessions.scheme);
    if wanted && matches!(scheme, Some(SessionScheme::Local | SessionScheme::Sticky)) {
        look.add(problems, Risk::SessionsInMemory);
    }
}

/// A store that all share.
pub(super) fn mend(look: &Look<'_>) -> Option<Command> {
    set_policies(look.id, look.group, |policies| {
        if let Some(sessions) = &mut policies.sessions {
            sessions.scheme = SessionScheme::SharedStore;
        }
    })
}
