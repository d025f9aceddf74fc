//! Tables of text whose columns line up, Chinese included.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

/// Between two columns.
const GAP: usize = 2;
/// Before each line.
const INDENT: usize = 2;

/// A table: the first column reads from the left, the others line up on the right unless they are
/// words.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
    /// How many of the first columns are words.
    words: usize,
}

impl Table {
    /// An empty table under these headings, of which the first `words` are those of words.
    pub fn headed(headings: &[String], words: usize) -> Table {
        Table { rows: vec![headings.to_vec()], words }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Whether nothing stands under the headings.
    pub fn is_empty(&self) -> bool {
        self.rows.len() <= 1
    }

    /// Writes the table.
    pub fn write(&self, text: &mut String) {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max())
            .map(Option::unwrap_or_default)
            .collect();
        for row in &self.rows {
            let mut line = " ".repeat(INDENT);
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let padding = " ".repeat(width - cell.width());
                let gap = " ".repeat(if column > 0 { GAP } else { 0 });
                let _ = if column < self.words {
                    write!(line, "{gap}{cell}{padding}")
                } else {
                    write!(line, "{gap}{padding}{cell}")
                };
            }
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_they_are_written_in() {
        let mut table = Table::headed(&["服务".to_owned(), "请求".to_owned()], 1);
        table.row(vec!["app".to_owned(), "12".to_owned()]);
        table.row(vec!["购物车服务".to_owned(), "3".to_owned()]);
        let mut text = String::new();
        table.write(&mut text);
        assert_eq!(text, "  服务        请求\n  app           12\n  购物车服务     3\n");
    }
}
