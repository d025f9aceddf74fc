//! Sticky sessions: which instance a user's cookie names.

use std::collections::BTreeMap;

use archlab_model::{SimTime, Span};

/// Most users that a service keeps at their instances. One more is balanced as if it had no cookie.
pub const MAX_COOKIES: usize = 1 << 20;

/// The cookies of a service's users.
#[derive(Debug, Clone, Default)]
pub struct Cookies {
    /// By population and number.
    cookies: BTreeMap<(u32, u32), Cookie>,
}

/// A user's cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cookie {
    instance: u32,
    expires: SimTime,
}

impl Cookies {
    /// The instance that a user has been at, unless that is too long ago.
    pub fn instance_of(&self, user: (u32, u32), now: SimTime) -> Option<u32> {
        self.cookies.get(&user).filter(|cookie| now < cookie.expires).map(|cookie| cookie.instance)
    }

    /// A user is at an instance, and keeps it for `duration` from now.
    pub fn keep(&mut self, user: (u32, u32), instance: u32, now: SimTime, duration: Span) {
        let cookie = Cookie { instance, expires: now + duration };
        if let Some(known) = self.cookies.get_mut(&user) {
            *known = cookie;
        } else if self.cookies.len() < MAX_COOKIES {
            self.cookies.insert(user, cookie);
        }
    }

    /// How many users each instance has; what became of the cookies is not asked.
    #[cfg(test)]
    pub fn count_at(&self, instance: u32) -> usize {
        self.cookies.values().filter(|cookie| cookie.instance == instance).count()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.cookies.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_lasts_from_the_last_request() {
        let (mut cookies, day) = (Cookies::default(), Span::from_secs(86_400));
        let at = |hours: u64| SimTime::START + Span::from_secs(3_600 * hours);
        cookies.keep((0, 7), 3, at(0), day);
        assert_eq!(cookies.instance_of((0, 7), at(23)), Some(3));
        assert_eq!(cookies.instance_of((0, 8), at(23)), None);
        cookies.keep((0, 7), 3, at(23), day);
        assert_eq!(cookies.instance_of((0, 7), at(46)), Some(3));
        assert_eq!(cookies.instance_of((0, 7), at(47)), None);
        assert_eq!(cookies.count_at(3), 1);
    }
}
