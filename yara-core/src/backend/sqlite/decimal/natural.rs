//! Whole numbers from zero, of any size.

use std::cmp::Ordering;
use std::fmt;

/// Digits of a limb, and the number that does not fit one.
const DIGITS: usize = 9;
const BASE: u64 = 1_000_000_000;

/// A whole number from zero: limbs of nine decimal digits, the lowest first, the last not zero.
/// In this base text and shifts by powers of ten cost little, and those are what is done most.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::backend::sqlite) struct Natural(Vec<u32>);

impl From<u64> for Natural {
    fn from(value: u64) -> Natural {
        let limbs = [value % BASE, value / BASE % BASE, value / BASE / BASE];
        Natural(limbs.iter().map(|limb| *limb as u32).collect()).trimmed()
    }
}

impl Natural {
    /// Reads the digits of `whole` and `fraction` as one number; `None` if one is no digit.
    pub(super) fn parse(whole: &str, fraction: &str) -> Option<Natural> {
        let mut limbs = Vec::with_capacity((whole.len() + fraction.len()) / DIGITS + 1);
        let (mut limb, mut power) = (0, 1);
        for digit in whole.bytes().chain(fraction.bytes()).rev() {
            if !digit.is_ascii_digit() {
                return None;
            }
            limb += u32::from(digit - b'0') * power;
            power *= 10;
            if u64::from(power) == BASE {
                limbs.push(limb);
                (limb, power) = (0, 1);
            }
        }
        limbs.push(limb);
        Some(Natural(limbs).trimmed())
    }

    fn trimmed(mut self) -> Natural {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn compare(&self, other: &Natural) -> Ordering {
        let lengths = self.0.len().cmp(&other.0.len());
        lengths.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    /// Times ten to the power of `places`.
    pub(super) fn shifted(&self, places: usize) -> Natural {
        if self.is_zero() || places == 0 {
            return self.clone();
        }
        let mut limbs = vec![0; places / DIGITS];
        limbs.extend_from_slice(&self.0);
        Natural(limbs).times(10u32.pow((places % DIGITS) as u32))
    }

    /// Times a number below the base.
    fn times(mut self, factor: u32) -> Natural {
        let mut carry = 0;
        for limb in &mut self.0 {
            let product = u64::from(*limb) * u64::from(factor) + carry;
            *limb = (product % BASE) as u32;
            carry = product / BASE;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
        self.trimmed()
    }

    pub(super) fn add(&self, other: &Natural) -> Natural {
        let (mut sum, short) = if self.0.len() < other.0.len() {
            (other.0.clone(), &self.0)
        } else {
            (self.0.clone(), &other.0)
        };
        let mut carry = 0;
        for (at, limb) in sum.iter_mut().enumerate() {
            let value = u64::from(*limb) + u64::from(short.get(at).copied().unwrap_or(0)) + carry;
            *limb = (value % BASE) as u32;
            carry = value / BASE;
        }
        if carry > 0 {
            sum.push(carry as u32);
        }
        Natural(sum)
    }

    /// The difference; `other` is not the larger one.
    pub(super) fn subtract(&self, other: &Natural) -> Natural {
        let mut difference = self.0.clone();
        let mut borrow = 0;
        for (at, limb) in difference.iter_mut().enumerate() {
            let taken = u64::from(other.0.get(at).copied().unwrap_or(0)) + borrow;
            let value = u64::from(*limb);
            borrow = u64::from(value < taken);
            *limb = (value + borrow * BASE - taken) as u32;
        }
        Natural(difference).trimmed()
    }

    pub(super) fn multiply(&self, other: &Natural) -> Natural {
        let mut product = vec![0u32; self.0.len() + other.0.len() + 1];
        for (at, left) in self.0.iter().enumerate() {
            let mut carry = 0;
            for (limb, right) in product[at..].iter_mut().zip(&other.0) {
                let value = u64::from(*limb) + u64::from(*left) * u64::from(*right) + carry;
                *limb = (value % BASE) as u32;
                carry = value / BASE;
            }
            product[at + other.0.len()] = carry as u32;
        }
        Natural(product).trimmed()
    }

    /// Quotient and rest; `divisor` is not zero
    /// (source: Knuth, "The Art of Computer Programming", volume 2, 4.3.1, algorithm D).
    pub(super) fn divide(&self, divisor: &Natural) -> (Natural, Natural) {
        if self.compare(divisor) == Ordering::Less {
            return (Natural::default(), self.clone());
        }
        if let [divisor] = divisor.0[..] {
            return self.divide_by_limb(divisor);
        }
        let Some(top) = divisor.0.last().copied() else {
            return (Natural::default(), Natural::default());
        };
        // Scaled so that the divisor's first limb is large, each guess is at most two too high.
        let factor = (BASE / (u64::from(top) + 1)) as u32;
        let mut rest = self.clone().times(factor).0;
        let divisor = divisor.clone().times(factor).0;
        let size = divisor.len();
        rest.resize(rest.len().max(self.0.len()) + 1, 0);
        let (first, second) = (u64::from(divisor[size - 1]), u64::from(divisor[size - 2]));
        let mut quotient = vec![0u32; rest.len() - size];
        for at in (0..quotient.len()).rev() {
            let high = u64::from(rest[at + size]) * BASE + u64::from(rest[at + size - 1]);
            let mut guess = (high / first).min(BASE - 1);
            let mut left = high - guess * first;
            while left < BASE && guess * second > left * BASE + u64::from(rest[at + size - 2]) {
                guess -= 1;
                left += first;
            }
            if !subtract_product(&mut rest[at..=at + size], &divisor, guess) {
                guess -= 1;
                add_back(&mut rest[at..=at + size], &divisor);
            }
            quotient[at] = guess as u32;
        }
        let (rest, _) = Natural(rest).trimmed().divide_by_limb(factor);
        (Natural(quotient).trimmed(), rest)
    }

    fn divide_by_limb(&self, divisor: u32) -> (Natural, Natural) {
        let mut quotient = self.0.clone();
        let mut rest = 0;
        for limb in quotient.iter_mut().rev() {
            let value = rest * BASE + u64::from(*limb);
            *limb = (value / u64::from(divisor)) as u32;
            rest = value % u64::from(divisor);
        }
        (Natural(quotient).trimmed(), Natural::from(rest))
    }
}

/// `rest -= divisor * guess`; false if that went below zero, with the base borrowed from beyond.
fn subtract_product(rest: &mut [u32], divisor: &[u32], guess: u64) -> bool {
    let (mut carry, mut borrow) = (0, 0);
    for (at, limb) in rest.iter_mut().enumerate() {
        let product = u64::from(divisor.get(at).copied().unwrap_or(0)) * guess + carry;
        carry = product / BASE;
        let taken = product % BASE + borrow;
        let value = u64::from(*limb);
        borrow = u64::from(value < taken);
        *limb = (value + borrow * BASE - taken) as u32;
    }
    borrow == 0
}

fn add_back(rest: &mut [u32], divisor: &[u32]) {
    let mut carry = 0;
    for (at, limb) in rest.iter_mut().enumerate() {
        let value = u64::from(*limb) + u64::from(divisor.get(at).copied().unwrap_or(0)) + carry;
        *limb = (value % BASE) as u32;
        carry = value / BASE;
    }
}

impl fmt::Display for Natural {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut limbs = self.0.iter().rev();
        let mut text = limbs.next().copied().unwrap_or(0).to_string();
        for limb in limbs {
            text.push_str(&format!("{limb:09}"));
        }
        f.pad(&text)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn natural(text: &str) -> Natural {
        Natural::parse(text, "").unwrap()
    }

    /// Numbers whose limbs are the extremes, where carries, borrows and guesses go wrong.
    fn numbers() -> Vec<Natural> {
        let limbs = ["000000000", "000000001", "499999999", "500000000", "999999998", "999999999"];
        let mut numbers: Vec<Natural> = limbs.iter().map(|limb| natural(limb)).collect();
        for high in limbs {
            for middle in limbs {
                numbers.push(natural(&format!("{high}{middle}")));
                numbers.extend(limbs.iter().map(|low| natural(&format!("{high}{middle}{low}"))));
            }
        }
        numbers
    }

    #[test]
    fn quotient_times_divisor_plus_rest_is_the_dividend() {
        let numbers = numbers();
        for divisor in numbers.iter().filter(|number| !number.is_zero()) {
            for left in numbers.iter().step_by(3) {
                let dividend = left.multiply(divisor).add(left).shifted(4);
                let (quotient, rest) = dividend.divide(divisor);
                assert_eq!(rest.compare(divisor), Ordering::Less, "{dividend} / {divisor}");
                assert_eq!(
                    quotient.multiply(divisor).add(&rest),
                    dividend,
                    "{dividend} / {divisor}"
                );
            }
        }
    }

    #[test]
    fn sums_and_differences_undo_each_other() {
        for left in numbers() {
            for right in numbers().iter().step_by(5) {
                let sum = left.add(right);
                assert_eq!(&sum.subtract(&left), right);
                assert_eq!(natural(&sum.to_string()), sum);
            }
        }
        assert_eq!(natural("12").shifted(10).to_string(), "120000000000");
        assert_eq!(Natural::from(u64::MAX).to_string(), u64::MAX.to_string());
    }
}
