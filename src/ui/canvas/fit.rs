//! Fitting words into a given width without asking the browser: an estimate on the safe side.

/// Titles are bold, and wider by this factor.
pub const BOLD: f64 = 1.08;

/// How wide a text is, in pixels, at a font size.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| advance(c) * size).sum()
}

/// The text, shortened with an ellipsis if it is wider than `room`.
pub fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut used = advance('…') * size;
    let kept = text.chars().take_while(|c| {
        used += advance(*c) * size;
        used <= room
    });
    let kept: String = kept.collect();
    format!("{}…", kept.trim_end())
}

/// The advance of a character, in ems: system sans-serif fonts at normal weight, rounded up.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | '\'' | '|' | '!' => 0.3,
        'f' | 't' | 'r' | ' ' | '-' | '(' | ')' | '/' | '·' => 0.39,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.9,
        'A'..='Z' => 0.68,
        '\u{2e80}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ffef}'
        | '\u{20000}'..='\u{3ffff}' => 1.0,
        _ => 0.58,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays_whole_and_what_does_not_is_cut_within_the_room() {
        assert_eq!(fit("cart", 12.0, 60.0), "cart");
        for text in ["recommendation service", "商品推荐与购物车服务", "WWWWWWWWWW"] {
            let short = fit(text, 12.0, 50.0);
            assert!(short.ends_with('…') && width(&short, 12.0) <= 50.0, "{short}");
        }
    }
}
