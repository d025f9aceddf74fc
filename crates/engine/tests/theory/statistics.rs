//! Intervals: from independent numbers, with or without control variates.

use crate::sample::CONTROLS;

/// How sure an interval is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// 99 %.
    Usual,
    /// 99.99 %.
    Certain,
}

impl Level {
    /// The chance that a true value lies outside.
    pub fn outside(self) -> f64 {
        match self {
            Level::Usual => 1e-2,
            Level::Certain => 1e-4,
        }
    }

    /// Student's quantile for a two-sided interval, for the degrees of freedom that occur here: 64
    /// replications less the mean, 120 less the mean and the control variates. (120 less the mean alone occurs
    /// too, and takes the slightly greater quantile of the latter.)
    fn student(self, freedom: usize) -> f64 {
        match (self, freedom) {
            (Level::Usual, 63) => 2.656_145,
            (Level::Certain, 63) => 4.154_553,
            (Level::Usual, 115 | 119) => 2.619_258,
            (Level::Certain, 115 | 119) => 4.031_437,
            _ => panic!("no quantile for {freedom} degrees of freedom is noted"),
        }
    }
}

/// A value and its intervals.
#[derive(Debug, Clone, Copy)]
pub struct Estimate {
    pub value: f64,
    usual: (f64, f64),
    certain: (f64, f64),
}

impl Estimate {
    pub fn new(value: f64, interval: impl Fn(Level) -> (f64, f64)) -> Estimate {
        Estimate { value, usual: interval(Level::Usual), certain: interval(Level::Certain) }
    }

    fn interval(&self, level: Level) -> (f64, f64) {
        match level {
            Level::Usual => self.usual,
            Level::Certain => self.certain,
        }
    }

    pub fn covers(&self, expected: f64, level: Level) -> bool {
        let (low, high) = self.interval(level);
        (low..=high).contains(&expected)
    }

    pub fn half_width(&self, level: Level) -> f64 {
        let (low, high) = self.interval(level);
        (high - low) / 2.0
    }

    /// The ratio to an independent other. Relative errors add in square.
    pub fn over(&self, other: &Estimate) -> Estimate {
        let value = self.value / other.value;
        Estimate::new(value, |level| {
            let relative = |estimate: &Estimate| estimate.half_width(level) / estimate.value;
            let (one, two) = (relative(self), relative(other));
            let factor = libm::exp((one * one + two * two).sqrt());
            (value / factor, value * factor)
        })
    }
}

impl From<&Regression> for Estimate {
    fn from(regression: &Regression) -> Estimate {
        let Regression { value, .. } = *regression;
        Estimate::new(value, |level| (value - regression.margin(level), value + regression.margin(level)))
    }
}

/// A mean, given control variates of mean zero: the least-squares value where all of them are zero.
#[derive(Debug, Clone, Copy)]
pub struct Regression {
    pub value: f64,
    error: f64,
    freedom: usize,
}

impl Regression {
    /// Of `values`, with as many rows of `controls`, or none.
    pub fn new(values: &[f64], controls: &[[f64; CONTROLS]]) -> Regression {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        if controls.is_empty() {
            let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
            let freedom = values.len() - 1;
            return Regression { value: mean, error: (squares / freedom as f64 / count).sqrt(), freedom };
        }

        // Centred, so that the slopes come first and the value after; scaled, so that nothing is lost in sums.
        let column = |column: usize| controls.iter().map(move |row| row[column]);
        let means: [f64; CONTROLS] = std::array::from_fn(|place| column(place).sum::<f64>() / count);
        let scales: [f64; CONTROLS] = std::array::from_fn(|place| {
            let squares = column(place).map(|x| (x - means[place]) * (x - means[place]));
            squares.sum::<f64>().sqrt().max(f64::MIN_POSITIVE)
        });
        let centred: Vec<[f64; CONTROLS]> = controls
            .iter()
            .map(|row| std::array::from_fn(|column| (row[column] - means[column]) / scales[column]))
            .collect();
        let offsets: [f64; CONTROLS] = std::array::from_fn(|column| means[column] / scales[column]);
        let mut products = [[0.0; CONTROLS]; CONTROLS];
        let mut right = [0.0; CONTROLS];
        for (row, value) in centred.iter().zip(values) {
            for (i, x) in row.iter().enumerate() {
                right[i] += x * (value - mean);
                for (j, y) in row.iter().enumerate() {
                    products[i][j] += x * y;
                }
            }
        }
        let slopes = solve(products, right);
        let along = |row: &[f64; CONTROLS]| row.iter().zip(slopes).map(|(x, slope)| x * slope).sum::<f64>();
        let squares: f64 = centred
            .iter()
            .zip(values)
            .map(|(row, value)| value - mean - along(row))
            .map(|rest| rest * rest)
            .sum();
        let freedom = values.len() - 1 - CONTROLS;
        let leverage = solve(products, offsets).iter().zip(offsets).map(|(x, y)| x * y).sum::<f64>();
        Regression {
            value: mean - along(&offsets),
            error: (squares / freedom as f64 * (1.0 / count + leverage)).sqrt(),
            freedom,
        }
    }

    /// Half the width of its interval.
    pub fn margin(&self, level: Level) -> f64 {
        self.error * level.student(self.freedom)
    }
}

/// Solves a symmetric positive system by elimination.
fn solve(mut matrix: [[f64; CONTROLS]; CONTROLS], mut right: [f64; CONTROLS]) -> [f64; CONTROLS] {
    for pivot in 0..CONTROLS {
        let above = matrix[pivot];
        for row in pivot + 1..CONTROLS {
            let factor = matrix[row][pivot] / above[pivot];
            for (value, above) in matrix[row].iter_mut().zip(above) {
                *value -= factor * above;
            }
            right[row] -= factor * right[pivot];
        }
    }
    for row in (0..CONTROLS).rev() {
        let known: f64 = (row + 1..CONTROLS).map(|column| matrix[row][column] * right[column]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}

/// The least number that a binomial count of `trials` at `chance` exceeds with less than `improbable`.
pub fn binomial_bound(trials: usize, chance: f64, improbable: f64) -> usize {
    let mut probability = libm::pow(1.0 - chance, trials as f64);
    let mut beyond = 1.0 - probability;
    let mut count = 0;
    while beyond >= improbable {
        count += 1;
        probability *= (trials + 1 - count) as f64 / count as f64 * chance / (1.0 - chance);
        beyond -= probability;
    }
    count
}

#[test]
fn a_variate_that_explains_everything_leaves_no_error() {
    let controls: Vec<[f64; CONTROLS]> =
        (0..120_u32).map(|n| [17, 31, 43, 59].map(|step| f64::from(n * n * step % 101) - 40.0)).collect();
    let values: Vec<f64> = controls.iter().map(|row| 7.0 + 2.0 * row[0] - row[3]).collect();
    let regression = Regression::new(&values, &controls);
    assert!((regression.value - 7.0).abs() < 1e-9, "{regression:?}");
    assert!(regression.margin(Level::Usual) < 1e-9, "{regression:?}");
}

#[test]
fn as_many_rows_may_lie_outside_as_chance_allows() {
    // Of a hundred at one in a hundred, more than 4 happen with 0.34 %, more than 5 with 0.05 %.
    assert_eq!(binomial_bound(100, 0.01, 1e-3), 5);
}
