//! Notes on the canvas: plain text, wrapped, cut where the note ends.

use yew::prelude::*;

use crate::editor::geometry::Rect;
use crate::editor::scene::Part;
use crate::ui::canvas::fit::{fit, width};
use crate::ui::canvas::machine::num;
use crate::ui::canvas::node::Node;
use crate::ui::i18n::Words;

/// Size of the letters, height of a line, and from the note's edge to its text, in canvas units.
pub const LETTERS: f64 = 13.0;
pub const LINE: f64 = 18.0;
pub const PADDING: f64 = 12.0;

/// What a note shows.
#[derive(Clone, PartialEq, Properties)]
pub struct NoteProps {
    pub part: Part,
    pub text: String,
    pub rect: Rect,
    pub selected: bool,
    pub locked: bool,
    /// It is being written: the text stands in a field above it.
    pub written: bool,
    pub stop: bool,
    pub words: Words,
    pub focused: Callback<Part>,
}

/// A note.
#[component]
pub fn NoteCard(props: &NoteProps) -> Html {
    let NoteProps { rect, words, .. } = props;
    let blank = props.text.trim().is_empty();
    let class = classes!("note", props.selected.then_some("selected"), blank.then_some("blank"));
    let shown = if blank { words.t("note.blank") } else { props.text.clone() };
    let label = words.fill("note.label", &[("text", &shown)]);
    let room = ((rect.h - 2.0 * PADDING) / LINE).floor().max(1.0) as usize;
    let lines = wrapped(&shown, rect.w - 2.0 * PADDING, room);
    let rows = lines.into_iter().zip(0u32..).map(|(line, number)| {
        let y = PADDING + LETTERS + f64::from(number) * LINE;
        html! { <tspan x={num(PADDING)} y={num(y)}>{ line }</tspan> }
    });
    let corner = format!(
        "M{:.1} {:.1}l-9 9M{:.1} {:.1}l-4 4",
        rect.w - 4.0,
        rect.h - 13.0,
        rect.w - 4.0,
        rect.h - 8.0
    );
    html! {
        <Node part={props.part.clone()} {class} {label} rect={*rect} radius={6.0} stop={props.stop} focused={props.focused.clone()}>
            <rect class="paper" width={num(rect.w)} height={num(rect.h)} rx="6" />
            if !props.written { <text>{ for rows }</text> }
            if props.selected && !props.locked { <path class="corner" d={corner} /> }
        </Node>
    }
}

/// A text in lines of at most `room` canvas units, and at most `most` of them; the last one ends with an
/// ellipsis if something is left over.
fn wrapped(text: &str, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in pieces(paragraph) {
            if !line.is_empty() && width(line.trim_end(), LETTERS) + width(word.trim_end(), LETTERS) > room {
                lines.push(std::mem::take(&mut line));
            }
            let mut rest = word;
            // A word that is longer than a line is broken anywhere.
            while width(rest.trim_end(), LETTERS) > room && rest.chars().count() > 1 {
                let mut used = 0.0;
                let end = rest.char_indices().find(|(at, c)| {
                    used += width(c.encode_utf8(&mut [0; 4]), LETTERS);
                    *at > 0 && used > room
                });
                let end = end.map_or(rest.len(), |(at, _)| at);
                lines.push(rest[..end].to_owned());
                rest = &rest[end..];
            }
            line.push_str(rest);
            if lines.len() > most {
                break;
            }
        }
        lines.push(line);
        if lines.len() > most {
            break;
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            let wider = format!("{}\u{3000}\u{3000}…", last.trim_end());
            *last = fit(&wider, LETTERS, room).replace('\u{3000}', "");
        }
    }
    lines
}

/// A paragraph cut where a line may end: after a blank, and around every Chinese character.
fn pieces(paragraph: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, c) in paragraph.char_indices() {
        let is_wide =
            |c: char| ('\u{2e80}'..='\u{9fff}').contains(&c) || ('\u{f900}'..='\u{faff}').contains(&c);
        // A line does not begin with a closing mark.
        let closes = "，。；：？！、）》」』,.;:?!)".contains(c);
        let ends = before.is_some_and(|before: char| {
            !closes
                && c != ' '
                && (before == ' ' || is_wide(before) || is_wide(c) || "，。；：？！、".contains(before))
        });
        if ends {
            pieces.push(&paragraph[start..at]);
            start = at;
        }
        before = Some(c);
    }
    pieces.push(&paragraph[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_fits_and_nothing_is_lost_where_there_is_room() {
        let texts = [
            "Two replicas are not enough when one dies at noon.",
            "两个副本不够：中午有一个宕机时，剩下的扛不住。",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ];
        for text in texts {
            let lines = wrapped(text, 120.0, 40);
            assert!(lines.len() > 1);
            assert!(lines.iter().all(|line| width(line.trim_end(), LETTERS) <= 120.0), "{lines:?}");
            assert_eq!(lines.concat(), text);
        }
    }

    #[test]
    fn what_does_not_fit_ends_with_an_ellipsis() {
        let lines = wrapped("one two three four five six seven eight nine ten eleven twelve", 60.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'), "{lines:?}");
        assert_eq!(wrapped("a\n\nb", 60.0, 5), ["a", "", "b"]);
    }
}
