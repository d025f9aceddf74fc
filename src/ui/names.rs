//! How parts are called on the page.

use archlab_engine::Report;
use archlab_model::{
    ClientId, Design, FunctionId, Group, GroupId, InstanceId, KindId, Layout, MachineId, NoteId, ServiceId,
    Site, StoreId, StoreKind, Text,
};
use archlab_words::story;

use crate::editor::scene::{Part, Scene};
use crate::ui::canvas::group::layout_name;
use crate::ui::i18n::Words;

/// The names of a design's parts, in a language.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    /// The design.
    pub design: &'a Design,
    /// What its layouts made.
    pub scene: &'a Scene,
    /// The language.
    pub words: Words,
}

impl Names<'_> {
    fn text(&self, text: &Text) -> String {
        archlab_words::of(self.words.lang, text).into_owned()
    }

    /// A machine: its title, or "Machine 3" for `machine-3`, or its id.
    pub fn machine(&self, id: &MachineId) -> String {
        let titled = self.design.machines.get(id).and_then(|machine| machine.title.as_ref());
        if let Some(title) = titled {
            return self.text(title);
        }
        match id.as_str().strip_prefix("machine-").and_then(|number| number.parse::<u32>().ok()) {
            Some(number) => self.words.fill("name.machine", &[("number", &number)]),
            None => id.to_string(),
        }
    }

    /// A group: its title or its id, with its layout if another one is called the same.
    pub fn group(&self, id: &GroupId) -> String {
        let Some(group) = self.design.groups.get(id) else { return id.to_string() };
        let title = self.text(&group.title);
        let namesake = |(other, value): (&GroupId, &Group)| other != id && value.title == group.title;
        if title.is_empty() {
            id.to_string()
        } else if self.design.groups.iter().any(namesake) {
            format!("{title} · {}", layout_name(group.layout, self.words))
        } else {
            title
        }
    }

    /// Clients.
    pub fn client(&self, id: &ClientId) -> String {
        let titled = self.design.clients.get(id).and_then(|client| client.title.as_ref());
        titled.map_or_else(|| id.to_string(), |title| self.text(title))
    }

    /// The entry of a group.
    pub fn entry(&self, group: &GroupId) -> String {
        let cluster = self.design.groups.get(group).is_none_or(|group| group.layout == Layout::Cluster);
        self.words.t(if cluster { "name.balancer" } else { "name.gateway" })
    }

    /// A service.
    pub fn service(&self, group: &GroupId, id: &ServiceId) -> String {
        let deployment = self.scene.deployments.get(group);
        let service = deployment.and_then(|it| it.services.iter().find(|service| service.id == *id));
        match service.and_then(|service| service.title.as_ref()) {
            Some(title) => self.text(title),
            None => id.to_string(),
        }
    }

    /// An instance: its service, with its number if there are several.
    pub fn instance(&self, id: &InstanceId) -> String {
        let service = self.service(&id.group, &id.service);
        let several = self.scene.service(id).is_some_and(|service| service.instances.len() > 1);
        if several { format!("{service} · {}", id.number) } else { service }
    }

    /// A store.
    pub fn store(&self, group: &GroupId, id: &StoreId) -> String {
        let deployment = self.scene.deployments.get(group);
        let store = deployment.and_then(|it| it.stores.iter().find(|store| store.id == *id));
        match store.map(|store| (store.kind, store.title.as_ref())) {
            Some((StoreKind::Shared, _)) => self.words.t("name.database"),
            Some((StoreKind::Sessions, _)) => self.words.t("name.sessions"),
            Some((StoreKind::Broker, _)) => self.words.t("name.broker"),
            Some((StoreKind::Coordinator, _)) => self.words.t("name.coordinator"),
            Some((StoreKind::Own, Some(title))) => {
                self.words.fill("name.own_store", &[("service", &self.text(title))])
            }
            Some((StoreKind::Named(_), Some(title))) => self.text(title),
            Some((StoreKind::Named(_) | StoreKind::Member | StoreKind::Cache, _)) => id.to_string(),
            Some((StoreKind::Own, None)) => self.words.fill("name.own_store", &[("service", id)]),
            None => id.to_string(),
        }
    }

    /// A function.
    pub fn function(&self, id: &FunctionId) -> String {
        let titled = self.design.business.functions.get(id).and_then(|function| function.title.as_ref());
        titled.map_or_else(|| id.to_string(), |title| self.text(title))
    }

    /// A request kind.
    pub fn kind(&self, id: &KindId) -> String {
        let titled = self.design.business.requests.get(id).and_then(|kind| kind.title.as_ref());
        titled.map_or_else(|| id.to_string(), |title| self.text(title))
    }

    /// Any part.
    pub fn part(&self, part: &Part) -> String {
        match part {
            Part::Group(id) => self.group(id),
            Part::Client(id) => self.client(id),
            Part::Entry(id) => self.entry(id),
            Part::Store(group, id) => self.store(group, id),
            Part::Machine(id) => self.machine(id),
            Part::Instance(id) => self.instance(id),
            Part::Note(id) => self.note(id),
        }
    }

    /// A note: how it begins.
    pub fn note(&self, id: &NoteId) -> String {
        const MOST: usize = 24;
        let text = self.design.notes.get(id).map(|note| self.text(&note.text)).unwrap_or_default();
        let begins: String = text.lines().next().unwrap_or_default().chars().take(MOST).collect();
        if begins.is_empty() {
            self.words.t("name.note")
        } else {
            self.words.fill("name.note_of", &[("text", &begins)])
        }
    }
}

impl story::Names for Names<'_> {
    fn machine(&self, id: &MachineId) -> String {
        Names::machine(self, id)
    }

    fn instance(&self, id: &InstanceId) -> String {
        let host = self.scene.host(id).map(|machine| Names::machine(self, machine));
        match host {
            Some(host) => {
                self.words.fill("name.on", &[("part", &Names::instance(self, id)), ("machine", &host)])
            }
            None => Names::instance(self, id),
        }
    }

    fn site(&self, site: &Site) -> String {
        match site {
            Site::Instance(id) => story::Names::instance(self, id),
            Site::Store(name) => self.store(&name.group, &name.store),
            Site::Named(name) => {
                let name = name.as_str();
                if let Some((id, _)) = self.design.machines.get_key_value(name) {
                    Names::machine(self, id)
                } else if let Some((id, _)) = self.design.clients.get_key_value(name) {
                    self.client(id)
                } else if let Some((id, _)) = self.design.groups.get_key_value(name) {
                    self.entry(id)
                } else {
                    name.to_owned()
                }
            }
        }
    }
}

/// The report of one group.
pub fn group_report<'a>(
    report: &'a Report,
    group: &GroupId,
) -> Option<&'a archlab_engine::measure::report::GroupReport> {
    report.groups.iter().find(|of| of.group == *group)
}
