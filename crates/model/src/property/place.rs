//! The parts of a design that a fault, a link or a release can name.

use std::collections::BTreeSet;

use crate::design::Design;
use crate::fault::{Site, StoreName};
use crate::id::{ClientId, FunctionId, GroupId, InstanceId, MachineId, ServiceId, ZoneId};
use crate::layout;
use crate::property::group::titled;
use crate::property::kind::Label;
use crate::text::Text;

/// No more parts of one kind than these are offered: nobody reads a longer list.
const MOST: usize = 400;

/// The parts of a design by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    pub groups: Vec<(GroupId, Label)>,
    pub machines: Vec<(MachineId, Label)>,
    pub clients: Vec<(ClientId, Label)>,
    pub zones: Vec<(ZoneId, Label)>,
    pub instances: Vec<(InstanceId, Label)>,
    pub stores: Vec<(StoreName, Label)>,
    pub services: Vec<(ServiceId, Label)>,
    pub functions: Vec<(FunctionId, Label)>,
    /// Machines, clients, entries, stores and instances.
    pub sites: Vec<(Site, Label)>,
}

impl Places {
    /// The parts of `design`.
    pub fn of(design: &Design) -> Places {
        let mut places = Places::default();
        let site = |site: Site| Label::Site(site);
        let named = |name: &str| site(Site::named(name));
        for (id, group) in &design.groups {
            places.groups.push((id.clone(), titled(Some(&group.title), id.as_str())));
            let deployment = layout::deploy(design, id, group);
            for service in &deployment.services {
                if !places.services.iter().any(|(known, _)| *known == service.id) {
                    let label = titled(service.title.as_ref(), service.id.as_str());
                    places.services.push((service.id.clone(), label));
                }
                let instances = service.instances.iter();
                places
                    .instances
                    .extend(instances.map(|it| (it.id.clone(), site(Site::Instance(it.id.clone())))));
            }
            places.stores.extend(deployment.stores.iter().map(|store| {
                let name = StoreName { group: id.clone(), store: store.id.clone() };
                (name.clone(), site(Site::Store(name)))
            }));
        }
        places.machines = design.machines.keys().map(|id| (id.clone(), named(id.as_str()))).collect();
        places.clients = design.clients.keys().map(|id| (id.clone(), named(id.as_str()))).collect();
        let functions = design.business.functions.iter();
        places.functions =
            functions.map(|(id, it)| (id.clone(), titled(it.title.as_ref(), id.as_str()))).collect();
        let zones: BTreeSet<&str> = design.machines.values().filter_map(|it| it.zone.as_deref()).collect();
        let zones = zones.into_iter().filter_map(|zone| zone.parse::<ZoneId>().ok());
        places.zones =
            zones.map(|zone| (zone.clone(), Label::Title(Text::Plain(zone.to_string())))).collect();
        places.machines.truncate(MOST);
        places.instances.truncate(MOST);
        places.stores.truncate(MOST);

        let names = places.machines.iter().map(|(id, _)| id.as_str());
        let names = names.chain(places.clients.iter().map(|(id, _)| id.as_str()));
        let names = names.chain(places.groups.iter().map(|(id, _)| id.as_str()));
        let sites =
            names.map(Site::named).chain(places.stores.iter().map(|(name, _)| Site::Store(name.clone())));
        let sites = sites.chain(places.instances.iter().map(|(id, _)| Site::Instance(id.clone())));
        places.sites = sites.map(|it| (it.clone(), site(it))).collect();
        places
    }

    /// The ends that a link with a latency of its own can have.
    pub fn ends(&self) -> Vec<(String, Label)> {
        let instances = |site: &Site| matches!(site, Site::Instance(_));
        let ends = self.sites.iter().filter(|(site, _)| !instances(site));
        ends.map(|(site, label)| (site.to_string(), label.clone())).collect()
    }
}
