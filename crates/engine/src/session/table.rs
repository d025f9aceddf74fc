//! The sessions of one service: for each user the newest change, and which instances have it.
//!
//! A place is an instance that may keep sessions in its memory; the store of a shared scheme is one, too.

use archlab_model::{SessionScheme, SimTime, Span};

use crate::random::Stream;

/// Most sessions of one table. Of more users some share one.
pub const MAX_SESSIONS: u32 = 1 << 20;
/// Most copies of sessions of one table. Where there are many places, fewer users have one of their own.
pub const MAX_COPIES: u32 = 1 << 22;
/// Most places of one table.
pub const MAX_PLACES: usize = 1 << 10;

/// Nobody's place.
const NOWHERE: u16 = u16::MAX;

/// What a request finds where it has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// There is no session: the user has not been here, or not for long.
    Nothing,
    /// It is here. Whether some of its changes have not arrived yet.
    Here {
        /// Changes that are known elsewhere.
        stale: bool,
    },
    /// It is there, from where this place can fetch it.
    There {
        /// The other place.
        from: u16,
    },
    /// There was one, which is gone or can't be reached. Whether its loss was counted before.
    Gone {
        /// Counted when its place died.
        counted: bool,
    },
}

/// What was lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Loss {
    /// Sessions.
    pub sessions: u64,
    /// Changes of sessions that are still there.
    pub changes: u64,
}

#[derive(Debug, Clone, Copy)]
struct Session {
    used: SimTime,
    /// The newest change that is not lost; 0: there is no session.
    version: u32,
    /// Where it was used last, and where its one copy lies.
    home: u16,
    backup: u16,
    /// There was one, and its place died.
    lost: bool,
}

const NO_SESSION: Session =
    Session { used: SimTime::START, version: 0, home: NOWHERE, backup: NOWHERE, lost: false };

/// The sessions of one service.
#[derive(Debug, Clone)]
pub struct Table {
    scheme: SessionScheme,
    idle: Span,
    sessions: Vec<Session>,
    /// By session, then by place: the newest change there. Only where there are several copies.
    copies: Vec<u32>,
    width: usize,
    /// By place: whether its process lives.
    alive: Vec<bool>,
}

impl Table {
    /// An empty table.
    pub fn new(scheme: SessionScheme, idle: Span) -> Table {
        Table { scheme, idle, sessions: Vec::new(), copies: Vec::new(), width: 0, alive: Vec::new() }
    }

    /// Other settings from now on. With another scheme all users log in again.
    pub fn set(&mut self, scheme: SessionScheme, idle: Span) {
        self.idle = idle;
        if scheme != self.scheme {
            self.scheme = scheme;
            self.sessions.clear();
            self.copies.clear();
        }
    }

    /// There are `places` from now on; those that are new live.
    pub fn widen(&mut self, places: usize) {
        let places = places.min(MAX_PLACES);
        if places <= self.alive.len() {
            return;
        }
        self.alive.resize(places, true);
        if self.has_copies() && self.width < places {
            let width = places.next_power_of_two().max(4);
            let mut copies = vec![0; self.sessions.len() * width];
            for user in 0..self.sessions.len() {
                let old = &self.copies[user * self.width..(user + 1) * self.width];
                copies[user * width..user * width + self.width].copy_from_slice(old);
            }
            (self.copies, self.width) = (copies, width);
        }
    }

    /// A request of `user` looks for its session at a place. Nothing changes.
    pub fn find(&self, now: SimTime, user: u32, place: u16) -> Found {
        let user = self.fold(user);
        let Some(session) = self.sessions.get(user) else { return Found::Nothing };
        if session.lost {
            return Found::Gone { counted: true };
        }
        if session.version == 0 || now > session.used + self.idle {
            return Found::Nothing;
        }
        match self.scheme {
            SessionScheme::SharedStore | SessionScheme::Token => Found::Here { stale: false },
            SessionScheme::Local | SessionScheme::Sticky if session.home == place => {
                Found::Here { stale: false }
            }
            SessionScheme::Local | SessionScheme::Sticky => Found::Gone { counted: false },
            SessionScheme::Replicated | SessionScheme::Backup => {
                let here = self.copy(user, place);
                if here > 0 {
                    return Found::Here { stale: here < session.version };
                }
                match self.best(user) {
                    Some((from, _)) if self.scheme == SessionScheme::Backup => Found::There { from },
                    _ => Found::Gone { counted: false },
                }
            }
        }
    }

    /// The user goes on here: with the session that was found, or with a new one where there is none.
    /// What is lost by that.
    pub fn go_on(&mut self, now: SimTime, user: u32, place: u16) -> Loss {
        let found = self.find(now, user, place);
        let user = self.fold(user);
        self.make_room(user);
        let mut loss = Loss::default();
        if let Found::Gone { counted: false } = found {
            loss.sessions = 1;
        }
        if let Found::Nothing | Found::Gone { .. } = found {
            let old = &mut self.sessions[user];
            let (backup, version) = (old.backup, old.version);
            *old = Session { used: now, version: version + 1, home: place, backup, lost: false };
            let version = old.version;
            self.clear_copies(user);
            self.put(user, place, version);
            return loss;
        }
        if let Found::There { from } = found {
            let version = self.copy(user, from);
            self.put(user, place, version);
        }
        let session = &mut self.sessions[user];
        (session.used, session.home) = (now, place);
        loss
    }

    /// The user's session is changed at a place. The number of the change.
    pub fn change(&mut self, user: u32, place: u16) -> u32 {
        let user = self.fold(user);
        let Some(session) = self.sessions.get_mut(user) else { return 0 };
        session.version += 1;
        let version = session.version;
        self.put(user, place, version);
        version
    }

    /// Where the change just made at `place` has to be sent, one after another: begin with none.
    pub fn next_copy(
        &mut self,
        user: u32,
        place: u16,
        before: Option<u16>,
        stream: &mut Stream,
    ) -> Option<u16> {
        let user = self.fold(user);
        match self.scheme {
            SessionScheme::Replicated => {
                let first = before.map_or(0, |before| before + 1);
                (first..self.alive.len() as u16).find(|other| *other != place && self.alive[*other as usize])
            }
            SessionScheme::Backup if before.is_none() => self.backup_of(user, place, stream),
            _ => None,
        }
    }

    /// A change has reached a place. How many changes that were thought lost are thereby known again.
    pub fn receive(&mut self, user: u32, place: u16, version: u32) -> u64 {
        let user = self.fold(user);
        let alive = self.alive.get(place as usize).is_some_and(|alive| *alive);
        let Some(session) = self.sessions.get_mut(user).filter(|_| alive) else { return 0 };
        if session.version == 0 || session.lost {
            return 0;
        }
        let regained = version.saturating_sub(session.version);
        session.version += regained;
        self.put(user, place, version);
        u64::from(regained)
    }

    /// The newest change of a user's session.
    pub fn version(&self, user: u32) -> u32 {
        self.sessions.get(self.fold(user)).map_or(0, |session| session.version)
    }

    /// A place dies with all it kept. What is lost.
    pub fn kill(&mut self, place: u16) -> Loss {
        match self.alive.get_mut(place as usize) {
            Some(alive) if *alive => *alive = false,
            _ => return Loss::default(),
        }
        let mut loss = Loss::default();
        for user in 0..self.sessions.len() {
            self.put(user, place, 0);
            let session = self.sessions[user];
            if session.version == 0 || session.lost {
                continue;
            }
            let best = match self.scheme {
                SessionScheme::Token => continue,
                SessionScheme::SharedStore | SessionScheme::Local | SessionScheme::Sticky => {
                    if session.home == place { None } else { continue }
                }
                SessionScheme::Replicated | SessionScheme::Backup => {
                    self.best(user).map(|(_, version)| version)
                }
            };
            let session = &mut self.sessions[user];
            match best {
                None => {
                    (session.lost, session.home) = (true, NOWHERE);
                    loss.sessions += 1;
                }
                Some(version) => {
                    loss.changes += u64::from(session.version.saturating_sub(version));
                    session.version = session.version.min(version);
                }
            }
        }
        loss
    }

    /// A process begins at a place. Where all have all sessions, it asks another for them first.
    pub fn revive(&mut self, place: u16) {
        match self.alive.get_mut(place as usize) {
            Some(alive) if !*alive => *alive = true,
            _ => return,
        }
        if self.scheme == SessionScheme::Replicated {
            for user in 0..self.sessions.len() {
                if let Some((_, version)) = self.best(user) {
                    self.put(user, place, version);
                }
            }
        }
    }

    fn has_copies(&self) -> bool {
        matches!(self.scheme, SessionScheme::Replicated | SessionScheme::Backup)
    }

    /// The place of a user's session in the table.
    fn fold(&self, user: u32) -> usize {
        let most = match self.width {
            0 => MAX_SESSIONS,
            width => MAX_SESSIONS.min(MAX_COPIES / width as u32),
        };
        (user % most) as usize
    }

    fn make_room(&mut self, user: usize) {
        if self.sessions.len() <= user {
            if self.has_copies() && self.width == 0 {
                self.width = self.alive.len().next_power_of_two().max(4);
            }
            self.sessions.resize(user + 1, NO_SESSION);
            self.copies.resize((user + 1) * self.width, 0);
        }
    }

    fn copy(&self, user: usize, place: u16) -> u32 {
        self.copies_of(user).get(place as usize).copied().unwrap_or(0)
    }

    fn copies_of(&self, user: usize) -> &[u32] {
        self.copies.get(user * self.width..(user + 1) * self.width).unwrap_or(&[])
    }

    fn put(&mut self, user: usize, place: u16, version: u32) {
        let of = user * self.width..(user + 1) * self.width;
        if let Some(copy) = self.copies.get_mut(of).and_then(|copies| copies.get_mut(place as usize)) {
            *copy = if version == 0 { 0 } else { version.max(*copy) };
        }
    }

    fn clear_copies(&mut self, user: usize) {
        let of = user * self.width..(user + 1) * self.width;
        if let Some(copies) = self.copies.get_mut(of) {
            copies.fill(0);
        }
    }

    /// The place that has most of a session.
    fn best(&self, user: usize) -> Option<(u16, u32)> {
        let copies = self.copies_of(user).iter().enumerate().filter(|(_, version)| **version > 0);
        let best = copies.max_by_key(|(place, version)| (**version, std::cmp::Reverse(*place)));
        best.map(|(place, version)| (place as u16, *version))
    }

    /// The place that keeps the copy of a session: the one it had, or any other that lives, by chance.
    fn backup_of(&mut self, user: usize, place: u16, stream: &mut Stream) -> Option<u16> {
        let session = self.sessions.get(user)?;
        let lives = |other: u16| other != place && self.alive.get(other as usize) == Some(&true);
        if lives(session.backup) {
            return Some(session.backup);
        }
        let others = (0..self.alive.len() as u16).filter(|other| lives(*other));
        let count = others.clone().count();
        if count == 0 {
            return None;
        }
        let chosen = others.clone().nth((((1.0 - stream.unit()) * count as f64) as usize).min(count - 1));
        self.sessions[user].backup = chosen.unwrap_or(NOWHERE);
        chosen
    }
}

#[cfg(test)]
mod tests;
