//! Tables for people: columns are as wide as what they hold looks on a terminal.

use console::{Alignment, Style, measure_text_width, pad_str, truncate_str};

use crate::failure::Failure;
use crate::output::Output;

/// Between two columns.
const GAP: usize = 2;
/// No column is cut to less.
const NARROW: usize = 8;

/// Rows of cells below a line of titles.
#[derive(Debug)]
pub struct Table<const N: usize> {
    rows: Vec<[String; N]>,
    give_way: &'static [usize],
}

impl<const N: usize> Table<N> {
    /// A table with these titles. Where the terminal is too narrow, the columns that give way are
    /// cut, the first of them first; the others, such as ids, stay whole.
    pub fn new(titles: [&str; N], give_way: &'static [usize]) -> Self {
        Table { rows: vec![titles.map(str::to_owned)], give_way }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells);
    }

    /// Prints it: cut to the terminal's width, or whole where stdout is no terminal.
    pub fn print(&self, output: &mut Output) -> Result<(), Failure> {
        let terminal = console::Term::stdout();
        let width = terminal.size_checked().map(|(_, columns)| usize::from(columns));
        for (index, line) in self.lines(width).iter().enumerate() {
            match index {
                0 => output.line(&Style::new().bold().apply_to(line).to_string())?,
                _ => output.line(line)?,
            }
        }
        Ok(())
    }

    fn lines(&self, terminal: Option<usize>) -> Vec<String> {
        let mut widths = [0; N];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(measure_text_width(cell));
            }
        }
        if let Some(terminal) = terminal {
            let whole = widths.iter().sum::<usize>() + GAP * (N - 1);
            let mut excess = whole.saturating_sub(terminal);
            for &column in self.give_way {
                let cut = excess.min(widths[column].saturating_sub(NARROW));
                widths[column] -= cut;
                excess -= cut;
            }
        }
        let line = |row: &[String; N]| {
            let cells = row.iter().zip(widths).map(|(cell, width)| {
                let cell = truncate_str(cell, width, "…");
                pad_str(&cell, width + GAP, Alignment::Left, None).into_owned()
            });
            cells.collect::<String>().trim_end().to_owned()
        };
        self.rows.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table<3> {
        let mut table = Table::new(["ID", "NAME", "TEXT"], &[2, 1]);
        table.row(["1".into(), "Анна К.".into(), "Здравствуйте! Где мой заказ?".into()]);
        table.row(["9007199254740993".into(), "李明".into(), "好".into()]);
        table
    }

    #[test]
    fn columns_begin_at_the_same_place_whatever_the_script() {
        let lines = table().lines(None);
        assert_eq!(
            lines,
            [
                "ID                NAME     TEXT",
                "1                 Анна К.  Здравствуйте! Где мой заказ?",
                "9007199254740993  李明     好",
            ]
        );
    }

    #[test]
    fn a_narrow_terminal_cuts_the_columns_that_give_way_and_no_id() {
        let lines = table().lines(Some(44));
        assert_eq!(lines[1], "1                 Анна К.  Здравствуйте! Гд…");
        assert!(lines.iter().all(|line| measure_text_width(line) <= 44), "{lines:?}");
        assert!(lines[2].starts_with("9007199254740993  "));
        assert_eq!(table().lines(Some(20))[2], "9007199254740993  李明     好");
        assert_eq!(table().lines(Some(20))[1], "1                 Анна К.  Здравст…");
    }

    #[test]
    fn a_column_is_cut_when_those_before_it_can_give_no_more() {
        let mut table = Table::new(["ID", "STATUS", "TEXT"], &[2, 1]);
        table.row(["1".into(), "WAITING_FOR_PARTNER".into(), "Здравствуйте!".into()]);
        assert_eq!(table.lines(Some(33))[1], "1   WAITING_FOR_PARTNER  Здравст…");
        assert_eq!(table.lines(Some(24))[1], "1   WAITING_F…  Здравст…");
    }
}
