//! Intervals: from independent numbers, with or without control variates.

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
}

/// A value and its intervals.
#[derive(Debug, Clone, Copy)]
pub struct Estimate {
    pub value: f64,
    usual: (f64, f64),
    certain: (f64, f64),
}

/// The table gives seven significant digits: as much of a value may be its rounding.
const ROUNDING: f64 = 5e-7;

impl Estimate {
    pub fn new(value: f64, interval: impl Fn(Level) -> (f64, f64)) -> Estimate {
        Estimate { value, usual: interval(Level::Usual), certain: interval(Level::Certain) }
    }

    /// A proportion: `hits` among `trials` independent ones. (Wilson's interval, which is sound near 0 and 1.)
    pub fn proportion(hits: f64, trials: f64) -> Estimate {
        let share = hits / trials;
        Estimate::new(share, |level| {
            let z = student(usize::MAX, level.outside());
            let middle = (share + z * z / (2.0 * trials)) / (1.0 + z * z / trials);
            let spread = (share * (1.0 - share) / trials + z * z / (4.0 * trials * trials)).sqrt();
            let half = z * spread / (1.0 + z * z / trials);
            ((middle - half).max(0.0), (middle + half).min(1.0))
        })
    }

    /// A share that was estimated as `self`: if few of `trials` hit, or few failed to, numbers between runs say little,
    /// and a proportion's interval is taken in, too.
    pub fn of_share(self, trials: f64) -> Estimate {
        let hits = self.value.clamp(0.0, 1.0) * trials;
        if hits.min(trials - hits) > 100.0 {
            return self;
        }
        let proportion = Estimate::proportion(hits, trials);
        Estimate::new(self.value, |level| {
            let ((low, high), (lower, higher)) = (self.interval(level), proportion.interval(level));
            (low.min(lower), high.max(higher))
        })
    }

    pub fn interval(&self, level: Level) -> (f64, f64) {
        match level {
            Level::Usual => self.usual,
            Level::Certain => self.certain,
        }
    }

    pub fn covers(&self, expected: f64, level: Level) -> bool {
        let (low, high) = self.interval(level);
        let slack = ROUNDING * expected.abs().max(1e-300);
        low - slack <= expected && expected <= high + slack
    }

    pub fn half_width(&self, level: Level) -> f64 {
        let (low, high) = self.interval(level);
        (high - low) / 2.0
    }

    /// Wider by an error of the number it is compared with: standard error `error`, independent.
    pub fn widened(&self, error: f64) -> Estimate {
        Estimate::new(self.value, |level| {
            let (low, high) = self.interval(level);
            let more = error * student(usize::MAX, level.outside());
            let wide = |side: f64| (side * side + more * more).sqrt();
            (self.value - wide(self.value - low), self.value + wide(high - self.value))
        })
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
    /// Of `values`, with as many rows of `controls`. Controls that never vary are left out.
    pub fn new(values: &[f64], controls: &[Vec<f64>]) -> Regression {
        let count = values.len() as f64;
        let mean = average(values.iter().copied());
        // Centred, so that the slopes come first and the value after; scaled, so that nothing is lost in sums.
        let mut columns = Vec::new();
        let mut offsets = Vec::new();
        for place in 0..controls.first().map_or(0, Vec::len) {
            let column = || controls.iter().map(|row| row[place]);
            let middle = average(column());
            let scale = column().map(|x| (x - middle) * (x - middle)).sum::<f64>().sqrt();
            if scale > 1e-9 * middle.abs() && scale > 1e-12 {
                columns.push(column().map(|x| (x - middle) / scale).collect::<Vec<f64>>());
                offsets.push(middle / scale);
            }
        }
        let products: Vec<Vec<f64>> =
            columns.iter().map(|one| columns.iter().map(|other| dot(one, other)).collect()).collect();
        let centred: Vec<f64> = values.iter().map(|value| value - mean).collect();
        let slopes = solve(products.clone(), columns.iter().map(|column| dot(column, &centred)).collect());
        let squares: f64 = (0..values.len())
            .map(|row| {
                let along: f64 = columns.iter().zip(&slopes).map(|(column, slope)| column[row] * slope).sum();
                (centred[row] - along) * (centred[row] - along)
            })
            .sum();
        let freedom = values.len() - 1 - columns.len();
        let leverage = dot(&solve(products, offsets.clone()), &offsets);
        Regression {
            value: mean - dot(&offsets, &slopes),
            error: (squares / freedom as f64 * (1.0 / count + leverage)).sqrt(),
            freedom,
        }
    }

    /// Half the width of its interval.
    pub fn margin(&self, level: Level) -> f64 {
        self.error * student(self.freedom, level.outside())
    }
}

pub fn average(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(x, y)| x * y).sum()
}

/// Solves a symmetric positive system by elimination. What hangs on others entirely gets nothing.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    for pivot in 0..size {
        let above = matrix[pivot].clone();
        for row in pivot + 1..size {
            let factor = if above[pivot] > 1e-9 { matrix[row][pivot] / above[pivot] } else { 0.0 };
            for (value, above) in matrix[row].iter_mut().zip(&above) {
                *value -= factor * above;
            }
            right[row] -= factor * right[pivot];
        }
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|column| matrix[row][column] * right[column]).sum();
        right[row] = if matrix[row][row] > 1e-9 { (right[row] - known) / matrix[row][row] } else { 0.0 };
    }
    right
}

/// The length that a two-sided interval of Student's distribution has on each side, if a share `outside` lies
/// beyond.
pub fn student(freedom: usize, outside: f64) -> f64 {
    let freedom = (freedom as f64).min(1e7);
    let (mut low, mut high) = (0.0, 1e3);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        let beyond = beta(freedom / (freedom + middle * middle), freedom / 2.0, 0.5);
        if beyond > outside { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// The regularised incomplete beta function, by its continued fraction (modified Lentz).
fn beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta(1.0 - x, b, a);
    }
    let front = libm::exp(
        libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log1p(-x),
    ) / a;
    let sound = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut numerator, mut denominator, mut fraction) = (1.0, 0.0, 1.0);
    for step in 0..400_u32 {
        let m = f64::from(step / 2);
        let term = match step {
            0 => 1.0,
            _ if step % 2 == 0 => m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            _ => -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        };
        denominator = 1.0 / sound(1.0 + term * denominator);
        numerator = sound(1.0 + term / numerator);
        fraction *= numerator * denominator;
        if (numerator * denominator - 1.0).abs() < 1e-14 {
            break;
        }
    }
    front * (fraction - 1.0)
}

/// The quantile of a chi-square distribution, by Wilson and Hilferty's cube.
pub fn chi_square(freedom: usize, below: f64) -> f64 {
    let freedom = freedom as f64;
    let z = if below >= 0.5 {
        student(usize::MAX, 2.0 * (1.0 - below))
    } else {
        -student(usize::MAX, 2.0 * below)
    };
    let part = 2.0 / (9.0 * freedom);
    let root = 1.0 - part + z * part.sqrt();
    freedom * root * root * root
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
    let controls: Vec<Vec<f64>> = (0..120_u32)
        .map(|n| [17, 31, 43, 59, 0].map(|step| f64::from(n * n * step % 101) - 40.0).to_vec())
        .collect();
    let values: Vec<f64> = controls.iter().map(|row| 7.0 + 2.0 * row[0] - row[3]).collect();
    let regression = Regression::new(&values, &controls);
    assert!((regression.value - 7.0).abs() < 1e-9, "{regression:?}");
    assert!(regression.margin(Level::Usual) < 1e-9, "{regression:?}");
}

#[test]
fn quantiles_are_those_of_the_tables() {
    let check = |freedom, outside, known: f64| {
        let found = student(freedom, outside);
        assert!((found - known).abs() < 2e-5 * known, "{freedom} {outside}: {found}, {known} in the tables");
    };
    check(63, 1e-2, 2.656_145);
    check(63, 1e-4, 4.154_553);
    check(115, 1e-4, 4.031_437);
    check(usize::MAX, 1e-2, 2.575_829);
    assert!((chi_square(63, 0.995) / 95.649 - 1.0).abs() < 1e-3);
    assert!((chi_square(63, 0.005) / 37.838 - 1.0).abs() < 3e-3);
}

#[test]
fn as_many_rows_may_lie_outside_as_chance_allows() {
    // Of a hundred at one in a hundred, more than 4 happen with 0.34 %, more than 5 with 0.05 %.
    assert_eq!(binomial_bound(100, 0.01, 1e-3), 5);
}
