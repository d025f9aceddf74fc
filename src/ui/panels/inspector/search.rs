//! What of the properties is asked for, in either language.

use archlab_model::property::{Label, Nature, Node, Section};
use archlab_words::Lang;

/// The properties whose names hold `wanted`, which is in lower case, with the sections they are in. A section that is
/// called so is there with all that is in it.
pub(super) fn found(nodes: &[Node], wanted: &str) -> Vec<Node> {
    let find = |node: &Node| match node {
        Node::Property(property) => {
            let own = property.path.rsplit('/').next().unwrap_or_default();
            is_called(&property.label, own, wanted).then(|| node.clone())
        }
        Node::Section(section) => {
            let own = section.path.rsplit('/').next().unwrap_or_default();
            if section.nature != Nature::Topic && is_called(&section.label, own, wanted) {
                return Some(node.clone());
            }
            let inner = found(&section.nodes, wanted);
            (!inner.is_empty()).then(|| Node::Section(Section { nodes: inner, ..section.clone() }))
        }
    };
    nodes.iter().filter_map(find).collect()
}

fn is_called(label: &Label, own: &str, wanted: &str) -> bool {
    let says = |text: &str| text.to_lowercase().contains(wanted);
    says(&own.replace('_', " "))
        || match label {
            Label::Key(key) | Label::Numbered(key, _) => {
                Lang::ALL.into_iter().any(|lang| says(&archlab_words::text(lang, key)))
            }
            Label::Title(title) => says(title.english()) || says(title.chinese()),
            Label::Site(site) => says(&site.to_string()),
        }
}

#[cfg(test)]
mod tests {
    use archlab_model::property::{Subject, nodes};
    use archlab_model::{Design, Group};

    use super::*;

    fn names(wanted: &str) -> Vec<String> {
        fn flat(nodes: &[Node], into: &mut Vec<String>) {
            for node in nodes {
                match node {
                    Node::Property(property) => into.push(property.path.clone()),
                    Node::Section(section) => {
                        into.push(section.path.clone());
                        flat(&section.nodes, into);
                    }
                }
            }
        }
        let groups = [("shop".into(), Group::default())].into_iter().collect();
        let design = Design { groups, ..Design::default() };
        let mut names = Vec::new();
        flat(&found(&nodes(&design, &Subject::Group("shop".into())), wanted), &mut names);
        names
    }

    #[test]
    fn properties_are_found_in_both_languages_and_by_what_products_call_them() {
        for wanted in ["breaker", "熔断", "circuit"] {
            assert!(names(wanted).contains(&"calls/guards/breaker".to_owned()), "{wanted}");
        }
        for wanted in ["queue", "队列"] {
            assert!(names(wanted).contains(&"instances/capacity/queue".to_owned()), "{wanted}");
        }
        assert!(names("no such thing").is_empty());
    }
}
