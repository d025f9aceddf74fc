//! Sections and rows of properties: folded or open, switched on or off, each with its way back to the default.

use archlab_model::property::{Change, Found, Kind, Nature, Node, Property, Section, Subject, Value, find};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::properties::Hands;
use super::{preset, teach};
use crate::ui::icon::{Icon, icon};
use crate::ui::names::Names;
use crate::ui::panels::field::quantity::QuantityField;
use crate::ui::panels::field::{TextField, said};

/// How the paths begin of the switches that say to which groups clients send.
const GROUP_TO_SEND_TO: &str = "to/";

/// What is needed to show properties.
pub(super) struct Sheet<'a> {
    pub names: Names<'a>,
    pub hands: &'a Hands,
    /// The properties of the second and further subjects.
    pub others: &'a [Vec<Node>],
    /// All properties of the first, whatever is searched for.
    pub all: &'a [Node],
}

impl Sheet<'_> {
    /// Properties and sections, so deep in others.
    pub fn nodes(&self, nodes: &[Node], depth: usize) -> Html {
        nodes
            .iter()
            .map(|node| match node {
                Node::Property(property) => self.property(property),
                Node::Section(section) if section.nature == Nature::Topic => self.topic(section),
                Node::Section(section) => self.section(section, depth),
            })
            .collect()
    }

    fn topic(&self, section: &Section) -> Html {
        html! {
            <section class="topic" key={section.path.clone()}>
                <h3>{ said::label(&self.names, &section.label) }</h3>
                { preset::field(self, &section.path) }
                { self.nodes(&section.nodes, 0) }
            </section>
        }
    }

    /// Whether a section is open that nobody has touched.
    fn is_open_by_itself(&self, section: &Section, depth: usize) -> bool {
        let subject = self.hands.subjects.first();
        match section.nature {
            _ if self.hands.searching => true,
            Nature::Optional { on, .. } => on && depth > 0,
            _ => depth > 0 || matches!(subject, Some(Subject::Client(_))),
        }
    }

    fn section(&self, section: &Section, depth: usize) -> Html {
        let here: Vec<Found<'_>> =
            self.others.iter().filter_map(|nodes| find(nodes, &section.path)).collect();
        let by_itself = self.is_open_by_itself(section, depth);
        let can_open = !matches!(section.nature, Nature::Optional { on: false, .. });
        let is_open = can_open && by_itself != self.hands.toggled.contains(&section.path);
        let label = said::label(&self.names, &section.label);
        let changed = changes(section);
        let switch = match section.nature {
            Nature::Optional { on, .. } => {
                if here.len() < self.others.len() {
                    return Html::default();
                }
                let mixed = here.iter().any(|found| found.value() != Value::Switch(on));
                self.switch(section, &label, on, mixed, depth > 0)
            }
            Nature::Item => self.remove(section, &label),
            _ => Html::default(),
        };
        let toggle = {
            let (hands, path) = (self.hands.clone(), section.path.clone());
            Callback::from(move |_: MouseEvent| hands.toggle(&path))
        };
        let body = is_open.then(|| self.body(section, depth, changed));
        let head = html! {
            if can_open {
                <button type="button" class="fold-head" aria-expanded={is_open.to_string()} onclick={toggle}>
                    { icon(if is_open { Icon::ChevronDown } else { Icon::ChevronRight }) }
                    <span class="name">{ label }</span>
                    if changed > 0 { <span class="dot" role="img" aria-label={self.names.words.fill("setting.changed_count", &[("count", &changed)])}></span> }
                    if !is_open { <span class="summary">{ self.summary(section) }</span> }
                </button>
            } else {
                <span class="fold-head off"><span class="name">{ label }</span></span>
            }
        };
        html! {
            <div class={classes!("fold", is_open.then_some("open"), (depth > 0).then_some("inner"))} key={section.path.clone()}>
                <div class="fold-line">
                    if depth == 0 { <h4>{ head }</h4> } else { { head } }
                    { switch }
                </div>
                if let Some(body) = body { <div class="fold-body">{ body }</div> }
            </div>
        }
    }

    fn body(&self, section: &Section, depth: usize, changed: usize) -> Html {
        let add = matches!(section.nature, Nature::List { .. }).then(|| self.add(section));
        let back = (changed > 1 && depth == 0).then(|| self.all_back(section));
        let said = teach::sentences(self, section);
        html! {
            <>
                { preset::field(self, &section.path) }
                { self.nodes(&section.nodes, depth + 1) }
                { for said.into_iter().map(|sentence| html! { <p class="teach">{ sentence }</p> }) }
                { for add }
                { for back }
            </>
        }
    }

    /// What a folded section says of itself: its first value.
    fn summary(&self, section: &Section) -> String {
        let first = section.nodes.iter().find_map(|node| match node {
            Node::Property(property) => Some(property),
            Node::Section(_) => None,
        });
        match (section.nature, first) {
            (Nature::List { .. }, _) if section.nodes.is_empty() => self.names.words.t("setting.nothing"),
            (Nature::List { .. }, _) => section.nodes.len().to_string(),
            (_, Some(property)) if !matches!(property.kind, Kind::Switch) && !self.is_mixed(property) => {
                said::value(&self.names, &property.kind, &property.value)
            }
            _ => String::new(),
        }
    }

    fn switch(&self, section: &Section, label: &str, on: bool, mixed: bool, by_itself: bool) -> Html {
        let change = {
            let (hands, section) = (self.hands.clone(), section.clone());
            Callback::from(move |on: bool| hands.switch(&section, on, by_itself))
        };
        html! { <Toggle label={label.to_owned()} {on} {mixed} {change} /> }
    }

    fn remove(&self, section: &Section, label: &str) -> Html {
        let (hands, path) = (self.hands.clone(), section.path.clone());
        let onclick = Callback::from(move |_: MouseEvent| hands.hint.set(hands.act(&path, &Change::Remove)));
        let name = self.names.words.fill("setting.remove", &[("name", &label)]);
        html! { <button type="button" class="button plain icon-only small" aria-label={name.clone()} title={name} {onclick}>{ icon(Icon::Delete) }</button> }
    }

    fn add(&self, section: &Section) -> Html {
        let (hands, path) = (self.hands.clone(), section.path.clone());
        let onclick = Callback::from(move |_: MouseEvent| hands.hint.set(hands.act(&path, &Change::Add)));
        let full = section.nature == Nature::List { room: false };
        html! {
            <button type="button" class="button wide small" disabled={full} {onclick}>{ icon(Icon::Plus) }{ self.names.words.t("setting.add") }</button>
        }
    }

    fn all_back(&self, section: &Section) -> Html {
        let steps = defaults(section);
        let hands = self.hands.clone();
        let onclick = Callback::from(move |_: MouseEvent| hands.hint.set(hands.act_all(&steps)));
        html! {
            <button type="button" class="button plain wide small" {onclick}>{ icon(Icon::Undo) }{ self.names.words.t("setting.all_back") }</button>
        }
    }

    /// Whether several subjects have several values there.
    fn is_mixed(&self, property: &Property) -> bool {
        self.others.iter().any(|nodes| match find(nodes, &property.path) {
            Some(Found::Property(other)) => other.value != property.value,
            _ => true,
        })
    }

    fn property(&self, property: &Property) -> Html {
        let common = self.others.iter().all(|nodes| {
            matches!(find(nodes, &property.path), Some(Found::Property(other)) if same_kind(&other.kind, &property.kind))
        });
        if !common {
            return Html::default();
        }
        let mixed = self.is_mixed(property);
        // A field belongs to what is chosen: what was typed for one is never shown for another.
        let subjects = &self.hands.subjects;
        let key = format!("{:?} {} {}", subjects.first(), subjects.len(), property.path);
        let label = self.called(property);
        let id = format!("property-{}", property.path.replace(char::is_whitespace, "-"));
        let hint = self.hint(property);
        let set = {
            let (hands, path) = (self.hands.clone(), property.path.clone());
            Callback::from(move |value: Value| hands.act(&path, &Change::Set(value)))
        };
        let attend = {
            let shown = self.hands.hint.clone();
            Callback::from(move |hint: Option<String>| shown.set(hint))
        };
        let reset =
            if property.is_changed() && !mixed { self.reset(property, &label) } else { Html::default() };
        let shown = said::value(&self.names, &property.kind, &property.value);
        match &property.kind {
            Kind::Length { .. } | Kind::Count { .. } | Kind::Number { .. } => html! {
                <QuantityField {key} {id} {label} kind={property.kind.clone()} value={property.value.clone()} {mixed} {shown} {hint} change={set} {attend}>{ reset }</QuantityField>
            },
            Kind::Choice(options) => {
                let options: Vec<String> = options.iter().map(|it| said::label(&self.names, it)).collect();
                let chosen = match property.value {
                    Value::Choice(place) if !mixed => Some(place),
                    _ => None,
                };
                let shown = self.hands.hint.clone();
                let change = Callback::from(move |place: usize| shown.set(set.emit(Value::Choice(place))));
                html! { <Choice {key} {id} {label} {options} {chosen} {hint} {change} {attend}>{ reset }</Choice> }
            }
            Kind::Switch => {
                let on = property.value == Value::Switch(true);
                let shown = self.hands.hint.clone();
                let change = Callback::from(move |on: bool| shown.set(set.emit(Value::Switch(on))));
                html! {
                    <div class="field" {key}>
                        <span>{ &label }</span>
                        { reset }
                        <Toggle {label} {on} {mixed} {change} />
                    </div>
                }
            }
            Kind::Text { .. } | Kind::Lengths { .. } => {
                let kind = property.kind.clone();
                let change = Callback::from(move |typed: String| {
                    let value = kind.read(&typed, None).filter(|value| kind.accepts(value));
                    value.is_some_and(|value| set.emit(value).is_none())
                });
                let value = if mixed { String::new() } else { shown };
                let hint = said::range(self.names.words, &property.kind);
                html! { <TextField {key} {label} {value} {change} {hint} /> }
            }
        }
    }

    /// What a property is called. Groups that are called the same are told apart by their layout.
    fn called(&self, property: &Property) -> String {
        let group = match self.hands.subjects.first() {
            Some(Subject::Client(_)) => property.path.strip_prefix(GROUP_TO_SEND_TO),
            _ => None,
        };
        let group =
            group.and_then(|id| id.parse().ok()).filter(|id| self.names.design.groups.contains_key(id));
        group.map_or_else(|| said::label(&self.names, &property.label), |id| self.names.group(&id))
    }

    fn hint(&self, property: &Property) -> String {
        let range = said::range(self.names.words, &property.kind);
        let default = said::default(&self.names, property).unwrap_or_default();
        [range, default].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ")
    }

    fn reset(&self, property: &Property, label: &str) -> Html {
        let Some(default) = property.default.clone() else { return Html::default() };
        let (hands, path) = (self.hands.clone(), property.path.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            hands.hint.set(hands.act(&path, &Change::Set(default.clone())));
        });
        let said = said::default(&self.names, property).unwrap_or_default();
        let name = self.names.words.fill("setting.back", &[("name", &label), ("default", &said)]);
        html! { <button type="button" class="reset" aria-label={name.clone()} title={name} {onclick}>{ icon(Icon::Undo) }</button> }
    }
}

/// Whether a value of one is a value of the other.
fn same_kind(one: &Kind, other: &Kind) -> bool {
    match (one, other) {
        (Kind::Choice(one), Kind::Choice(other)) => one == other,
        _ => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}

/// How many properties in a section differ from their defaults.
fn changes(section: &Section) -> usize {
    let own = match section.nature {
        Nature::Optional { on, default } => usize::from(on != default),
        _ => 0,
    };
    let of = |node: &Node| match node {
        Node::Property(property) => usize::from(property.is_changed()),
        Node::Section(section) => changes(section),
    };
    own + section.nodes.iter().map(of).sum::<usize>()
}

/// What sets everything in a section back: what is optional first, since the rest may be gone then.
fn defaults(section: &Section) -> Vec<(String, Change)> {
    let mut steps = Vec::new();
    if let Nature::Optional { on, default } = section.nature
        && on != default
    {
        return vec![(section.path.clone(), Change::Set(Value::Switch(default)))];
    }
    for node in section.nodes.iter().rev() {
        match node {
            Node::Property(property) if property.is_changed() => {
                steps.extend(property.default.clone().map(|it| (property.path.clone(), Change::Set(it))));
            }
            Node::Property(_) => {}
            Node::Section(section) => steps.extend(defaults(section)),
        }
    }
    steps
}

/// Something that is on or off.
#[derive(Clone, PartialEq, Properties)]
struct ToggleProps {
    label: String,
    on: bool,
    mixed: bool,
    change: Callback<bool>,
}

/// A switch. Of several things that differ it is neither on nor off.
#[component]
fn Toggle(props: &ToggleProps) -> Html {
    let element = use_node_ref();
    {
        let element = element.clone();
        use_effect_with((props.on, props.mixed), move |(on, mixed)| {
            if let Some(input) = element.cast::<HtmlInputElement>() {
                input.set_indeterminate(*mixed);
                input.set_checked(*on && !*mixed);
            }
        });
    }
    let onchange = {
        let change = props.change.clone();
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                change.emit(input.checked());
            }
        })
    };
    html! { <input ref={element} class="toggle" type="checkbox" aria-label={props.label.clone()} checked={props.on && !props.mixed} {onchange} /> }
}

/// One of a few.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct ChoiceProps {
    pub id: String,
    pub label: String,
    pub options: Vec<String>,
    /// Which; of several things that differ, none.
    pub chosen: Option<usize>,
    pub hint: String,
    pub change: Callback<usize>,
    pub attend: Callback<Option<String>>,
    /// What stands there while none is chosen.
    #[prop_or_default]
    pub none: Option<String>,
    #[prop_or_default]
    pub children: Html,
}

/// One of a few.
#[component]
pub(super) fn Choice(props: &ChoiceProps) -> Html {
    let words = crate::ui::i18n::use_words();
    let onchange = {
        let change = props.change.clone();
        Callback::from(move |event: Event| {
            let value = event.target_dyn_into::<HtmlSelectElement>().map(|select| select.value());
            if let Some(place) = value.and_then(|value| value.parse().ok()) {
                change.emit(place);
            }
        })
    };
    let onfocus = {
        let (attend, hint) = (props.attend.clone(), props.hint.clone());
        Callback::from(move |_: FocusEvent| attend.emit(Some(hint.clone()).filter(|hint| !hint.is_empty())))
    };
    let onblur = {
        let attend = props.attend.clone();
        Callback::from(move |_: FocusEvent| attend.emit(None))
    };
    let options = props.options.iter().enumerate().map(|(place, words)| {
        html! { <option selected={Some(place) == props.chosen} value={place.to_string()}>{ words }</option> }
    });
    html! {
        <div class="field">
            <label for={props.id.clone()}>{ &props.label }</label>
            { props.children.clone() }
            <select id={props.id.clone()} title={props.hint.clone()} {onchange} {onfocus} {onblur}>
                if props.chosen.is_none() {
                    <option selected=true disabled=true value="">{ props.none.clone().unwrap_or_else(|| words.t("setting.several")) }</option>
                }
                { for options }
            </select>
        </div>
    }
}
