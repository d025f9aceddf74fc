//! Where functions live: modules of a distributed layout, services of microservices, and transactions; where data lies.

use crate::business::{Module, ServiceSpec, StoreSpec, StoreUse};
use crate::command::Command;
use crate::design::Design;
use crate::id::{DataId, FunctionId, ModuleId, ServiceId, StoreId};

/// Where a function is to live, or data to lie.
#[derive(Debug, Clone, PartialEq)]
pub enum Home<T> {
    /// By itself.
    Alone,
    /// In one that is there.
    In(T),
    /// In a new one, called so.
    New(String),
}

/// Gives a function another module. The one it leaves stays, even if it is empty: it was named by somebody.
pub fn set_module(design: &Design, function: &FunctionId, home: &Home<ModuleId>) -> Option<Command> {
    let moved = super::change(design, |business| {
        let now = business.modules.iter().find(|(_, module)| module.functions.contains(function));
        if let (Some((now, _)), Home::In(wanted)) = (now, home)
            && now == wanted
        {
            return;
        }
        business.modules.values_mut().for_each(|module| module.functions.retain(|it| it != function));
        let modules = &mut business.modules;
        let module = match home {
            Home::Alone => return,
            Home::In(id) => modules.get_mut(id),
            Home::New(words) => {
                let id = super::name_for(words, "module", |name: &ModuleId| modules.contains_key(name));
                let title = super::title_for(words, id.as_str());
                Some(modules.entry(id).or_insert(Module { title, ..Module::default() }))
            }
        };
        if let Some(module) = module {
            module.functions.push(function.clone());
        }
    });
    super::with_dependents(design, moved)
}

/// Gives a function another service. The one it leaves stays, even if it is empty.
pub fn set_service(design: &Design, function: &FunctionId, home: &Home<ServiceId>) -> Option<Command> {
    let moved = super::change(design, |business| {
        let now = business.services.iter().find(|(_, service)| service.functions.contains(function));
        if let (Some((now, _)), Home::In(wanted)) = (now, home)
            && now == wanted
        {
            return;
        }
        business.services.values_mut().for_each(|service| service.functions.retain(|it| it != function));
        let services = &mut business.services;
        let service = match home {
            Home::Alone => return,
            Home::In(id) => services.get_mut(id),
            Home::New(words) => {
                let id = super::name_for(words, "service", |name: &ServiceId| services.contains_key(name));
                let title = super::title_for(words, id.as_str());
                Some(services.entry(id).or_insert(ServiceSpec { title, ..ServiceSpec::default() }))
            }
        };
        if let Some(service) = service {
            service.functions.push(function.clone());
        }
    });
    super::with_dependents(design, moved)
}

/// Adds an empty module that is called `words`.
pub fn add_module(design: &Design, words: &str) -> Option<(ModuleId, Command)> {
    let known = &design.business.modules;
    let id = super::name_for(words, "module", |name: &ModuleId| known.contains_key(name));
    let title = super::title_for(words, id.as_str());
    let module = Module { title, ..Module::default() };
    let command = super::change(design, |business| {
        business.modules.insert(id.clone(), module);
    })?;
    Some((id, command))
}

/// Removes a module; each of its functions makes one of its own then.
pub fn remove_module(design: &Design, module: &ModuleId) -> Option<Command> {
    let removed = super::change(design, |business| {
        business.modules.shift_remove(module);
    });
    super::with_dependents(design, removed)
}

/// Adds an empty service that is called `words`.
pub fn add_service(design: &Design, words: &str) -> Option<(ServiceId, Command)> {
    let known = &design.business.services;
    let id = super::name_for(words, "service", |name: &ServiceId| known.contains_key(name));
    let title = super::title_for(words, id.as_str());
    let service = ServiceSpec { title, ..ServiceSpec::default() };
    let command = super::change(design, |business| {
        business.services.insert(id.clone(), service);
    })?;
    Some((id, command))
}

/// Removes a service; each of its functions is one of its own then.
pub fn remove_service(design: &Design, service: &ServiceId) -> Option<Command> {
    let removed = super::change(design, |business| {
        business.services.shift_remove(service);
    });
    super::with_dependents(design, removed)
}

/// Says whether what a function writes, with all that it waits for, happens all or not at all.
pub fn set_transaction(design: &Design, function: &FunctionId, is_one: bool) -> Option<Command> {
    super::change(design, |business| {
        let transactions = &mut business.transactions;
        match (is_one, transactions.iter().position(|it| it == function)) {
            (true, None) => transactions.push(function.clone()),
            (false, Some(place)) => drop(transactions.remove(place)),
            _ => {}
        }
    })
}

/// Adds an empty store that is called `words`.
pub fn add_store(design: &Design, words: &str) -> Option<(StoreId, Command)> {
    let known = &design.business.stores;
    let id = super::name_for(words, "store", |name: &StoreId| known.contains_key(name));
    let store = StoreSpec { title: super::title_for(words, id.as_str()), ..StoreSpec::default() };
    let command = super::change(design, |business| {
        business.stores.insert(id.clone(), store);
    })?;
    Some((id, command))
}

/// Removes a store; its data lies where the layout puts it then.
pub fn remove_store(design: &Design, store: &StoreId) -> Option<Command> {
    let removed = super::change(design, |business| {
        business.stores.shift_remove(store);
    });
    super::with_dependents(design, removed)
}

/// Says what a store is.
pub fn set_store_use(design: &Design, store: &StoreId, kind: StoreUse) -> Option<Command> {
    super::change(design, |business| {
        if let Some(store) = business.stores.get_mut(store) {
            store.kind = kind;
        }
    })
}

/// Lets data lie in another store: by itself means where the layout puts it. The store it leaves stays, even if
/// it is empty.
pub fn set_store(design: &Design, data: &DataId, home: &Home<StoreId>) -> Option<Command> {
    let moved = super::change(design, |business| {
        let stores = &mut business.stores;
        if let Home::In(wanted) = home
            && stores.get(wanted).is_none_or(|store| store.data.contains(data))
        {
            return;
        }
        stores.values_mut().for_each(|store| store.data.retain(|it| it != data));
        let store = match home {
            Home::Alone => return,
            Home::In(id) => stores.get_mut(id),
            Home::New(words) => {
                let id = super::name_for(words, "store", |name: &StoreId| stores.contains_key(name));
                let title = super::title_for(words, id.as_str());
                Some(stores.entry(id).or_insert(StoreSpec { title, ..StoreSpec::default() }))
            }
        };
        if let Some(store) = store {
            store.data.push(data.clone());
        }
    });
    super::with_dependents(design, moved)
}
