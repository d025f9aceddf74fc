//! Chinese words found by their sound: in full, by the first letters, or by a mixture of both, as
//! Chinese users search.

/// How the characters of our words are spelled, in their order; several readings are parted by spaces.
static TABLE: &[(char, &str)] = include!(concat!(env!("OUT_DIR"), "/pinyin.rs"));

/// Whether `query`, in lower-case Latin letters, is how a part of `text` is spelled. Each character of it
/// gives its whole syllable or the beginning of it; other characters stand for themselves. Gives the
/// place of the character where it begins.
pub fn found(query: &str, text: &str) -> Option<usize> {
    let letters: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let sounds = query.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_begun = |place: &usize| readings(letters[*place]).is_some();
    let mut places = (0..letters.len()).filter(is_begun);
    places.find(|place| sounds && spells(query, &letters[*place..]))
}

fn spells(query: &str, letters: &[char]) -> bool {
    let Some(asked) = query.chars().next() else { return true };
    let Some((letter, rest)) = letters.split_first() else { return false };
    if *letter == asked && spells(&query[asked.len_utf8()..], rest) {
        return true;
    }
    readings(*letter).is_some_and(|readings| {
        readings.split(' ').any(|reading| {
            let shared = reading.bytes().zip(query.bytes()).take_while(|(a, b)| a == b).count();
            (1..=shared).rev().any(|length| spells(&query[length..], rest))
        })
    })
}

fn readings(letter: char) -> Option<&'static str> {
    let place = TABLE.binary_search_by_key(&letter, |(letter, _)| *letter).ok()?;
    Some(TABLE[place].1)
}

#[cfg(test)]
mod tests {
    use super::found;

    #[test]
    fn words_are_found_by_syllables_by_initials_and_by_both() {
        for query in ["fuwuqi", "fwq", "fuwq", "fwuqi", "fu", "f"] {
            assert_eq!(found(query, "服务器"), Some(0), "{query}");
        }
        assert_eq!(found("fzjh", "负载均衡器"), Some(0));
        assert_eq!(found("junheng", "负载均衡器"), Some(2));
        assert_eq!(found("weifuwu", "切换为微服务架构"), Some(3));
        assert_eq!(found("qwf", "服务器"), None);
        assert_eq!(found("", "服务器"), None);
    }

    #[test]
    fn a_character_with_several_readings_is_found_by_each() {
        assert_eq!(found("chongshi", "重试"), Some(0));
        assert_eq!(found("zhongshi", "重试"), Some(0));
    }

    #[test]
    fn latin_letters_among_characters_stand_for_themselves() {
        assert_eq!(found("fuwuapi", "服务API"), Some(0));
    }
}
