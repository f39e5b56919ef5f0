//! A set of small numbers as hex digits, four numbers to a digit, lowest first: the same set is the same text.

use std::collections::BTreeSet;

pub fn write(numbers: impl IntoIterator<Item = usize>) -> String {
    let mut digits: Vec<u8> = Vec::new();
    for number in numbers {
        let at = number / 4;
        if digits.len() <= at {
            digits.resize(at + 1, 0);
        }
        digits[at] |= 1 << (number % 4);
    }
    digits.into_iter().filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// What is no digit counts as an empty one.
pub fn read(text: &str) -> BTreeSet<usize> {
    let numbers = |(at, digit): (usize, char)| {
        let bits = digit.to_digit(16).unwrap_or(0);
        (0..4).filter(move |bit| bits & (1 << bit) != 0).map(move |bit| at * 4 + bit)
    };
    text.chars().enumerate().flat_map(numbers).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_read_as_it_was_written() {
        for set in [vec![], vec![0], vec![3, 4, 1], vec![80, 7, 7, 2]] {
            assert_eq!(read(&write(set.clone())), set.into_iter().collect());
        }
        assert_eq!(write([0, 5]), "12");
    }
}
