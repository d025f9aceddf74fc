//! What is looked up again and again while drawing: names, and the run's state by part.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use archlab_engine::Frame;
use archlab_engine::frame::{GroupFrame, InstanceFrame, MachineFrame, StoreFrame};
use archlab_model::{FunctionId, GroupId, InstanceId, MachineId, StoreId};
use archlab_words::Lang;
use yew::AttrValue;

use crate::editor::scene::{Part, Scene};
use crate::session::Session;
use crate::ui::i18n::Words;
use crate::ui::names::Names;

/// The names of all parts, in a language.
#[derive(Default)]
pub struct Book {
    of: Option<(Rc<Scene>, Lang)>,
    names: BTreeMap<Part, AttrValue>,
    by_hand: BTreeSet<Part>,
    functions: BTreeMap<InstanceId, Rc<[(FunctionId, AttrValue)]>>,
}

impl Book {
    /// Brings the names up to date with the design.
    pub fn keep(&mut self, session: &Session, words: Words) {
        let scene = session.editor.shared_scene();
        let same = |(of, lang): &(Rc<Scene>, Lang)| Rc::ptr_eq(of, &scene) && *lang == words.lang;
        if self.of.as_ref().is_some_and(same) {
            return;
        }
        let design = session.editor.design();
        let names = Names { design, scene: &scene, words };
        self.names =
            scene.boxes.keys().map(|part| (part.clone(), AttrValue::from(names.part(part)))).collect();
        self.functions.clear();
        self.by_hand = scene.changed_by_hand(design);
        for service in scene.deployments.values().flat_map(|deployment| &deployment.services) {
            let titles = service.functions.iter().map(|id| {
                let titled = design.business.functions.get(id).and_then(|function| function.title.as_ref());
                let title = titled.map(|title| archlab_words::of(words.lang, title).into_owned());
                (id.clone(), AttrValue::from(title.unwrap_or_else(|| id.to_string())))
            });
            let titles: Rc<[(FunctionId, AttrValue)]> = titles.collect();
            for instance in &service.instances {
                self.functions.insert(instance.id.clone(), titles.clone());
            }
        }
        self.of = Some((scene, words.lang));
    }

    /// What a part is called.
    pub fn name(&self, part: &Part) -> AttrValue {
        self.names.get(part).cloned().unwrap_or_default()
    }

    /// Whether a person changed what a part is, or put it where it is.
    pub fn is_by_hand(&self, part: &Part) -> bool {
        self.by_hand.contains(part)
    }

    /// The functions that an instance serves, by name.
    pub fn functions(&self, instance: &InstanceId) -> Rc<[(FunctionId, AttrValue)]> {
        self.functions.get(instance).cloned().unwrap_or_default()
    }
}

/// The state of the run by part.
pub struct Now<'a> {
    /// Machines.
    pub machines: BTreeMap<&'a MachineId, &'a MachineFrame>,
    /// Instances.
    pub instances: BTreeMap<&'a InstanceId, &'a InstanceFrame>,
    /// Stores.
    pub stores: BTreeMap<(&'a GroupId, &'a StoreId), &'a StoreFrame>,
    /// Groups.
    pub groups: BTreeMap<&'a GroupId, &'a GroupFrame>,
}

impl<'a> Now<'a> {
    /// The parts of a frame.
    pub fn of(frame: &'a Frame) -> Now<'a> {
        Now {
            machines: frame.machines.iter().map(|machine| (&machine.id, machine)).collect(),
            instances: frame.instances.iter().map(|instance| (&instance.id, instance)).collect(),
            stores: frame.stores.iter().map(|store| ((&store.group, &store.id), store)).collect(),
            groups: frame.groups.iter().map(|group| (&group.id, group)).collect(),
        }
    }
}
