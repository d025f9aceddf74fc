//! Search by name: in both languages, with letters left out, and by how Chinese is spelled.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// What a match by sound is worth, so that it stands among good matches by letters.
const BY_SOUND: u32 = 90;
/// How much less a later name counts than the first.
const LATER_NAME: u32 = 6;

/// A search for what a person typed.
pub struct Search {
    pattern: Pattern,
    sound: String,
    matcher: Matcher,
    letters: Vec<char>,
}

impl Search {
    /// A search for `typed`; nothing if that is only spaces.
    pub fn of(typed: &str) -> Option<Search> {
        let typed = typed.trim().to_lowercase();
        if typed.is_empty() {
            return None;
        }
        Some(Search {
            pattern: Pattern::new(&typed, CaseMatching::Respect, Normalization::Never, AtomKind::Fuzzy),
            sound: typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '\'').collect(),
            matcher: Matcher::new(Config::DEFAULT),
            letters: Vec::new(),
        })
    }

    /// How well something with these names is what was searched for; nothing if it is not.
    pub fn score<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) -> Option<u32> {
        let scores = names.into_iter().zip(0_u32..).filter_map(|(name, place)| {
            let score = self.score_of(name)?;
            Some(score.saturating_sub(place * LATER_NAME).max(1))
        });
        scores.max()
    }

    fn score_of(&mut self, name: &str) -> Option<u32> {
        let lower = name.to_lowercase();
        let letters = Utf32Str::new(&lower, &mut self.letters);
        let by_letters = self.pattern.score(letters, &mut self.matcher);
        let by_sound = archlab_words::pinyin::found(&self.sound, &lower).map(|place| {
            // The longer the part that was spelled, and the nearer to the beginning, the better.
            let place = u32::try_from(place).unwrap_or(u32::MAX).min(20);
            let spelled = u32::try_from(self.sound.len()).unwrap_or(u32::MAX).min(40);
            BY_SOUND + 4 * spelled - 3 * place
        });
        by_letters.max(by_sound)
    }
}

/// Those of `things` that `typed` finds, the best first; all of them, as they are, if nothing is typed.
pub fn find<T>(typed: &str, things: Vec<T>, names: impl Fn(&T) -> Vec<String>) -> Vec<T> {
    let Some(mut search) = Search::of(typed) else { return things };
    let scored = things.into_iter().filter_map(|thing| {
        let names = names(&thing);
        search.score(names.iter().map(String::as_str)).map(|score| (score, thing))
    });
    let mut found: Vec<(u32, T)> = scored.collect();
    // Stable: equals keep the order of the table.
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, thing)| thing).collect()
}

#[cfg(test)]
mod tests {
    use super::find;

    const NAMES: [[&str; 2]; 5] = [
        ["Power off", "断电"],
        ["Play or pause", "播放或暂停"],
        ["Make it microservices", "切换为微服务架构"],
        ["Add a machine", "添加服务器"],
        ["Zoom out", "缩小"],
    ];

    fn first(typed: &str) -> Option<&'static str> {
        let found =
            find(typed, NAMES.to_vec(), |names| names.iter().map(|name| (*name).to_owned()).collect());
        found.first().map(|names| names[0])
    }

    #[test]
    fn things_are_found_in_either_language_and_by_sound() {
        for typed in ["power off", "pwr", "POWER", "断电", "duandian", "dd"] {
            assert_eq!(first(typed), Some("Power off"), "{typed}");
        }
        for typed in ["micro", "微服务", "wfw", "weifuwu"] {
            assert_eq!(first(typed), Some("Make it microservices"), "{typed}");
        }
        assert_eq!(first("add mach"), Some("Add a machine"));
        assert_eq!(first("fwq"), Some("Add a machine"));
        assert_eq!(first("xyzzy"), None);
    }

    #[test]
    fn nothing_typed_finds_everything_in_its_order() {
        assert_eq!(first("  "), Some("Power off"));
    }
}
